"""Prices, rules and bills for stories: a small catalogue, and bills as the hospital writes them."""

from datetime import date
from typing import Any

from healthcode.care.bills import numbers, service
from healthcode.care.bills.models import Bill, CatalogueItem
from healthcode.care.bills.payments.models import Payment
from healthcode.care.bills.reconciling.models import Difference
from healthcode.core import clock, ids
from healthcode.core.caller import EVERYBODY, Caller, by_itself
from healthcode.core.db import session, transaction
from healthcode.registry.residents.models import Resident
from seeds import insurance_rules
from tests.support.town import Person

# code: yuan, class
PRICES = {
    "visit-clinic": (15_00, "A"),
    "blood-count": (20_00, "A"),
    "ct-chest": (220_00, "B"),
    "tumour-markers": (260_00, "C"),
    "amlodipine-5": (8_40, "A"),
    "visit-again": (0, "A"),
}


def stock_catalogue() -> None:
    """The small catalogue and the insurance's rules, once, and everybody insured at work. Inside a transaction."""
    if session().query(CatalogueItem).count():
        return
    session().query(Resident).update({"coverage": "employee"})
    rows: list[dict[str, Any]] = [
        {
            "code": code,
            "name": code,
            "name_en": None,
            "category": "other",
            "unit": "次",
            "price_fen": price,
            "insurance_class": klass,
        }
        for code, (price, klass) in PRICES.items()
    ]
    service.load_items(rows, from_on=date(2025, 1, 1))
    service.load_rules(insurance_rules())


def draft(person: Person, institution_id: str, **items: int) -> str:
    """A draft with so many of each item (`blood_count=2`); its id. A blood count if nothing is said."""
    with transaction():
        stock_catalogue()
        wanted = [service.Item(code.replace("_", "-"), n) for code, n in (items or {"blood_count": 1}).items()]
        caller = Caller(kind="staff", institution_id=institution_id, sight=EVERYBODY)
        return service.open_bill(caller, resident_id=person.id, items=wanted).id


def issued_bill(person: Person, institution_id: str, **items: int) -> str:
    """The same, issued."""
    bill_id = draft(person, institution_id, **items)
    with transaction():
        service.issue(Caller(kind="staff", institution_id=institution_id, sight=EVERYBODY), bill_id=bill_id)
    return bill_id


def begun_payment(person: Person, institution_id: str) -> str:
    """A payment under way that no channel has heard of yet; its id."""
    bill_id = issued_bill(person, institution_id)
    with transaction():
        bill = session().scalars(Bill.paid_by(bill_id)).one()
        moment = clock.now()
        payment = Payment(
            id=ids.new(),
            bill_id=bill_id,
            resident_id=person.id,
            claims_bill_id=bill_id,
            state="requires-payment",
            channel="sandbox",
            number=numbers.new("P"),
            amount_fen=bill.due_fen,
            made_by_kind="resident",
            made_by_id=person.id,
            created_at=moment,
            expires_at=moment,
            changed_at=moment,
        )
        session().add(payment)
    return payment.id


def differing(person: Person, institution_id: str) -> str:
    """What a channel's statement has of a payment that nobody told us of; the id of the difference."""
    payment_id = begun_payment(person, institution_id)
    with transaction():
        payment = session().scalars(Payment.visible_to(by_itself("test")).where(Payment.id == payment_id)).one()
        found = Difference(
            id=ids.new(), channel=payment.channel, day=clock.today(), kind="payment", number=payment.number,
            what="only-theirs", theirs_fen=payment.amount_fen, provider_id="4200000001", payment_id=payment.id,
            bill_id=payment.bill_id, institution_id=institution_id, resident_id=person.id, state="open",
            found_at=clock.now(),
        )  # fmt: skip
        session().add(found)
    return found.id
