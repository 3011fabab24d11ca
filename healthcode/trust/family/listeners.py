"""What the family's room hears."""

from healthcode.core.caller import by_itself
from healthcode.core.outbox import Happening, hears
from healthcode.core.problems import NotFound
from healthcode.trust.family import service


@hears("resident.died")
def end_grants_of_the_dead(happening: Happening) -> None:
    service.end_all_of(happening.facts["resident_id"], reason="died")


@hears("resident.corrected")
def end_guardianships_on_the_right_birthday(happening: Happening) -> None:
    if "birth_date" not in happening.facts["fields"]:
        return
    try:
        service.follow_birth_date(by_itself("birth date corrected"), resident_id=happening.facts["resident_id"])
    except NotFound:  # erased meanwhile: the record says no birth date any more
        return
