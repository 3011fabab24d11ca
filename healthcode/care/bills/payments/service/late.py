"""What only a statement tells of: money that moved while no callback came and no question was answered."""

from healthcode.care.bills.ledger import channel_account
from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments.service import refunds, rows, settling


def count_late(
    bill: Bill, payment_id: str, refund_id: str | None, *, came_in_fen: int, provider_id: str | None
) -> int | None:
    """What a statement says of a payment or a refund that nobody had told us, counted now; person and bill are held.

    Returns the fen by which the channel's account changed; None if it was counted already.
    """
    payment = rows.held_payment(payment_id)
    if refund_id is None:
        news = settling.paid(bill, payment, came_in_fen=came_in_fen, provider_id=provider_id)
        return None if news == settling.NOTHING else came_in_fen
    refund = rows.held_refund(refund_id)
    if refund.state == "succeeded":
        return None
    refunds.succeed(bill, refund, channel_account(payment.channel))
    return refund.amount_fen
