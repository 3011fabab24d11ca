"""What referrals hear, and what the worker does for them."""

from datetime import datetime

from healthcode.core.outbox import Happening, hears
from healthcode.core.tidying import keeps_up
from healthcode.pathways.referrals import service


@hears("appointment.fulfilled")
def complete_with_the_appointment(happening: Happening) -> None:
    service.complete_with(happening.facts["appointment_id"], happening.facts["resident_id"])


@hears("appointment.cancelled")
def look_for_another_place(happening: Happening) -> None:
    service.reopen(happening.facts["appointment_id"], happening.facts["resident_id"])


@hears("appointment.moved")
def look_where_it_went(happening: Happening) -> None:
    service.reopen_if_elsewhere(happening.facts["appointment_id"], happening.facts["resident_id"])


@hears("appointment.missed")
def show_who_did_not_come(happening: Happening) -> None:
    service.miss(happening.facts["appointment_id"], happening.facts["resident_id"])


@hears("resident.died")
@hears("resident.erased")
def cancel_for_who_is_gone(happening: Happening) -> None:
    service.end_all_of(happening.facts["resident_id"])


@keeps_up
def leave_undecided(now: datetime) -> int:
    return service.leave_undecided(now)
