"""What is due after a scan, in the order in which it is done."""

from dataclasses import dataclass
from datetime import datetime

from healthcode.care.appointments import service as appointments
from healthcode.core.caller import Caller
from healthcode.trust.codes import service as codes

CHECK_IN = "check-in"


@dataclass(frozen=True)
class Act:
    """What can be done about an item: where to POST the verification's id."""

    rel: str
    href: str


@dataclass(frozen=True)
class Item:
    """One thing that is due."""

    kind: str
    id: str
    starts_at: datetime
    title: str
    room: str | None
    state: str
    ticket: int | None
    act: Act | None


@dataclass(frozen=True)
class Agenda:
    verification_id: str
    items: list[Item]


def agenda_of(caller: Caller, *, verification_id: str) -> Agenda:
    """What is due for whoever was read here just now. Raises NotFound, VerificationEnded."""
    verification = codes.find_verification(caller, verification_id=verification_id)
    can_check_in = not codes.is_spent(verification.id, purpose=CHECK_IN)
    items: list[Item] = []
    for one in appointments.due_here(caller, resident_id=verification.resident_id):
        if one.slot is None:
            continue
        # Checking in takes the next one that is booked, and a verification does it once.
        is_next = can_check_in and one.state == "booked" and one.is_on_site
        can_check_in = can_check_in and not is_next
        items.append(
            Item(
                kind="appointment",
                id=one.id,
                starts_at=one.slot.starts_at,
                title=one.slot.schedule.title,
                room=one.slot.schedule.room,
                state=one.state,
                ticket=one.ticket,
                act=Act(CHECK_IN, "/api/v1/check-ins") if is_next else None,
            )
        )
    return Agenda(verification.id, items)
