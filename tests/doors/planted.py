"""Services with a bug put in on purpose: what the stories of lost and doubled questions must see."""

from healthcode.doors.server import WaitingRoom, application


def keeps_keys_apart() -> WaitingRoom:
    """The row of an Idempotency-Key is written in a second transaction, when the deed is done."""
    from flask import after_this_request

    from healthcode.core import clock, ids, once, secrets
    from healthcode.core.db import insert_if_absent, session, transaction

    real = once.begin

    class Later:
        def __init__(self, row) -> None:
            self.row = row

        def keep(self, status: int, body: bytes) -> None:
            sealed = secrets.vault().seal_system(body, purpose="answers", context=self.row["id"])
            row = self.row | {"status": status, "answer_sealed": sealed}

            @after_this_request
            def write(response):
                with transaction():
                    insert_if_absent(once.KeptAnswer, row, unique=("caller", "door", "key"))
                return response

    def begin(caller, *, door, key, request, body):
        who = caller.counted_as
        kept = session().query(once.KeptAnswer).filter_by(caller=who, door=door, key=key).first()
        if kept is not None:
            return real(caller, door=door, key=key, request=request, body=body)
        fingerprint = once.hashlib.sha256(request.full_path.encode() + b"\0" + body).digest()
        row = {"id": ids.new(), "caller": who, "door": door, "key": key, "fingerprint": fingerprint}
        return Later(row | {"created_at": clock.now()})

    once.begin = begin
    return application()
