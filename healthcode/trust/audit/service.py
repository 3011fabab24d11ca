"""Rows of the trail, for those they are about and for auditors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from healthcode.core import clock, pages, trail
from healthcode.core.caller import Caller
from healthcode.core.pages import Page
from healthcode.core.problems import Invalid
from healthcode.core.trail import TrailRow
from healthcode.core.words import Words
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents
from healthcode.trust.audit.deeds import ACTORS, DEEDS, GROUNDS, MYSELF, OUTCOMES

LONGEST = timedelta(days=31)  # one question of an auditor


@dataclass(frozen=True)
class Access:
    """One row as a resident reads it."""

    at: datetime
    who: Words
    what: Words
    where: str | None
    ground: Words | None


def accesses_of(caller: Caller, *, resident_id: str, after: str | None, limit: int) -> Page[Access]:
    """Who did what with this resident's data, newest first, in plain words; refused tries too."""
    trail.note(resident_id=resident_id)
    rows = TrailRow.visible_to(caller).where(TrailRow.resident_id.in_(residents.ids_of_person(resident_id)))
    found = pages.page(rows, by=TrailRow.id.expression, after=after, limit=limit, newest_first=True)
    names = institutions.names_of({row.institution_id for row in found.items if row.institution_id})
    return Page([_told(row, names) for row in found.items], found.next)


def _told(row: TrailRow, names: dict[str, str]) -> Access:
    deed, end = DEEDS.get(row.door, Words(row.door, row.door)), OUTCOMES[row.outcome]
    kind = (row.ground or "").partition("(")[0].partition(":")[0]
    return Access(
        at=row.at,
        who=MYSELF if row.actor_kind == "resident" and row.actor_id == row.resident_id else ACTORS[row.actor_kind],
        what=Words(deed.zh + end.zh, deed.en + end.en),
        where=names.get(row.institution_id) if row.institution_id else None,
        ground=GROUNDS.get(kind),
    )


def search(
    caller: Caller,
    *,
    since: datetime,
    until: datetime | None = None,
    institution_id: str | None = None,
    actor_id: str | None = None,
    after: str | None,
    limit: int,
) -> Page[TrailRow]:
    """Rows as they are, ids and codes, for an auditor: at most 31 days at a time. Raises Invalid."""
    until = until or clock.now()
    if not timedelta(0) <= until - since <= LONGEST:
        raise Invalid.at("since", Words(zh="一次最多查询 31 天", en="at most 31 days at a time"))
    rows = TrailRow.visible_to(caller).where(TrailRow.at >= since, TrailRow.at <= until)
    narrowing: Sequence[tuple[Any, str | None]] = (
        (TrailRow.institution_id, institution_id),
        (TrailRow.actor_id, actor_id),
    )
    for column, wanted in narrowing:
        if wanted is not None:
            rows = rows.where(column == wanted)
    return pages.page(rows, by=TrailRow.id.expression, after=after, limit=limit)
