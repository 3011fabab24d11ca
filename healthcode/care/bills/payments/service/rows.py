"""Rows of payments: how they are held, in the house's one order (the person, the bill, the payment), and how they are
written."""

from datetime import timedelta

from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments.models import Payment, Refund
from healthcode.core import clock, trail
from healthcode.core.caller import by_itself
from healthcode.core.db import locked, session
from healthcode.registry.residents import service as residents

ITSELF = by_itself("payments")
ALIVE = ("requires-payment", "processing")
LIFE = timedelta(hours=2)  # for which an intent can be paid


def hold_for(resident_id: str, bill_id: str) -> Bill:
    """The person and then the bill, held, for whoever knows already whose it is."""
    residents.lock_person(resident_id)
    return session().scalars(locked(Bill.paid_by(bill_id))).one()


def held_payment(payment_id: str) -> Payment:
    """A payment whose bill is held, as it is now."""
    return session().scalars(locked(Payment.visible_to(ITSELF).where(Payment.id == payment_id))).one()


def held_refund(refund_id: str) -> Refund:
    """A refund whose bill is held, as it is now."""
    return session().scalars(locked(Refund.visible_to(ITSELF).where(Refund.id == refund_id))).one()


def note(about: Bill | Payment | Refund, subject_id: str) -> None:
    """Put on the trail whom this step is about."""
    trail.note(resident_id=about.resident_id, subject_id=subject_id)


def turn(payment: Payment, state: str, *, why: str | None = None) -> None:
    """Write a payment's state. An intent that is no longer alive claims its bill no more."""
    payment.state, payment.why, payment.changed_at = state, why, clock.now()
    if state not in ALIVE:
        payment.claims_bill_id = None


def facts(row: Payment | Refund) -> dict[str, str]:
    """What is told of a payment, or of a refund, when something happened to it."""
    told = {"bill_id": row.bill_id, "resident_id": row.resident_id}
    if isinstance(row, Refund):
        return told | {"refund_id": row.id, "payment_id": row.payment_id}
    return told | {"payment_id": row.id}
