"""The one place where referrals and appointments meet."""

from healthcode.care.appointments import service as appointments
from healthcode.core.caller import Caller
from healthcode.core.db import session
from healthcode.core.problems import Invalid, NotFound, Refused
from healthcode.core.words import Words
from healthcode.pathways.referrals.models import Referral
from healthcode.pathways.referrals.service import rows
from healthcode.registry.residents import service as residents

_OVER = ("cancelled", "noshow", "fulfilled")


def take_place(caller: Caller, referral: Referral, slot_id: str) -> None:
    """Book a place at the receiving institution for this referral. Raises Invalid, and whatever booking may."""
    person = residents.record(referral.resident_id)
    if person is None:
        raise NotFound()
    appointment = appointments.book(
        rows.before_person(caller, referral),
        resident_id=person.id,
        slot_id=slot_id,
        is_referral=True,
        is_urgent=referral.urgency in ("stat", "asap"),
    )
    if isinstance(appointment, Refused):
        raise appointment.problem
    if appointment.institution_id != referral.to_institution_id:
        raise Invalid.at("slot_id", Words(zh="不是转入机构的号源", en="not a slot of the receiving institution"))
    if appointment.slot is None or (appointment.slot.schedule.kind == "virtual") != referral.is_virtual:
        raise Invalid.at(
            "slot_id", Words(zh="与是否远程会诊不符", en="virtual where the referral is not, or the reverse")
        )
    referral.appointment_id, referral.appointment = appointment.id, appointment


def give_up_place(caller: Caller, referral: Referral, *, reason: str) -> None:
    """Cancel the appointment with the referral, if there is one ahead. Raises WrongState, TooLateToChange."""
    appointment = referral.appointment
    if referral.state != "booked" or appointment is None or appointment.state in _OVER:
        return
    looking = rows.before_person(caller, referral)
    appointments.cancel(looking, appointment_id=appointment.id, reason=reason, is_referral=True)


def forget_place(referral: Referral) -> None:
    """There is no place for it any more; its history names the one that was."""
    referral.appointment_id = referral.appointment = None
    session().flush()
