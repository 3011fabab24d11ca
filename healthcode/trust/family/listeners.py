"""What the family's room hears."""

from healthcode.core.outbox import Happening, hears
from healthcode.trust.family import service


@hears("resident.died")
def end_grants_of_the_dead(happening: Happening) -> None:
    service.end_all_of(happening.facts["resident_id"], reason="died")
