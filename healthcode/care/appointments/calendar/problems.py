"""What can go wrong around calendars, as a person meets it."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class TooManyCalendarLinks(Problem):
    """There are as many links to this resident's appointments as there may be. End one that is used no more."""

    status = 409
    title = Words(zh="日历链接已达上限", en="There are too many calendar links")
