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
from healthcode.care.appointments.service.places import end_overdue, hold_draws, return_places

__all__ = [
    "WeeklyRule",
    "add_schedule",
    "appeal",
    "appeals_at",
    "appointments_of",
    "arrive",
    "book",
    "cancel",
    "check_in",
    "close_day",
    "close_days",
    "confirm",
    "decide",
    "end_all_of",
    "end_overdue",
    "find_slots",
    "finish",
    "hold_draws",
    "leave_queues",
    "list_day",
    "make_all_slots",
    "miss",
    "move",
    "return_places",
    "schedules_of",
    "wait",
]
