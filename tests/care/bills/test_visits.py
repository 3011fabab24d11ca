"""What being seen costs: again within a week, twice on a day, and the fee for the queue."""

from datetime import date, timedelta

import pytest

from healthcode.care.bills import service
from healthcode.care.bills.models import Bill
from healthcode.care.bills.visits import Charged, VisitRules, items
from healthcode.core import ids
from healthcode.core.caller import EVERYBODY, Caller
from healthcode.core.db import session, transaction
from tests.support.bills import stock_catalogue
from tests.support.town import Person, Town

DAY = date(2026, 11, 23)
EYES, HEART = "eyes", "heart"


def asked(*earlier: Charged, age: int | None = 40, department_id: str | None = EYES, kind: str = "clinic") -> list[str]:
    return items(
        kind, level="tertiary", day=DAY, department_id=department_id, age=age, earlier=earlier, rules=VisitRules()
    )


def before(code: str, days: int, department_id: str | None = EYES) -> Charged:
    return Charged(code, DAY - timedelta(days=days), department_id)


@pytest.mark.parametrize("days", [0, 1, 7])
def test_who_comes_again_within_a_week_pays_for_coming_again(days: int):
    assert asked(before("visit-clinic", days)) == ["visit-again"]
    assert asked(before("visit-expert", days)) == ["visit-again"]


def test_another_department_a_later_day_and_coming_again_twice_are_new_visits():
    whole = ["visit-clinic", "queue-tertiary"]
    assert asked() == whole
    assert asked(before("visit-clinic", 3, HEART)) == whole
    assert asked(before("visit-clinic", 8)) == whole
    assert asked(before("visit-again", 1), before("visit-clinic", 8)) == whole


def test_the_queue_costs_once_a_day_and_nothing_in_old_age():
    assert asked(before("queue-tertiary", 0, HEART), before("visit-clinic", 0, HEART)) == ["visit-clinic"]
    assert asked(before("queue-tertiary", 1, HEART)) == ["visit-clinic", "queue-tertiary"]
    assert asked(age=65) == ["visit-clinic"]
    assert asked(age=64) == asked(age=None) == ["visit-clinic", "queue-tertiary"]


def opened(town: Town, person: Person, department_id: str | None = None) -> str:
    """The id of the draft of a visit that begins now."""
    appointment_id = ids.new()
    with transaction():
        stock_catalogue()
        service.open_for_visit(
            appointment_id=appointment_id, resident_id=person.id, institution_id=town.hospital, kind="clinic",
            department_id=department_id,
        )  # fmt: skip
        return session().scalars(Bill.of_appointment(appointment_id)).one().id


def codes(bill_id: str) -> list[str]:
    with transaction("read") as current:
        return [line.code for line in current.scalars(Bill.paid_by(bill_id)).one().lines]


def test_a_visit_that_was_taken_off_again_is_no_reason_to_pay_less(town: Town):
    clerk = Caller(kind="staff", institution_id=town.hospital, sight=EVERYBODY)
    first = opened(town, town.wang)
    assert codes(first) == ["visit-clinic"]  # the small catalogue has no fee for this queue
    assert codes(opened(town, town.wang)) == ["visit-again"]
    with transaction():
        service.cancel(clerk, bill_id=first, reason="entered-in-error")
    again = opened(town, town.wang)
    assert codes(again) == ["visit-clinic"]
    assert codes(opened(town, town.stranger)) == ["visit-clinic"], "somebody else's visit makes nobody's cheaper"


def test_after_the_days_of_the_city_it_is_a_visit_as_the_first(town: Town, clock):
    opened(town, town.wang)
    clock.advance(days=7)
    assert codes(opened(town, town.wang)) == ["visit-again"]
    clock.advance(days=1)
    assert codes(opened(town, town.wang)) == ["visit-clinic"]
