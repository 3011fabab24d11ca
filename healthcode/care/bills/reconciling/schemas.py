"""What comes in and goes out at the doors of reconciliation. Money is whole fen, CNY; days are the city's."""

from marshmallow import fields

from healthcode.care.bills.reconciling.models import HOWS, STATES
from healthcode.core.schemas import Below, Day, Id, In, ManyOf, Moment, OneOf, Out, PageAsked, Text

_CHANNEL = r"[a-z][a-z0-9-]{0,31}"


class ReconciliationsAsked(PageAsked):
    channel = Text(most=32, pattern=_CHANNEL)


class ReconciliationOut(Out):
    id = Id(required=True)
    channel = fields.String(required=True)
    day = Day(required=True)
    state = fields.String(required=True, metadata={"description": "running, complete or failed"})
    why = fields.String(allow_none=True, required=True)
    matched = fields.Integer(required=True)
    only_ours = fields.Integer(required=True)
    only_theirs = fields.Integer(required=True)
    amount_differs = fields.Integer(required=True)
    paid_fen = fields.Integer(required=True, metadata={"description": "what the statement says came in"})
    refunded_fen = fields.Integer(required=True, metadata={"description": "and went back"})
    started_at = Moment(required=True)
    finished_at = Moment(allow_none=True, required=True)


class ReconciliationsOut(Out):
    items = ManyOf(Below(ReconciliationOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True, required=True)


class DifferencesAsked(PageAsked):
    state = OneOf(*STATES, load_default="open")
    channel = Text(most=32, pattern=_CHANNEL)
    day = Day()


class DifferenceOut(Out):
    id = Id(required=True)
    channel = fields.String(required=True)
    day = Day(required=True)
    kind = fields.String(required=True, metadata={"description": "payment or refund"})
    number = fields.String(required=True)
    what = fields.String(required=True, metadata={"description": "only-ours, only-theirs or amount-differs"})
    ours_fen = fields.Integer(allow_none=True, required=True)
    theirs_fen = fields.Integer(allow_none=True, required=True)
    bill_id = Id(allow_none=True, required=True)
    payment_id = Id(allow_none=True, required=True)
    institution_id = Id(allow_none=True, required=True)
    state = fields.String(required=True)
    ways = ManyOf(fields.String(), least=0, most=3, required=True, metadata={"description": "how it can be settled"})
    how = fields.String(allow_none=True, required=True)
    reason = fields.String(allow_none=True, required=True)
    found_at = Moment(required=True)
    settled_at = Moment(allow_none=True, required=True)


class DifferencesOut(Out):
    items = ManyOf(Below(DifferenceOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True, required=True)


class BillDifferenceOut(Out):
    """What a payer is told: that something is being cleared, and what became of it."""

    payment_id = Id(required=True)
    refund_id = Id(allow_none=True, required=True)
    what = fields.String(required=True, metadata={"description": "only-ours, only-theirs or amount-differs"})
    state = fields.String(required=True, metadata={"description": "open, settled or resolved"})
    found_at = Moment(required=True)
    settled_at = Moment(allow_none=True, required=True)


class BillDifferencesOut(Out):
    items = ManyOf(Below(BillDifferenceOut), least=0, most=100, required=True)


class SettlementIn(In):
    example = {"how": "book", "reason": "渠道已确认，次日补记"}

    how = OneOf(*HOWS, required=True)
    reason = Text(most=200, pattern=r".*\S.*", required=True)
