"""The yardstick of the doors: the least that Flask can do, behind the very same server and waiting room.

Two routes that ask no database, know no caller and write nothing down. They take and give JSON of the size that the
measured doors take and give, as an application without any rule would: `get_json` in, a dictionary out.
"""

from typing import Any

from flask import Flask, request

from healthcode.doors.server import WaitingRoom

app = Flask(__name__)

_VERIFICATION = {
    "id": "019abcde-0000-7000-8000-000000000000",
    "resident": {"display_name": "王*英", "sex": "female", "age": 74},
    "form": "pass",
    "assurance": "shown",
    "step": "check-in",
    "is_shown_by_proxy": False,
    "verified_at": "2026-11-23T01:00:00+00:00",
    "expires_at": "2026-11-23T01:15:00+00:00",
}
_RECORD = {
    "id": "019abcde-0000-7000-8000-000000000000",
    "display_name": "王*英",
    "name": "王秀英",
    "sex": "female",
    "birth_date": "1952-03-08",
    "age": 74,
    "identity": "proved",
    "phone": "138****0001",
    "district": "青阳街道",
    "coverage": "resident",
    "died_on": None,
    "merged_into_id": None,
    "documents": [
        {
            "id": "019abcde-0000-7000-8000-000000000001",
            "resident_id": "019abcde-0000-7000-8000-000000000000",
            "kind": "resident-id",
            "country": "CHN",
            "number": "3505**********1234",
            "is_seen": True,
            "ended_at": None,
        }
    ],
    "version": 1,
}


@app.post("/verifications")
def verify() -> tuple[dict[str, Any], int]:
    asked = request.get_json()
    return _VERIFICATION | {"step": asked["step"]}, 201


@app.get("/record")
def record() -> dict[str, Any]:
    return _RECORD


@app.get("/readyz")
def ready() -> dict[str, str]:
    """Asked until the server stands."""
    return {"status": "ready"}


def application() -> WaitingRoom:
    """As granian's processes load it."""
    return WaitingRoom(app)
