"""The audit's doors."""

from typing import Any

from healthcode.core.access import OnBehalf, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.pages import Page
from healthcode.core.schemas import PageAsked
from healthcode.core.trail import TrailRow
from healthcode.trust.audit import service
from healthcode.trust.audit.schemas import AccessesOut, RowsOut, SearchAsked
from healthcode.trust.audit.service import Access

room = Room("audit", __name__, prefix="/api/v1", about="Who looked at whose data.")


@room.get("/residents/<id:resident_id>/accesses", allow=OnBehalf("audit:read"), query=PageAsked, reply=AccessesOut)
def accesses(caller: Caller, resident_id: str, asked: dict[str, Any]) -> Page[Access]:
    """Who did what with this resident's data, newest first, in plain words."""
    return service.accesses_of(caller, resident_id=resident_id, after=asked.get("after"), limit=asked["limit"])


@room.get("/trail", allow=Staff("auditor"), query=SearchAsked, reply=RowsOut)
def search(caller: Caller, asked: dict[str, Any]) -> Page[TrailRow]:
    """The trail's rows, ids and codes alone, at most 31 days at a time."""
    return service.search(caller, **({"after": None} | asked))
