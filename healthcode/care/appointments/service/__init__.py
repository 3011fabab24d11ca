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
from healthcode.care.appointments.service.day import check_in, close_days, finish, list_day, miss
from healthcode.care.appointments.service.places import end_overdue, hold_draws, return_places
from healthcode.care.appointments.service.telling import (
    Change,
    Clinic,
    change_behind,
    clinics_named,
    due_here,
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
    "book",
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
    "list_day",
    "make_all_slots",
    "miss",
    "move",
    "reasons_of",
    "return_places",
    "schedules_of",
    "wait",
]
