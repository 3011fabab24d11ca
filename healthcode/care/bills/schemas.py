"""What comes in and goes out at the doors of bills. Money is whole fen, CNY."""

from typing import Any

from marshmallow import fields

from healthcode.care.bills.models import STATES
from healthcode.care.bills.service import REASONS, Item, Returned
from healthcode.core.schemas import (
    AskedWhole,
    Below,
    Day,
    Id,
    In,
    ManyOf,
    Moment,
    OneOf,
    Out,
    PageAsked,
    SaidWords,
    Text,
    Whole,
    YesNo,
)
from healthcode.core.words import Words

_CODE = r"[a-z0-9][a-z0-9.-]{0,31}"


def _fen(about: str | None = None, **more: Any) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": about} if about else None, **more)


class ItemsAsked(PageAsked):
    text = Text(most=40, metadata={"description": "part of a name, or a whole code"})


class CatalogueItemOut(Out):
    id = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(allow_none=True)
    category = fields.String(required=True)
    unit = fields.String(required=True)
    price_fen = _fen()
    insurance_class = fields.String(required=True, metadata={"description": "A, B or C"})
    from_on = Day(required=True)


class CatalogueOut(Out):
    items = ManyOf(Below(CatalogueItemOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True, required=True)


class ItemIn(In):
    code = Text(most=32, pattern=_CODE, required=True)
    quantity = Whole(least=1, most=9_999, load_default=1)


class ItemsIn(In):
    example = {"items": [{"code": "blood-count", "quantity": 1}]}

    items = ManyOf(Below(ItemIn), most=100, required=True)


class BillIn(In):
    example = {"items": [{"code": "blood-count", "quantity": 1}], "is_chronic": False}

    items = ManyOf(Below(ItemIn), least=0, most=100, load_default=list)
    is_chronic = YesNo(load_default=False, metadata={"description": "under the chronic-disease benefit"})


class ReturnedIn(In):
    position = Whole(least=1, most=10_000, required=True)
    quantity = Whole(least=1, most=9_999, required=True)


class CreditIn(In):
    example = {"lines": [{"position": 1, "quantity": 1}], "reason": "returned"}

    lines = ManyOf(Below(ReturnedIn), most=200, required=True)
    reason = OneOf(*REASONS, required=True)


class CancellationIn(In):
    example = {"reason": "entered-in-error"}

    reason = OneOf(*REASONS, required=True)


class LineOut(Out):
    id = Id(required=True)
    position = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(allow_none=True)
    unit = fields.String(required=True)
    quantity = fields.Integer(required=True)
    returned = fields.Integer(required=True, metadata={"description": "of the quantity"})
    unit_price_fen = _fen()
    amount_fen = _fen()
    insurance_class = fields.String(required=True)
    pool_fen = _fen("what the insurance takes")
    supplement_fen = _fen()
    own_fen = _fen()


class StepOut(Out):
    code = fields.String(required=True)
    fen = _fen()
    why = SaidWords(required=True)


class CreditNoteOut(Out):
    number = fields.String(required=True)
    total_fen = _fen()
    own_fen = _fen("of it, what the resident need not pay")
    refunded_fen = _fen("of what was paid")
    lines = fields.List(fields.Dict(), required=True, metadata={"description": "position and quantity"})
    reason = OneOf(*REASONS, required=True)
    at = Moment(required=True)


class BillOut(Out):
    id = Id(required=True)
    resident_id = Id(required=True)
    institution_id = Id(required=True)
    appointment_id = Id(allow_none=True)
    state = OneOf(*STATES, required=True)
    day = Day(required=True)
    number = fields.String(allow_none=True, metadata={"description": "from issuing on"})
    cancellation_number = fields.String(allow_none=True)
    is_chronic = fields.Boolean(required=True)
    currency = fields.Constant("CNY", required=True)
    total_fen = _fen()
    pool_fen = _fen("what the insurance takes")
    supplement_fen = _fen("what supplements take")
    own_fen = _fen("what is left to the resident")
    credited_fen = _fen("what credit notes took off the total")
    credited_own_fen = _fen("and off the resident's part")
    paid_fen = _fen("paid, less what went back")
    due_fen = _fen("still to be paid")
    issued_at = Moment(allow_none=True)


class WholeBillOut(BillOut):
    lines = ManyOf(Below(LineOut), least=0, most=200, required=True)
    steps = ManyOf(
        Below(StepOut), least=0, most=50, required=True, metadata={"description": "why the resident pays what they pay"}
    )
    credit_notes = ManyOf(Below(CreditNoteOut), least=0, most=200, required=True)


class PreviewOut(Out):
    pool_fen = _fen()
    supplement_fen = _fen()
    own_fen = _fen()
    steps = ManyOf(Below(StepOut), least=0, most=50, required=True)


class BillsAsked(PageAsked):
    year = AskedWhole(least=2000, most=2200)
    state = OneOf(*STATES)


class BillsHereAsked(PageAsked):
    state = OneOf(*STATES, load_default="issued")


class BillsOut(Out):
    items = ManyOf(Below(BillOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True, required=True)


class YearAsked(In):
    year = AskedWhole(least=2000, most=2200, required=True)


class MonthOut(Out):
    month = fields.Integer(required=True)
    total_fen = _fen()
    insured_fen = _fen()
    own_fen = _fen()
    paid_fen = _fen()


class MonthsOut(Out):
    items = ManyOf(Below(MonthOut), least=0, most=12, required=True)


class BillStepOut(Out):
    state = OneOf(*STATES, required=True)
    at = Moment(required=True)
    by_kind = fields.String(required=True)
    reason = OneOf(*REASONS, allow_none=True)


class BillStepsOut(Out):
    items = ManyOf(Below(BillStepOut), least=0, most=500, required=True)


class DayAsked(In):
    day = Day(required=True)


class BalancesOut(Out):
    accounts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "the sum is 0"}
    )


def item(wanted: dict[str, Any]) -> Item:
    return Item(**wanted)


def returned(wanted: dict[str, Any]) -> Returned:
    return Returned(**wanted)


def step(kept: dict[str, Any]) -> dict[str, Any]:
    """A step as it is kept beside the bill, in words again."""
    return {"code": kept["code"], "fen": kept["fen"], "why": Words(kept["zh"], kept["en"])}
