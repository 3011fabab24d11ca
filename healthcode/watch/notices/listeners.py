"""What notices hears, and what it forgets."""

from datetime import datetime

from healthcode.core.outbox import Happening, hears
from healthcode.core.tidying import forgets
from healthcode.watch.notices import service


@hears("appointment.booked")
@hears("appointment.moved")
@hears("appointment.cancelled")
@hears("appointment.offered")
@hears("appointment.missed")
def tell_of_appointment(happening: Happening) -> None:
    service.tell_of_appointment(happening)


@hears("ticket.called")
def tell_of_call(happening: Happening) -> None:
    service.tell_of_call(happening)


@hears("referral.requested")
@hears("referral.accepted")
@hears("referral.booked")
@hears("referral.rejected")
@hears("referral.cancelled")
@hears("referral.completed")
@hears("referral.unattended")
def tell_of_referral(happening: Happening) -> None:
    service.tell_of_referral(happening)


@forgets
def forget_old(now: datetime) -> int:
    return service.forget_old(now)
