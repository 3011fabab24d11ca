"""Asking the channels what became of payments and refunds: the order query is the truth, callbacks only make it quicker.

One look is three steps: claimed in a short transaction that also says when it is due next, asked with nothing held, and
learnt in a transaction that holds the person, the bill and the payment. A worker that dies in between has lost nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from healthcode.care.bills import channels
from healthcode.care.bills.channels.base import (
    Channel,
    ChannelAway,
    ChannelRefused,
    Created,
    Found,
    Order,
    RefundFound,
    RefundOrder,
)
from healthcode.care.bills.payments.models import Payment, Refund
from healthcode.care.bills.payments.service import refunds, rows, settling
from healthcode.core import clock, tidying
from healthcode.core.db import session, transaction, unclaimed

log = structlog.get_logger()

# After the last change of a row; from then on every last of them.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 5 * 60, 30 * 60, 2 * 60 * 60))
GIVEN_UP = timedelta(
    hours=24, minutes=30
)  # after its creation a payment that nobody knows of is left to the reconciliation
ROUND = 20  # looks in one round, so that the worker's other duties have their turn
ABOUT, REASON = "医疗费用", "退款"  # all that a channel learns: neither what was done nor why it is given back

_public_url = ""


def configure(public_url: str) -> None:
    """Say by which address channels reach this service."""
    global _public_url
    _public_url = public_url.rstrip("/")


def next_look(since: datetime) -> datetime:
    """When a row that changed then is looked at again."""
    moment = clock.now()
    return next((since + wait for wait in WAITS if since + wait > moment), moment + WAITS[-1])


class _Look(Protocol):
    @property
    def channel(self) -> str: ...

    def ask(self, channel: Channel) -> Callable[[], None]:
        """Ask with nothing held; returns what is to be done then, in a transaction. Raises ChannelAway, ChannelRefused."""
        ...

    def give_up(self, why: str) -> None:
        """The channel did not answer, or is none: in a transaction, end what has waited long enough."""
        ...


@dataclass(frozen=True)
class _PaymentLook:
    """A payment as it was when it was claimed."""

    payment_id: str
    bill_id: str
    resident_id: str
    channel: str
    order: Order
    is_new: bool  # the channel has not yet said where to pay
    is_over: bool
    is_last: bool

    def ask(self, channel: Channel) -> Callable[[], None]:
        is_refused = False
        if self.is_new:
            try:
                created = channel.create(self.order)
                return lambda: self._begin(created)
            except ChannelRefused:  # perhaps because an earlier request, whose answer was lost, was more than made
                is_refused = True
        found = channel.query(self.order.number)
        if self.is_over and found is not None and found.state == "waiting":
            with suppress(ChannelRefused):  # it was paid or closed just now
                channel.close(self.order.number)
            found = channel.query(self.order.number)
        return lambda: self._learn(found, is_refused=is_refused and found is None)

    def _begin(self, created: Created) -> None:
        rows.hold_for(self.resident_id, self.bill_id)
        payment = rows.held_payment(self.payment_id)
        if payment.state == "requires-payment":
            rows.turn(payment, "processing")
            payment.code_url = created.code_url
            payment.next_look_at = next_look(payment.changed_at)
        elif payment.state == "cancelled":  # meanwhile: there is something to close now
            payment.next_look_at = clock.now()

    def _learn(self, found: Found | None, *, is_refused: bool) -> None:
        bill = rows.hold_for(self.resident_id, self.bill_id)
        payment = rows.held_payment(self.payment_id)
        if payment.next_look_at is None:  # a callback was quicker
            return
        if found is not None and found.state == "paid":
            settling.paid(bill, payment, came_in_fen=found.paid_fen or 0, provider_id=found.provider_id)
        elif why := "refused" if is_refused else self._end(found):
            settling.end(payment, why)

    def _end(self, found: Found | None) -> str | None:
        """Why nothing more can come of it; None while something can."""
        is_expired = clock.now() >= self.order.expires_at
        if found is None:  # a request to create it may still be on its way, until nobody could pay it any more
            return "expired" if is_expired else None
        if found.state == "waiting":
            return "no-answer" if self.is_last else None
        ends = {"closed": "expired" if is_expired else "closed", "refunded": "refunded-outside"}
        return ends.get(found.state, "refused")

    def give_up(self, why: str) -> None:
        if why == "no-answer" and not self.is_last:
            return
        rows.hold_for(self.resident_id, self.bill_id)
        payment = rows.held_payment(self.payment_id)
        if payment.next_look_at is not None:
            settling.end(payment, why)


@dataclass(frozen=True)
class _RefundLook:
    """A refund as it was when it was claimed. Silence never fails it: money that may have gone must not go again."""

    refund_id: str
    payment_id: str
    bill_id: str
    resident_id: str
    channel: str
    order: RefundOrder

    def ask(self, channel: Channel) -> Callable[[], None]:
        found = channel.query_refund(self.order.number) or self._request(channel)
        return lambda: self._learn(found)

    def _request(self, channel: Channel) -> RefundFound:
        try:
            return channel.refund(self.order)
        except ChannelRefused as no:  # it was not done: a cashier decides what follows
            log.warning("refund refused", door=self.channel, problem=no.code)
            return RefundFound(self.order.number, "failed", self.order.refund_fen)

    def _learn(self, found: RefundFound) -> None:
        bill = rows.hold_for(self.resident_id, self.bill_id)
        payment, refund = rows.held_payment(self.payment_id), rows.held_refund(self.refund_id)
        refunds.settle(bill, refund, payment, number=self.order.number, state=found.state, amount_fen=found.refund_fen)

    def give_up(self, why: str) -> None:
        log.warning("refund waits", door=self.channel, problem=why)


def _claim_payment() -> _PaymentLook | None:
    payment = session().scalars(unclaimed(Payment.due(clock.now()).limit(1))).first()
    if payment is None:
        return None
    moment = clock.now()
    payment.next_look_at = next_look(payment.changed_at)
    is_over = payment.state not in rows.ALIVE or moment >= payment.expires_at
    notify_url = f"{_public_url}/api/v1/channels/{payment.channel}/callbacks"
    return _PaymentLook(
        payment_id=payment.id,
        bill_id=payment.bill_id,
        resident_id=payment.resident_id,
        channel=payment.channel,
        order=Order(payment.number, payment.amount_fen, ABOUT, notify_url, payment.expires_at),
        is_new=payment.code_url is None and not is_over,
        is_over=is_over,
        is_last=moment >= payment.created_at + GIVEN_UP,
    )


def _claim_refund() -> _RefundLook | None:
    refund = session().scalars(unclaimed(Refund.due(clock.now()).limit(1))).first()
    if refund is None:
        return None
    refund.next_look_at = next_look(refund.changed_at)
    payment = session().scalars(Payment.visible_to(rows.ITSELF).where(Payment.id == refund.payment_id)).one()
    return _RefundLook(
        refund_id=refund.id,
        payment_id=payment.id,
        bill_id=refund.bill_id,
        resident_id=refund.resident_id,
        channel=payment.channel,
        order=RefundOrder(refund.number, payment.number, refund.amount_fen, payment.amount_fen, REASON),
    )


@tidying.reaches_out
def look() -> int:
    """Ask about what is due; returns how often was asked. No transaction may be open.

    A round ends with the first channel that is away: who waits for a dead line lets nobody else wait long.
    """
    done = 0
    for claim in (_claim_payment, _claim_refund):
        for _ in range(ROUND):
            with transaction():
                found = claim()
            if found is None:
                break
            done += 1
            if not _do(found):
                return done
    return done


def _do(found: _Look) -> bool:
    """One look; says whether the channel answered. What goes wrong is tried again when it is due next."""
    try:
        learn = found.ask(channels.channel(found.channel))
    except channels.NoSuchChannel:
        _then(lambda: found.give_up("no-such-channel"))
        return True
    except (ChannelAway, ChannelRefused):
        log.warning("channel away", door=found.channel)
        _then(lambda: found.give_up("no-answer"))
        return False
    _then(learn)
    return True


def _then(deed: Callable[[], None]) -> None:
    with transaction():
        deed()
