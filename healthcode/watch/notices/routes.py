"""The doors of notices."""

from typing import Any

from healthcode.core.access import OnBehalf
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.schemas import PageAsked
from healthcode.watch.notices import service
from healthcode.watch.notices.schemas import NoticeOut, NoticesOut
from healthcode.watch.notices.service import Shelf, Told

room = Room("notices", __name__, prefix="/api/v1", about="What residents are told of what happened.")

READER = OnBehalf("appointments:book")


@room.get("/residents/<id:resident_id>/notices", allow=READER, query=PageAsked, reply=NoticesOut)
def list_notices(caller: Caller, resident_id: str, asked: dict[str, Any]) -> Shelf:
    """What this resident was told, newest first, in words."""
    return service.notices_of(caller, resident_id=resident_id, after=asked.get("after"), limit=asked["limit"])


@room.post("/notices/<id:notice_id>/readings", allow=READER, reply=NoticeOut)
def read(caller: Caller, notice_id: str) -> Told:
    """Say that a notice was read."""
    return service.read(caller, notice_id=notice_id)
