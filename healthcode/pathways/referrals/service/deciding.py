"""What the two sides and the resident do with a referral."""

from healthcode.core.caller import Caller
from healthcode.core.outbox import announce
from healthcode.core.problems import NotAllowed
from healthcode.pathways.referrals.models import OPEN
from healthcode.pathways.referrals.service import booking, reading, rows
from healthcode.pathways.referrals.service.reading import Shown


def accept(caller: Caller, *, referral_id: str) -> Shown:
    """The receiver takes the resident on. Twice is the same as once. Raises NotFound, NotAllowed, WrongState."""
    referral = rows.hold(caller, referral_id)
    rows.make_sure_receives(caller, referral)
    if referral.state != "accepted":
        rows.make_sure_is(referral, "requested", "unattended")
        booking.forget_place(referral)  # whoever missed it is given another
        rows.change(referral, "accepted", caller)
        announce("referral.accepted", referral_id=referral.id, resident_id=referral.resident_id)
    return reading.show(caller, [referral])[0]


def reject(caller: Caller, *, referral_id: str, reason: str) -> Shown:
    """The receiver declines, and says why. Twice is the same as once.

    Raises NotFound, NotAllowed, WrongState, TooLateToChange.
    """
    referral = rows.hold(caller, referral_id)
    rows.make_sure_receives(caller, referral)
    if referral.state != "rejected":
        rows.make_sure_is(referral, *OPEN)
        booking.give_up_place(caller, referral, reason="referral rejected")
        referral.decided_reason_sealed = rows.seal(referral, "decided_reason_sealed", reason)
        rows.change(referral, "rejected", caller, reason=reason)
        rows.close_to_both(referral, is_void=True)
        announce("referral.rejected", referral_id=referral.id, resident_id=referral.resident_id)
    return reading.show(caller, [referral])[0]


def cancel(caller: Caller, *, referral_id: str, reason: str | None = None) -> Shown:
    """The referrer or the resident takes it back. Twice is the same as once.

    Raises NotFound, NotAllowed, WrongState, TooLateToChange.
    """
    referral = rows.hold(caller, referral_id)
    if caller.kind == "staff" and caller.institution_id != referral.from_institution_id:
        raise NotAllowed()
    if referral.state != "cancelled":
        rows.make_sure_is(referral, *OPEN)
        booking.give_up_place(caller, referral, reason="referral cancelled")
        if reason is not None:
            referral.decided_reason_sealed = rows.seal(referral, "decided_reason_sealed", reason)
        rows.change(referral, "cancelled", caller, reason=reason)
        rows.close_to_both(referral, is_void=True)
        announce("referral.cancelled", referral_id=referral.id, resident_id=referral.resident_id)
    return reading.show(caller, [referral])[0]


def book(caller: Caller, *, referral_id: str, slot_id: str) -> Shown:
    """Either side or the resident takes a place at the receiver, once it accepted.

    Raises NotFound, WrongState, Invalid, and whatever booking may.
    """
    referral = rows.hold(caller, referral_id)
    rows.make_sure_is(referral, "accepted")
    booking.take_place(caller, referral, slot_id)
    rows.change(referral, "booked", caller)
    announce("referral.booked", referral_id=referral.id, resident_id=referral.resident_id)
    return reading.show(caller, [referral])[0]


def complete(caller: Caller, *, referral_id: str, summary: str | None = None) -> Shown:
    """The receiver's doctor has done what it was for. What completed by itself still takes a first summary.

    Raises NotFound, NotAllowed, WrongState.
    """
    referral = rows.hold(caller, referral_id)
    rows.make_sure_receives(caller, referral)
    rows.make_sure_is(referral, "accepted", "booked", "completed")
    is_new = referral.state != "completed"
    if summary is not None and referral.summary_sealed is None:
        referral.summary_sealed = rows.seal(referral, "summary_sealed", summary)
    if is_new:
        rows.change(referral, "completed", caller)
        rows.close_to_both(referral, is_void=False)
        announce("referral.completed", referral_id=referral.id, resident_id=referral.resident_id)
    return reading.show(caller, [referral])[0]
