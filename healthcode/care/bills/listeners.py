"""What bills hears."""

from healthcode.care.bills import service
from healthcode.core.outbox import Happening, hears


@hears("appointment.arrived")
def open_for_who_came(happening: Happening) -> None:
    facts = happening.facts
    if "institution_id" in facts:  # events from before bills were written do not say where
        service.open_for_visit(
            **{name: facts[name] for name in ("appointment_id", "resident_id", "institution_id", "kind")},
            department_id=facts.get("department_id"),  # events from before fees knew departments do not say
        )
