"""What calendars hears: people who are gone, and phones that may be in other hands."""

from healthcode.care.appointments.calendar import service
from healthcode.core.outbox import Happening, hears


@hears("resident.died")
@hears("resident.erased")
def end_links_of_the_dead(happening: Happening) -> None:
    service.end_all_of(happening.facts["resident_id"])


@hears("phone.lost")
@hears("code.blocked")
def end_links_of_a_lost_phone(happening: Happening) -> None:
    service.end_all_made_by(happening.facts["resident_id"])
