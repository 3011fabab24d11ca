"""What comes in and goes out at the doors of appointments."""

from marshmallow import fields

from healthcode.care.appointments.models import DAYS, KINDS, STATES
from healthcode.core.schemas import (
    POINT,
    AskedYesNo,
    Below,
    Day,
    Id,
    In,
    ManyOf,
    Moment,
    OneOf,
    Out,
    PageAsked,
    Text,
    Whole,
    YesNo,
)

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"


class ScheduleIn(In):
    example = {
        "kind": "expert",
        "title": "心内科专家门诊",
        "weekday": "wed",
        "starts": "08:00",
        "ends": "11:30",
        "slot_minutes": 10,
        "capacity": 1,
        "released_days_ahead": 7,
        "released_at": "07:00",
        "from_on": "2026-11-30",
    }

    kind = OneOf(*KINDS, required=True)
    title = Text(most=80, required=True)
    room = Text(most=40)
    department_id = Id()
    staff_id = Id(metadata={"description": "whose clinic it is, if it is somebody's"})
    weekday = OneOf(*DAYS, required=True)
    starts = Text(least=5, most=5, pattern=_CLOCK, required=True, metadata={"description": "the city's time"})
    ends = Text(least=5, most=5, pattern=_CLOCK, required=True)
    slot_minutes = Whole(least=5, most=240, required=True)
    capacity = Whole(least=1, most=100, required=True, metadata={"description": "places in one slot"})
    released_days_ahead = Whole(least=0, most=60, required=True)
    released_at = Text(least=5, most=5, pattern=_CLOCK, required=True)
    has_draw = YesNo(
        load_default=False,
        metadata={"description": "whoever asks in the first three minutes takes part in a draw, however quick"},
    )
    kept_for_referrals = Whole(
        least=0, most=1000, load_default=0, metadata={"description": "places of one day that only referrals may take"}
    )
    kept_until_hours = Whole(
        least=0, most=24 * 60, load_default=0, metadata={"description": "before a slot begins; then everybody may"}
    )
    from_on = Day(required=True)
    until_on = Day()


class ScheduleOut(Out):
    id = Id(required=True)
    institution_id = Id(required=True)
    department_id = Id(allow_none=True)
    staff_id = Id(allow_none=True)
    kind = OneOf(*KINDS, required=True)
    title = fields.String(required=True)
    room = fields.String(allow_none=True)
    weekday = OneOf(*DAYS, required=True)
    starts = fields.String(required=True)
    ends = fields.String(required=True)
    slot_minutes = fields.Integer(required=True)
    capacity = fields.Integer(required=True)
    released_days_ahead = fields.Integer(required=True)
    released_at = fields.String(required=True)
    has_draw = fields.Boolean(required=True)
    kept_for_referrals = fields.Integer(required=True)
    kept_until_hours = fields.Integer(required=True)
    from_on = Day(required=True)
    until_on = Day(allow_none=True)


class SchedulesOut(Out):
    items = ManyOf(Below(ScheduleOut), least=0, most=500, required=True)


class SlotsAsked(PageAsked):
    institution_id = Id()
    schedule_id = Id()
    department_id = Id()
    staff_id = Id()
    kind = OneOf(*KINDS)
    near = Text(most=40, pattern=POINT, metadata={"description": "latitude,longitude: the twenty nearest institutions"})
    from_on = Day(metadata={"description": "today, if it is not said"})
    until_on = Day(metadata={"description": "two weeks later, if it is not said; at most two months"})
    is_free = AskedYesNo(
        load_default=True,
        metadata={"description": "false: also what is full, to wait for, and what is not released yet"},
    )


class SlotOut(Out):
    id = Id(required=True)
    institution_id = Id(required=True)
    schedule_id = Id(required=True)
    title = fields.String(attribute="schedule.title", required=True)
    kind = OneOf(*KINDS, attribute="schedule.kind", required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    opens_at = Moment(required=True)
    draws_at = Moment(allow_none=True, metadata={"description": "until then one asks to take part in its draw"})
    free = fields.Integer(required=True)


class SlotsPageOut(Out):
    items = ManyOf(Below(SlotOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True)


class BookingIn(In):
    example = {"slot_id": "01938f5a-8f00-7abc-8def-0123456789ab"}

    slot_id = Id(required=True)
    is_hold = YesNo(
        load_default=False, metadata={"description": "keep the place for five minutes, and confirm it then"}
    )
    is_overbooking = YesNo(load_default=False, metadata={"description": "staff of the clinic, with a reason"})
    reason = Text(most=200)


class SlotIn(In):
    example = {"slot_id": "01938f5a-8f00-7abc-8def-0123456789ab"}

    slot_id = Id(required=True)


class WhyIn(In):
    example = {"reason": "临时有事"}

    reason = Text(most=200)


class AppealIn(In):
    example = {"text": "当天突发急症，住院了"}

    text = Text(most=200, required=True)


class DecisionIn(In):
    example = {"is_excused": True, "reason": "有住院证明"}

    is_excused = YesNo(required=True)
    reason = Text(most=200)


class AppealOut(Out):
    id = Id(required=True)
    appointment_id = Id(required=True)
    text = fields.String(required=True)
    made_at = Moment(required=True)
    is_excused = fields.Boolean(allow_none=True, metadata={"description": "null until it is decided"})
    decided_reason = fields.String(allow_none=True)


class PleadingOut(Out):
    appeal = Below(AppealOut, required=True)
    day = Day(required=True)
    display_name = fields.String(required=True)


class PleadingsOut(Out):
    items = ManyOf(Below(PleadingOut), least=0, most=200, required=True)


class ClosedDayIn(In):
    example = {"day": "2026-12-02", "reason": "医生休假"}

    day = Day(required=True)
    reason = Text(most=200, required=True)


class ClosedDayOut(Out):
    count = fields.Integer(required=True, metadata={"description": "how many were booked, and are told"})


class AppointmentOut(Out):
    id = Id(required=True)
    resident_id = Id(required=True)
    institution_id = Id(required=True)
    schedule_id = Id(required=True)
    day = Day(required=True)
    slot_id = Id(allow_none=True)
    starts_at = Moment(attribute="slot.starts_at", allow_none=True)
    state = OneOf(*STATES, required=True)
    is_offered = fields.Boolean(required=True, metadata={"description": "a place is kept for you until `held_until`"})
    held_until = Moment(allow_none=True)
    is_overbooked = fields.Boolean(required=True)
    made_by = fields.String(required=True)
    ticket = fields.Integer(allow_none=True)
    is_excused = fields.Boolean(
        attribute="appeal.is_excused", allow_none=True, metadata={"description": "null until an appeal was decided"}
    )


class AppointmentsOut(Out):
    items = ManyOf(Below(AppointmentOut), least=0, most=50, required=True)


class CheckInIn(In):
    example = {"verification_id": "01938f5a-8f00-7abc-8def-0123456789ab"}

    verification_id = Id(required=True)


class DayAsked(In):
    day = Day(metadata={"description": "today, if it is not said"})
    schedule_id = Id()


class ExpectedOut(Out):
    appointment = Below(AppointmentOut, required=True)
    display_name = fields.String(required=True)


class DayListOut(Out):
    items = ManyOf(Below(ExpectedOut), least=0, most=1000, required=True)
