"""What comes in and goes out at the doors of payments. Money is whole fen."""

from marshmallow import fields

from healthcode.care.bills.models import MOST_FEN
from healthcode.care.bills.payments.models import REFUND_STATES, STATES
from healthcode.core.schemas import Below, Id, In, ManyOf, Moment, OneOf, Out, Text, Whole


class PaymentIn(In):
    """By which channel. How much is never asked of the payer: all that is due."""

    example = {"channel": "wechat"}

    channel = Text(most=32, pattern="[a-z][a-z0-9-]*", required=True)


class CashIn(In):
    """What was taken, to be held against what is due."""

    example = {"amount_fen": 1250}

    amount_fen = Whole(least=1, most=MOST_FEN, required=True)


class RefundOut(Out):
    id = Id(required=True)
    payment_id = Id(required=True)
    number = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    state = OneOf(*REFUND_STATES, required=True)
    is_beside_bill = fields.Boolean(
        required=True, metadata={"description": "of money that never counted towards the bill"}
    )
    created_at = Moment(required=True)
    changed_at = Moment(required=True)


class PaymentOut(Out):
    id = Id(required=True)
    bill_id = Id(required=True)
    state = OneOf(*STATES, required=True)
    channel = fields.String(required=True, metadata={"description": "cash, or the channel's name"})
    number = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    refunded_fen = fields.Integer(required=True)
    code_url = fields.String(
        attribute="pay_here", allow_none=True, metadata={"description": "where the payer pays, while they can"}
    )
    why = fields.String(
        allow_none=True, metadata={"description": "a word for what did not succeed, or was given back at once"}
    )
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    changed_at = Moment(required=True)
    refunds = ManyOf(Below(RefundOut), least=0, most=100, required=True)


class PaymentsOut(Out):
    items = ManyOf(Below(PaymentOut), least=0, most=50, required=True)


class ReceiptOut(Out):
    number = fields.String(required=True)
    bill_number = fields.String(required=True)
    payment_id = Id(required=True)
    channel = fields.String(required=True, metadata={"description": "cash, or the channel's name"})
    amount_fen = fields.Integer(required=True)
    paid_at = Moment(required=True)
    token = fields.String(
        required=True, metadata={"description": "a compact JWS by a published key of the use `receipt`; for a QR code"}
    )


class ReceiptsOut(Out):
    items = ManyOf(Below(ReceiptOut), least=0, most=50, required=True)
