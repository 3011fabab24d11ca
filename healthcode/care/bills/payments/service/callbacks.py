"""What channels tell by themselves: proved first, with nothing held, then counted once.

Only two things are believed of a callback that is proved: that money came in, and what became of a refund. Everything
else about a payment makes us ask. A number that we do not know is kept and acknowledged: messages overtake each other, and
the query, which does not depend on them, finds whatever this one meant.
"""

from collections.abc import Mapping

import structlog
from sqlalchemy import update

from healthcode.care.bills import channels
from healthcode.care.bills.channels.base import CallbackRefused, ChannelAway, Told
from healthcode.care.bills.payments.models import ChannelEvent, Payment, Refund
from healthcode.care.bills.payments.problems import CallbackNotProved
from healthcode.care.bills.payments.service import refunds, rows, settling
from healthcode.core import clock, ids, metrics
from healthcode.core.db import changed, insert_if_absent, session
from healthcode.core.problems import NotFound, Unavailable

log = structlog.get_logger()

UNKNOWN = "unknown-number"


def prove(channel: str, headers: Mapping[str, str], body: bytes) -> Told:
    """What the channel tells, if it does. In no transaction. Raises NotFound, CallbackNotProved, Unavailable."""
    try:
        return channels.channel(channel).read_callback(headers, body)
    except channels.NoSuchChannel:
        raise NotFound() from None
    except CallbackRefused:
        metrics.CALLBACKS_REFUSED.labels(channel).inc()
        log.warning("callback not proved", door=channel)
        raise CallbackNotProved() from None
    except ChannelAway:  # it cannot be proved just now: the channel tells it again
        raise Unavailable(retry_after=60) from None


def hear(channel: str, told: Told) -> str:
    """Count what was proved; the same event again does nothing. Says what became of it."""
    event_id = ids.new()
    event = {
        "id": event_id,
        "channel": channel,
        "event_id": told.event_id,
        "kind": told.kind,
        "number": told.number,
        "amount_fen": told.amount_fen,
        "at": clock.now(),
        "outcome": settling.NOTHING,
    }
    if not insert_if_absent(ChannelEvent, event, unique=("channel", "event_id")):
        return settling.NOTHING
    outcome = _payment(channel, told) if told.kind == "payment" else _refund(channel, told)
    changed(update(ChannelEvent).where(ChannelEvent.id == event_id).values(outcome=outcome))
    return outcome


def _payment(channel: str, told: Told) -> str:
    found = session().scalars(Payment.numbered(told.number).where(Payment.channel == channel)).first()
    if found is None:
        return UNKNOWN
    bill = rows.hold_for(found.resident_id, found.bill_id)
    payment = rows.held_payment(found.id)
    rows.note(payment, payment.id)
    if told.state == "paid":
        return settling.paid(bill, payment, came_in_fen=told.amount_fen, provider_id=told.provider_id)
    if payment.next_look_at is not None:
        payment.next_look_at = clock.now()
    return settling.NOTHING


def _refund(channel: str, told: Told) -> str:
    found = session().scalars(Refund.numbered(told.number)).first()
    if found is None:
        return UNKNOWN
    bill = rows.hold_for(found.resident_id, found.bill_id)
    payment, refund = rows.held_payment(found.payment_id), rows.held_refund(found.id)
    if payment.channel != channel:
        return UNKNOWN
    rows.note(refund, refund.id)
    if told.amount_fen != refund.amount_fen:
        return settling.DIFFERS
    is_news = refunds.settle(bill, refund, payment, number=told.number, state=told.state, amount_fen=told.amount_fen)
    return settling.APPLIED if is_news else settling.NOTHING
