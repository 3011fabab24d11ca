"""The time: the only file that asks the machine for it.

Moments are aware and in UTC; days are the city's. Tests freeze the clock; several processes of one browser test
share an offset, given to `configure`, because they cannot share a frozen module.
"""

import datetime as dt
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_zone = ZoneInfo("Asia/Shanghai")
_offset = timedelta(0)
_frozen: datetime | None = None


def configure(zone: str = "Asia/Shanghai", offset_seconds: int = 0) -> None:
    """Set the city's zone and, for tests of several processes, how far (in seconds) the clock runs ahead."""
    global _zone, _offset
    _zone = ZoneInfo(zone)
    _offset = timedelta(seconds=offset_seconds)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _frozen if _frozen is not None else datetime.now(UTC) + _offset


def epoch() -> int:
    """This moment in whole seconds since 1970, as tokens and codes write it."""
    return int(now().timestamp())


def at(seconds: int) -> datetime:
    """The moment (in UTC) that tokens and codes write as so many seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def today() -> date:
    """The day it is in the city."""
    return day_of(now())


def local(moment: datetime) -> datetime:
    """The same moment as the city's clocks show it. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(_zone)


def day_of(moment: datetime) -> date:
    """The day on which a moment falls in the city."""
    return local(moment).date()


def start_of(day: date) -> datetime:
    """The moment (in UTC) at which a day begins in the city."""
    return datetime(day.year, day.month, day.day, tzinfo=_zone).astimezone(UTC)


def moment(day: date, at: dt.time) -> datetime:
    """The moment (in UTC) at which the city's clocks show a time on a day."""
    return datetime.combine(day, at, tzinfo=_zone).astimezone(UTC)


def machine_seconds() -> float:
    """The machine's own seconds since 1970, neither frozen nor moved: to compare with libraries that ask it themselves."""
    return time.time()


def ticks() -> float:
    """Seconds on a clock that only runs forward: for durations inside one process, never for dates."""
    return time.monotonic()


def age_on(born: date, day: date) -> int:
    """Full years of age on a day. Who is born on 29 February gets a year older on 1 March of common years.

    Raises ValueError for a day before birth.
    """
    if day < born:
        raise ValueError("a day before birth")
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def turns(born: date, years: int) -> date:
    """The first day on which somebody is so many years old: `age_on(born, turns(born, n)) == n`."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # born on 29 February
        return date(born.year + years, 3, 1)


def freeze(moment: datetime) -> None:
    """Tests only: stop the clock at a moment, until `thaw`."""
    global _frozen
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    _frozen = moment.astimezone(UTC)


def advance(**by: float) -> None:
    """Tests only: move the stopped clock, `advance(seconds=61)`, `advance(days=-2)`; the words of timedelta."""
    global _frozen
    if _frozen is None:
        raise RuntimeError("the clock is running; freeze it first")
    _frozen += timedelta(**by)


def thaw() -> None:
    """Tests only: let the clock run again."""
    global _frozen
    _frozen = None
