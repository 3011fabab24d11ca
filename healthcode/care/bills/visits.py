"""What being seen costs: the visit itself, a visit again, and the fee for the queue.

Coming again to the same department within a few days of a visit that was charged costs what the catalogue says for
`visit-again`; those days are counted from the charged visit, so that they end. The fee for the queue is the catalogue's
`queue-<level of the institution>`; where there is no such item there is no fee. It is asked once a day and institution,
never for a visit again, and never of who has reached a certain age.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

AGAIN = "visit-again"


@dataclass(frozen=True)
class VisitRules:
    """What a city decides about visits. Days after a charged visit; years of age."""

    again_days: int = 7
    no_queue_fee_from_age: int = 65


@dataclass(frozen=True)
class Charged:
    """A visit or a queue that a bill of this institution asked money for, and did not take back."""

    code: str
    day: date
    department_id: str | None


def items(
    kind: str,
    *,
    level: str,
    day: date,
    department_id: str | None,
    age: int | None,
    earlier: Sequence[Charged],
    rules: VisitRules,
) -> list[str]:
    """The codes of what a visit of this kind asks for on a day, after `earlier` charges at the same institution."""
    since = day - timedelta(days=rules.again_days)
    visits = [one for one in earlier if one.code.startswith("visit-") and one.code != AGAIN]
    if any(since <= one.day <= day and one.department_id == department_id for one in visits):
        return [AGAIN]
    queue = f"queue-{level}"
    is_free = age is not None and age >= rules.no_queue_fee_from_age
    has_paid = any(one.code == queue and one.day == day for one in earlier)
    return [f"visit-{kind}"] if is_free or has_paid else [f"visit-{kind}", queue]
