"""The doors of payments."""

from typing import Any

from flask import request

from healthcode.care.bills.channels.base import Told
from healthcode.care.bills.payments import problems, schemas, service
from healthcode.care.bills.payments.models import Payment, Refund
from healthcode.care.bills.payments.service.receipts import Proved
from healthcode.core.access import Anyone, OnBehalf, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import WrongState

room = Room("payments", __name__, prefix="/api/v1", about="Paying bills, and money that goes back.")

PAYER = OnBehalf("bills:pay")
DESK = Staff("cashier", "clerk", "station_worker")
READERS = PAYER | Staff("cashier", "clerk", "station_worker", "institution_admin")
CASHIER = Staff("cashier")


@room.post(
    "/bills/<id:bill_id>/payments",
    allow=PAYER,
    body=schemas.PaymentIn,
    reply=schemas.PaymentOut,
    problems=(problems.PaymentUnderWay, WrongState),
    once=True,
)
def ask(caller: Caller, bill_id: str, wanted: dict[str, Any]) -> Payment:
    """Pay all that is due; where to pay stands in the payment as soon as the channel has said it."""
    return service.ask(caller, bill_id=bill_id, **wanted)


@room.post(
    "/bills/<id:bill_id>/cash-payments",
    allow=DESK,
    body=schemas.CashIn,
    reply=schemas.PaymentOut,
    problems=(problems.PaymentUnderWay, WrongState),
    once=True,
)
def take_cash(caller: Caller, bill_id: str, wanted: dict[str, Any]) -> Payment:
    """All that is due was paid in cash at the desk."""
    return service.take_cash(caller, bill_id=bill_id, **wanted)


@room.get("/bills/<id:bill_id>/payments", allow=READERS, reply=schemas.PaymentsOut)
def list_of_bill(caller: Caller, bill_id: str) -> dict[str, Any]:
    """The newest payments of a bill, the last one first."""
    return {"items": service.list_of_bill(caller, bill_id=bill_id)}


@room.get("/bills/<id:bill_id>/receipts", allow=READERS, reply=schemas.ReceiptsOut)
def list_receipts(caller: Caller, bill_id: str) -> dict[str, Any]:
    """What was paid, each with a text that proves it by the published keys alone."""
    return {"items": [_receipt(one) for one in service.receipts_of_bill(caller, bill_id=bill_id)]}


def _receipt(one: Proved) -> dict[str, Any]:
    receipt = one.receipt
    shown = {name: getattr(receipt, name) for name in ("number", "payment_id", "channel", "amount_fen")}
    return shown | {"bill_number": one.bill_number, "paid_at": receipt.at, "token": one.token}


@room.get("/payments/<id:payment_id>", allow=READERS, reply=schemas.PaymentOut)
def show(caller: Caller, payment_id: str) -> Payment:
    """A payment, what became of it, and what went back."""
    return service.show(caller, payment_id=payment_id)


@room.post(
    "/payments/<id:payment_id>/cancellations", allow=PAYER | DESK, reply=schemas.PaymentOut, problems=(WrongState,)
)
def cancel(caller: Caller, payment_id: str) -> Payment:
    """Let go of a payment that is under way. If it is paid nevertheless, the money goes back."""
    return service.cancel(caller, payment_id=payment_id)


@room.post("/refunds/<id:refund_id>/retries", allow=CASHIER, reply=schemas.RefundOut, problems=(WrongState,))
def retry(caller: Caller, refund_id: str) -> Refund:
    """Ask the channel again for a refund that failed."""
    return service.retry(caller, refund_id=refund_id)


@room.post(
    "/refunds/<id:refund_id>/cash-payouts",
    allow=CASHIER,
    reply=schemas.RefundOut,
    problems=(WrongState,),
    once=True,
)
def pay_out(caller: Caller, refund_id: str) -> Refund:
    """A refund that failed was paid out in cash at the desk."""
    return service.pay_out(caller, refund_id=refund_id)


def _prove(_wanted: object) -> Told:
    return service.prove((request.view_args or {})["channel"], dict(request.headers), request.get_data())


@room.post(
    "/channels/<channel>/callbacks",
    allow=Anyone(),
    reply=File("text/plain"),
    status=200,
    rate="3000/minute",  # a channel tells everything from a few addresses
    before=_prove,
    problems=(problems.CallbackNotProved,),
)
def hear(caller: Caller, channel: str, prepared: Told) -> str:
    """A payment channel tells what became of a payment or a refund, under its own signature."""
    service.hear(channel, prepared)
    return "success"  # the word that some of them wait for; to the others the status is enough
