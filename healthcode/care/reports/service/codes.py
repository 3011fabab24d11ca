"""The list of what can be measured, and what institutions call it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from healthcode.care.reports.interpreting import Range
from healthcode.care.reports.models import SENSITIVITIES, LocalCode, ObservationCode
from healthcode.core import ids
from healthcode.core.caller import Caller
from healthcode.core.db import insert_if_absent, insert_many, session
from healthcode.core.pages import Page, page
from healthcode.core.problems import Invalid, NotAllowed
from healthcode.core.words import Words


def find_codes(*, text: str | None = None, after: str | None = None, limit: int = 20) -> Page[ObservationCode]:
    """The list, or those whose code, LOINC code or name is or has the text."""
    found = select(ObservationCode)
    if text is not None:
        names = (ObservationCode.name, ObservationCode.name_en)
        has = [name.icontains(text, autoescape=True) for name in names]
        found = found.where(or_(ObservationCode.code == text, ObservationCode.loinc == text, *has))
    return page(found, by=ObservationCode.id.expression, after=after, limit=limit)


def load_codes(rows: Sequence[Mapping[str, Any]]) -> int:
    """Bring in what can be measured; returns how many. Raises ValueError for bounds or a sensitivity that do not hold."""
    for row in rows:
        for one in row["ranges"]:
            Range.read(one)
        if row.get("sensitivity") not in (None, *SENSITIVITIES):
            raise ValueError(f"{row['code']}: no such sensitivity")
    columns = ("code", "loinc", "name", "name_en", "unit", "sensitivity", "ranges")
    plain = [{"id": ids.new(), **{name: row.get(name) for name in columns}} for row in rows]
    insert_many(ObservationCode, plain)
    return len(plain)


def map_local_code(caller: Caller, *, institution_id: str, local: str, code: str) -> LocalCode:
    """Say what an institution's own code means; said once, it stays. Raises NotAllowed, Invalid (no such code, or another one)."""
    if caller.institution_id != institution_id:
        raise NotAllowed()
    known = session().scalars(select(ObservationCode).where(ObservationCode.code == code)).first()
    if known is None:
        raise Invalid.at("code", Words("没有这个检查项目代码", "no such code"))
    row = {"id": ids.new(), "institution_id": institution_id, "local": local, "code_id": known.id}
    insert_if_absent(LocalCode, row, unique=("institution_id", "local"))
    found = session().scalars(locals_of(institution_id, [local])).one()
    if found.code_id != known.id:
        raise Invalid.at("local", Words("此代码已有其他含义", "this code already means something else"))
    return found


def locals_of(institution_id: str, codes: Sequence[str]) -> Any:
    return select(LocalCode).where(LocalCode.institution_id == institution_id, LocalCode.local.in_(codes))


def known(
    institution_id: str, wanted: Sequence[tuple[str | None, str | None, str | None]]
) -> list[ObservationCode | None]:
    """What each (code, LOINC code, local code) means, the first that is known; two statements for all of them."""
    ours = {one for code, _, _ in wanted if (one := code)}
    loincs = {one for _, loinc, _ in wanted if (one := loinc)}
    listed = or_(ObservationCode.code.in_(ours), ObservationCode.loinc.in_(loincs))
    rows = session().scalars(select(ObservationCode).where(listed)).all() if ours or loincs else []
    by_code, by_loinc = {row.code: row for row in rows}, {row.loinc: row for row in rows}
    named = [local for _, _, local in wanted if local]
    mapped = session().scalars(locals_of(institution_id, named)).all() if named else []
    by_local = {row.local: row.code for row in mapped}
    return [
        by_code.get(code or "") or (by_loinc.get(loinc) if loinc else None) or by_local.get(local or "")
        for code, loinc, local in wanted
    ]
