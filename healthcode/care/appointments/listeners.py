"""What appointments hears, and what the worker does for it."""

from datetime import datetime

from healthcode.care.appointments import service
from healthcode.core.outbox import Happening, hears
from healthcode.core.tidying import keeps_up


@hears("resident.died")
def cancel_for_the_dead(happening: Happening) -> None:
    service.end_all_of(happening.facts["resident_id"])
    service.leave_queues(happening.facts["resident_id"])


@keeps_up
def make_slots(_now: datetime) -> int:
    return service.make_all_slots()


@keeps_up
def hold_draws(now: datetime) -> int:
    return service.hold_draws(now)


@keeps_up
def end_holds_and_offers(now: datetime) -> int:
    return service.end_overdue(now)


@keeps_up
def let_kept_go(now: datetime) -> int:
    return service.let_kept_go(now)


@keeps_up
def return_places(now: datetime) -> int:
    return service.return_places(now)


@keeps_up
def close_days(now: datetime) -> int:
    return service.close_days(now)
