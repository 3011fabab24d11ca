"""The channel's addresses: those of the merchant, and those of whoever tries things out."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Flask, Response, request

from sandbox.channel import merchant, payer
from sandbox.channel.callbacks import Teller
from sandbox.channel.keys import FRESH_SECONDS, Keys, NotSigned
from sandbox.channel.merchant import Refused
from sandbox.channel.store import ANSWERS, CALLBACKS, REFUNDS, STATEMENTS, Store

_MAX_BODY = 64 * 1024
_DRIP_SECONDS = 0.2  # between two bytes of a slow answer


class Nonces:
    """Those of the last minutes: a request heard before is not heard again."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._lock = threading.Lock()

    def is_new(self, nonce: str, now: int) -> bool:
        with self._lock:
            for old in [one for one, at in self._seen.items() if now - at > 2 * FRESH_SECONDS]:
                del self._seen[old]
            if nonce in self._seen:
                return False
            self._seen[nonce] = now
            return True


def build(store: Store, keys: Keys, teller: Teller) -> Flask:
    """The application."""
    app = Flask("sandbox.channel")
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY
    nonces = Nonces()

    @app.before_request
    def only_the_merchant() -> None:
        if request.path.startswith("/v3/"):
            now, path = store.now(), request.environ["RAW_URI"]
            said = request.headers.get("Authorization", "")
            try:
                nonce = keys.check(said, request.method, path, request.get_data(), now)
            except NotSigned:
                raise Refused(401, "SIGN_ERROR") from None
            if not nonces.is_new(nonce, now):
                raise Refused(401, "SIGN_ERROR")

    @app.errorhandler(Refused)
    def refused(problem: Refused) -> tuple[dict[str, str], int]:
        return {"code": problem.code, "message": problem.code}, problem.status

    @app.after_request
    def sign(answer: Response) -> Response:
        if not request.path.startswith("/v3/"):
            return answer
        body = answer.get_data()
        answer.headers.update(keys.headers(body, store.now()))
        return spoilt(answer, body, store.switches()["answers"])

    merchant.add_doors(app, store, keys, teller)
    payer.add_doors(app, store, keys, teller)
    _add_switches(app, store, teller)
    return app


def spoilt(answer: Response, body: bytes, fault: str) -> Response:
    """What was done stays done; only the answer suffers."""
    if fault == "500":
        return Response("upstream is unwell", 500)
    if fault == "garbage":
        answer.set_data(b"\x00<html>" + bytes(reversed(body)))
        answer.status_code = 200 if answer.status_code == 204 else answer.status_code
    elif fault == "half":
        answer.set_data(body[: len(body) // 2])
        answer.headers["Content-Length"] = str(max(len(body), 2))
        answer.status_code = 200
    elif fault == "slow":
        answer.response = _drip(body)
        answer.headers["Content-Length"] = str(max(len(body), 100))
        answer.status_code = 200 if answer.status_code == 204 else answer.status_code
    return answer


def _drip(body: bytes) -> Iterator[bytes]:
    for byte in body.ljust(100):
        time.sleep(_DRIP_SECONDS)
        yield bytes([byte])


def _add_switches(app: Flask, store: Store, teller: Teller) -> None:
    known = {"callbacks": CALLBACKS, "answers": ANSWERS, "refunds": REFUNDS, "statements": STATEMENTS}

    @app.put("/sandbox/faults")
    def faults() -> dict[str, Any]:
        """What is named is switched, all else is normal."""
        asked: dict[str, Any] = dict.fromkeys(known, "normal") | {"amount_off_fen": 0}
        asked |= request.get_json()
        for name, value in asked.items():
            if value not in known.get(name, (value,)) or name not in (*known, "amount_off_fen"):
                raise Refused(400, "PARAM_ERROR")
        if type(asked["amount_off_fen"]) is not int:
            raise Refused(400, "PARAM_ERROR")
        store.switch(**asked)
        return asked

    @app.put("/sandbox/clock")
    def clock() -> dict[str, Any]:
        """`{"stopped_at": "2026-11-23T09:00:00+08:00"}` stops it there, null lets it run: for tests with a stopped clock."""
        at = request.get_json()["stopped_at"]
        store.switch(stopped_at=None if at is None else int(datetime.fromisoformat(at).timestamp()))
        return {"now": store.now()}

    @app.post("/sandbox/callbacks/send")
    def send() -> dict[str, int]:
        """Send what is held, and have it sent when this answers; `{"which": "all"}` sends everything again."""
        asked = request.get_json(silent=True) or {}
        return {"sent": teller.release(asked.get("which") == "all")}

    @app.get("/sandbox/state")
    def state() -> dict[str, Any]:
        with store.open() as db:
            tables = {
                "orders": db.execute("SELECT * FROM orders ORDER BY rowid").fetchall(),
                "refunds": db.execute("SELECT * FROM refunds ORDER BY rowid").fetchall(),
                "callbacks": db.execute("SELECT * FROM callbacks ORDER BY seq").fetchall(),
            }
        plain = {name: [dict(row) for row in rows] for name, rows in tables.items()}
        for row in plain["callbacks"]:
            row["plain"] = json.loads(row["plain"])
        return plain | {"faults": store.switches()}
