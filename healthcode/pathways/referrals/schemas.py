"""What comes in and goes out at the doors of referrals."""

from marshmallow import fields

from healthcode.core.schemas import Below, Day, Id, In, ManyOf, Moment, OneOf, Out, PageAsked, Text, YesNo
from healthcode.pathways.referrals.models import DIRECTIONS, STATES, URGENCIES


class ReferralIn(In):
    example = {
        "to_institution_id": "01938f5a-8f00-7abc-8def-0123456789ab",
        "urgency": "urgent",
        "reason": "血压持续偏高，请心内科进一步检查",
    }

    to_institution_id = Id(required=True)
    department_id = Id()
    urgency = OneOf(*URGENCIES, required=True, metadata={"description": "FHIR RequestPriority"})
    reason = Text(most=1000, required=True)
    slot_id = Id(metadata={"description": "a free slot there: the place is booked in the same step"})
    is_virtual = YesNo(load_default=False, metadata={"description": "a remote consultation"})
    answers_id = Id(metadata={"description": "the referral that this one sends back"})


class RejectionIn(In):
    example = {"reason": "本院暂无该项目，请转市一院"}

    reason = Text(most=500, required=True, metadata={"description": "told to both sides and to the resident"})


class CancellationIn(In):
    example = {"reason": "病情好转"}

    reason = Text(most=500)


class ReferralBookingIn(In):
    example = {"slot_id": "01938f5a-8f00-7abc-8def-0123456789ab"}

    slot_id = Id(required=True)


class CompletionIn(In):
    example = {"summary": "已调整用药，回社区随访"}

    summary = Text(most=2000)


class ReferralsAsked(PageAsked):
    side = OneOf("in", "out", load_default="in", metadata={"description": "what came in, or what went out"})
    state = OneOf(*STATES, metadata={"description": "what is open, if it is not said"})


class FiguresAsked(In):
    from_on = Day(metadata={"description": "thirty days before `until_on`, if it is not said"})
    until_on = Day(metadata={"description": "today, if it is not said; at most a year after `from_on`"})


class BookedOut(Out):
    """The appointment of a referral, in the words of appointments."""

    id = Id(required=True)
    resident_id = Id(required=True)
    institution_id = Id(required=True)
    schedule_id = Id(required=True)
    day = Day(required=True)
    slot_id = Id(allow_none=True)
    starts_at = Moment(attribute="slot.starts_at", allow_none=True)
    state = fields.String(required=True)
    is_offered = fields.Boolean(required=True)
    held_until = Moment(allow_none=True)
    is_overbooked = fields.Boolean(required=True)
    made_by = fields.String(required=True)
    ticket = fields.Integer(allow_none=True)


class ReferralOut(Out):
    id = Id(attribute="referral.id", required=True)
    resident_id = Id(attribute="referral.resident_id", required=True)
    display_name = fields.String(allow_none=True, required=True, metadata={"description": "masked; for staff alone"})
    from_institution_id = Id(attribute="referral.from_institution_id", required=True)
    to_institution_id = Id(attribute="referral.to_institution_id", required=True)
    department_id = Id(attribute="referral.department_id", allow_none=True, required=True)
    direction = OneOf(*DIRECTIONS, attribute="referral.direction", required=True)
    urgency = OneOf(*URGENCIES, attribute="referral.urgency", required=True)
    reason = fields.String(
        allow_none=True, required=True, metadata={"description": "null for whom only the state is open to"}
    )
    summary = fields.String(allow_none=True, required=True)
    state = OneOf(*STATES, attribute="referral.state", required=True)
    is_virtual = fields.Boolean(attribute="referral.is_virtual", required=True)
    answers_id = Id(attribute="referral.answers_id", allow_none=True, required=True)
    appointment = Below(BookedOut, attribute="referral.appointment", allow_none=True, required=True)
    decided_reason = fields.String(
        allow_none=True, required=True, metadata={"description": "of a rejection or cancellation"}
    )
    due_at = Moment(
        attribute="referral.due_at", required=True, metadata={"description": "undecided then, it is unattended"}
    )
    created_at = Moment(attribute="referral.created_at", required=True)
    changed_at = Moment(attribute="referral.changed_at", required=True)


class ReferralsPageOut(Out):
    items = ManyOf(Below(ReferralOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True)


class ReferralsOut(Out):
    items = ManyOf(Below(ReferralOut), least=0, most=50, required=True)


class StepOut(Out):
    state = OneOf(*STATES, attribute="change.state", required=True)
    at = Moment(attribute="change.at", required=True)
    by_kind = fields.String(attribute="change.by_kind", required=True)
    institution_id = Id(attribute="change.institution_id", allow_none=True, required=True)
    appointment_id = Id(attribute="change.appointment_id", allow_none=True, required=True)
    reason = fields.String(allow_none=True, required=True)


class StepsOut(Out):
    items = ManyOf(Below(StepOut), least=0, most=200, required=True)


class DirectionsOut(Out):
    up = fields.Integer(required=True)
    down = fields.Integer(required=True)
    across = fields.Integer(required=True)


class FiguresOut(Out):
    from_on = Day(required=True)
    until_on = Day(required=True)
    sent = Below(DirectionsOut, required=True)
    received = Below(DirectionsOut, required=True)
    rejected = fields.Integer(required=True, metadata={"description": "of those received"})
    unattended = fields.Integer(required=True)
    completed = fields.Integer(required=True)
