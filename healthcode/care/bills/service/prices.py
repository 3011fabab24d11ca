"""The catalogue: what an item costs on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from healthcode.care.bills.models import CatalogueItem, InsuranceRules
from healthcode.care.bills.split import Rules
from healthcode.core import clock, ids
from healthcode.core.db import insert_many, session
from healthcode.core.pages import Page, page


def in_force(day: date) -> Select[tuple[CatalogueItem]]:
    """Each item with the newest price that holds on a day."""
    newest = select(CatalogueItem.code, func.max(CatalogueItem.from_on).label("from_on"))
    newest_of = newest.where(CatalogueItem.from_on <= day).group_by(CatalogueItem.code).subquery()
    same = (CatalogueItem.code == newest_of.c.code) & (CatalogueItem.from_on == newest_of.c.from_on)
    return select(CatalogueItem).join(newest_of, same)


def priced(codes: Sequence[str], day: date) -> dict[str, CatalogueItem]:
    """Those of the codes that the catalogue has on that day."""
    found = session().scalars(in_force(day).where(CatalogueItem.code.in_(codes)))
    return {item.code: item for item in found}


def find_items(*, text: str | None = None, after: str | None = None, limit: int = 20) -> Page[CatalogueItem]:
    """Today's prices; with a text, of those whose name or code has it."""
    found = in_force(clock.today())
    if text is not None:
        has = [column.icontains(text, autoescape=True) for column in (CatalogueItem.name, CatalogueItem.name_en)]
        found = found.where(or_(CatalogueItem.code == text, *has))
    return page(found, by=CatalogueItem.id.expression, after=after, limit=limit)


def load_items(rows: Sequence[Mapping[str, Any]], *, from_on: date) -> int:
    """Bring in prices that hold from a day on; returns how many. Whole fen, as `price_fen`."""
    insert_many(CatalogueItem, [{"id": ids.new(), "from_on": from_on, **row} for row in rows])
    return len(rows)


def load_rules(rules: Sequence[Mapping[str, Any]]) -> int:
    """Bring in what the insurance pays, one plan and one day of force each. Raises ValueError for rules that do not hold."""
    read = [(Rules.read(data), data) for data in rules]
    rows = [{"id": ids.new(), "plan": one.plan, "from_on": one.from_on, "data": dict(data)} for one, data in read]
    insert_many(InsuranceRules, rows)
    return len(rows)
