"""Moments and days as people say them, in the city's time: 今天 14:30, tomorrow 09:10, Thursday 14:30."""

from datetime import date, datetime

from healthcode.core import clock
from healthcode.core.words import Words

_NEAR = {-1: Words("昨天", "yesterday"), 0: Words("今天", "today"), 1: Words("明天", "tomorrow")}
_WEEKDAYS = (
    Words("周一", "Monday"),
    Words("周二", "Tuesday"),
    Words("周三", "Wednesday"),
    Words("周四", "Thursday"),
    Words("周五", "Friday"),
    Words("周六", "Saturday"),
    Words("周日", "Sunday"),
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def moment(at: datetime) -> Words:
    """A moment, as it is said now."""
    day, time = day_said(clock.day_of(at)), clock_time(at)
    return Words(f"{day.zh} {time}", f"{day.en} {time}")


def day_said(day: date) -> Words:
    """A day, as it is said today: near ones by their names, those of the coming week by the weekday, others whole."""
    today = clock.today()
    ahead, weekday = (day - today).days, _WEEKDAYS[day.weekday()]
    if ahead in _NEAR:
        return _NEAR[ahead]
    if 1 < ahead < 7:
        return weekday
    is_this_year = day.year == today.year
    return Words(
        f"{'' if is_this_year else f'{day.year}年'}{day.month}月{day.day}日{weekday.zh}",
        f"{weekday.en} {day.day} {_MONTHS[day.month - 1]}{'' if is_this_year else f' {day.year}'}",
    )


def clock_time(at: datetime) -> str:
    """What the city's clocks show: 14:30."""
    return f"{clock.local(at):%H:%M}"
