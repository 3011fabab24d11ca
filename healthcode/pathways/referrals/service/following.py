"""What follows by itself: from the appointment, from the clock, from a death. For listeners and the worker."""

from datetime import datetime

from healthcode.core.caller import by_itself
from healthcode.core.db import locked, session, unclaimed
from healthcode.core.outbox import announce
from healthcode.pathways.referrals.models import Referral
from healthcode.pathways.referrals.service import booking, rows
from healthcode.registry.residents import service as residents

ITSELF = by_itself("referrals")


def complete_with(appointment_id: str, resident_id: str) -> None:
    """The appointment was kept."""
    for referral in _booked_as(appointment_id, resident_id):
        rows.change(referral, "completed", ITSELF)
        rows.close_to_both(referral, is_void=False)
        announce("referral.completed", referral_id=referral.id, resident_id=referral.resident_id)


def reopen(appointment_id: str, resident_id: str) -> None:
    """The appointment is off: it waits for another place, on both work lists."""
    for referral in _booked_as(appointment_id, resident_id):
        booking.forget_place(referral)
        rows.change(referral, "accepted", ITSELF)
        announce("referral.accepted", referral_id=referral.id, resident_id=referral.resident_id)


def reopen_if_elsewhere(appointment_id: str, resident_id: str) -> None:
    """The appointment was moved; to another institution it is no longer this referral's."""
    for referral in _booked_as(appointment_id, resident_id):
        if referral.appointment.institution_id != referral.to_institution_id:
            reopen(appointment_id, resident_id)


def miss(appointment_id: str, resident_id: str) -> None:
    """Nobody came to the appointment: somebody must ask why."""
    for referral in _booked_as(appointment_id, resident_id):
        _leave(referral)


def leave_undecided(moment: datetime, most: int = 100) -> int:
    """What nobody decided in its time is unattended; returns how many."""
    found = session().scalars(unclaimed(Referral.undecided(moment).limit(most))).all()
    for referral in found:
        _leave(referral)
    return len(found)


def end_all_of(resident_id: str) -> None:
    """Cancel whatever is open of somebody who died or was erased; no reason is kept, for there may be no key for it."""
    for referral in session().scalars(locked(Referral.open_of(residents.lock_person(resident_id)))).all():
        rows.change(referral, "cancelled", ITSELF)
        rows.close_to_both(referral, is_void=True)
        announce("referral.cancelled", referral_id=referral.id, resident_id=referral.resident_id)


def _booked_as(appointment_id: str, resident_id: str) -> list[Referral]:
    """The referral that is booked as this appointment, if one is, held after its person."""
    residents.lock_person(resident_id)
    return list(session().scalars(locked(Referral.booked_as(appointment_id))))


def _leave(referral: Referral) -> None:
    rows.change(referral, "unattended", ITSELF)
    announce("referral.unattended", referral_id=referral.id, resident_id=referral.resident_id)
