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


@forgets
def forget_old(now: datetime) -> int:
    return service.forget_old(now)
