"""The use cases of appointments, by what they do."""

from healthcode.care.appointments.service.appeals import appeal, appeals_at, decide
from healthcode.care.appointments.service.booking import appointments_of, book, cancel, confirm, end_all_of, move, wait
from healthcode.care.appointments.service.clinics import (
    WeeklyRule,
    add_schedule,
    close_day,
    find_slots,
    make_all_slots,
    schedules_of,
)
from healthcode.care.appointments.service.day import (
    arrive,
    check_in,
    close_days,
    finish,
    leave_queues,
    list_day,
    miss,
)
from healthcode.care.appointments.service.places import end_overdue, hold_draws, let_kept_go, return_places
from healthcode.care.appointments.service.telling import (
    Change,
    Clinic,
    call_behind,
    change_behind,
    clinics_named,
    due_here,
    places_of_queues,
    reasons_of,
)

__all__ = [
    "Change",
    "Clinic",
    "WeeklyRule",
    "add_schedule",
    "appeal",
    "appeals_at",
    "appointments_of",
    "arrive",
    "book",
    "call_behind",
    "cancel",
    "change_behind",
    "check_in",
    "clinics_named",
    "close_day",
    "close_days",
    "confirm",
    "decide",
    "due_here",
    "end_all_of",
    "end_overdue",
    "find_slots",
    "finish",
    "hold_draws",
    "leave_queues",
    "let_kept_go",
    "list_day",
    "make_all_slots",
    "miss",
    "move",
    "places_of_queues",
    "reasons_of",
    "return_places",
    "schedules_of",
    "wait",
]
