"""Services with a bug put in on purpose: what the proofs must see."""

from healthcode.doors.server import WaitingRoom, application


def looks_first() -> WaitingRoom:
    """The replay memory is asked before it is written, and no unique key decides."""
    import hashlib

    from sqlalchemy import select

    from healthcode.core import ids
    from healthcode.core.db import session
    from healthcode.trust.codes.models import Showing
    from healthcode.trust.codes.service import verifying

    def like(key):
        return Showing.key.like(f"{hashlib.sha256(key.encode()).hexdigest()[:24]}%")

    def remember(caller, key, verification_id, read_at, audience=None) -> bool:
        if session().scalar(select(Showing.id).where(like(key))):
            return False
        where = {"device_id": caller.id, "institution_id": caller.institution_id}
        key = hashlib.sha256(key.encode()).hexdigest()[:24] + ids.secret()
        session().add(Showing(id=ids.new(), key=key, verification_id=verification_id, read_at=read_at, **where))
        session().flush()
        return True

    def find(key):
        return session().scalars(select(Showing).where(like(key))).first()

    verifying.remember_showing, verifying.find_showing = remember, find
    return application()


def books_after_looking() -> WaitingRoom:
    """Whether a slot has a place is asked first, and what was read is written back."""
    from sqlalchemy import update

    from healthcode.care.appointments.models import Slot
    from healthcode.care.appointments.service import places
    from healthcode.core.db import changed

    def take(slot_id: str) -> bool:
        slot = places.find_slot(slot_id)
        if not slot.free:
            return False
        return changed(update(Slot).where(Slot.id == slot_id).values(taken=slot.taken + 1)) == 1

    places._take = take
    return application()
