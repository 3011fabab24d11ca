"""Bills that are paid by a channel of which the story decides every answer."""

from sqlalchemy import select

from healthcode.care.bills import rows as bills
from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments import service
from healthcode.care.bills.payments.models import Payment, Refund
from healthcode.core import clock as city_clock
from healthcode.core import ids, tidying
from healthcode.core.caller import Caller
from healthcode.core.db import session, transaction
from tests.support.double import NAME, DoubleChannel
from tests.support.money import accounts
from tests.support.phones import new_deed
from tests.support.town import _staff

A = "/api/v1"
OWN = 4520  # fen
CHANNEL = f"channel:{NAME}"


class Till:
    """Bills of one resident at the hospital, and the doors by which they are paid."""

    def __init__(self, app, client, town, channel: DoubleChannel) -> None:
        self.app, self.client, self.town, self.channel = app, client, town, channel
        with transaction():
            self.cashier = _staff("cashier", "庄收费", town.hospital, "cashier")
            self.far_cashier = _staff("far-cashier", "远收费", town.station, "cashier")
        self.bill = self.new_bill()

    def new_bill(self, own: int = OWN) -> str:
        moment = city_clock.now()
        bill = Bill(
            id=ids.new(), resident_id=self.town.wang.id, institution_id=self.town.hospital, state="issued",
            day=city_clock.today(), number=ids.new()[:32], total_fen=own + 1000, pool_fen=1000, own_fen=own,
            steps=[], created_at=moment, issued_at=moment, changed_at=moment,
        )  # fmt: skip
        bill_id = bill.id
        with transaction():
            session().add(bill)
        return bill_id

    def post(self, path: str, body=None, by=None):
        headers = self.town.headers(by or self.town.wang) | new_deed()
        return self.client.post(f"{A}/{path}", json=body, headers=headers)

    def get(self, path: str, by=None):
        return self.client.get(f"{A}/{path}", headers=self.town.headers(by or self.town.wang))

    def ask(self, by=None, bill=None):
        return self.post(f"bills/{bill or self.bill}/payments", {"channel": NAME}, by)

    def cash(self, amount: int = OWN, by=None):
        return self.post(f"bills/{self.bill}/cash-payments", {"amount_fen": amount}, by or self.cashier)

    def begun(self) -> Payment:
        """An intent for which the payer has a code."""
        payment_id = self.ask().json["id"]
        tidying.reach_out()
        return self.payment(payment_id)

    def payment(self, payment_id: str) -> Payment:
        with transaction("read") as current:
            found = current.scalars(select(Payment).where(Payment.id == payment_id)).one()
            current.expunge(found)
            return found

    def refunds(self) -> list[Refund]:
        with transaction("read") as current:
            found = list(current.scalars(select(Refund).order_by(Refund.id)))
            current.expunge_all()
            return found

    def tell(self, event, signature: str = "ours"):
        return self.client.post(f"{A}/channels/{NAME}/callbacks", json=event, headers={"Signature": signature})

    def look(self, **later) -> None:
        """Some time passes, and the worker asks."""
        city_clock.advance(**(later or {"hours": 3}))
        self.town._headers.clear()
        tidying.reach_out()

    def paid_fen(self) -> int:
        with transaction("read") as current:
            return current.scalars(select(Bill.paid_fen).where(Bill.id == self.bill)).one()

    def state(self) -> str:
        with transaction("read") as current:
            return current.scalars(select(Bill.state).where(Bill.id == self.bill)).one()

    def stands(self) -> dict[str, int]:
        with transaction("read") as current:
            return accounts(current)

    def give_back(self, amount: int) -> None:
        """What a credit note does with a bill that was paid."""
        with transaction():
            bill = bills.hold(self.staff, self.bill)
            service.give_back(bill, amount, self.staff, "退药")
            bill.credited_own_fen += amount
            bill.credited_fen += amount

    @property
    def staff(self) -> Caller:
        return Caller(kind="staff", id=self.cashier.id, institution_id=self.town.hospital)


def kind(answer) -> str:
    return answer.json.get("type", "").rpartition("/")[2] or answer.json["state"]
