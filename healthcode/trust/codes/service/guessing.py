"""Wrong tries are counted where they are made, and after a few the place must wait: 20 digits are not to be guessed.

Whoever works is not to wait. A right try ends its place's series, and a series is forgotten after a while. At a desk that
types documents a number that nobody holds is no slip but a person who is not here yet, many an hour: there only more
than people can bring are guesses, and a right number ends nothing, because whoever tries out numbers has one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, literal, select, update

from healthcode.core import clock, ids
from healthcode.core.db import Moment, changed, insert_if_absent, session
from healthcode.core.problems import Problem
from healthcode.core.tidying import forgets
from healthcode.trust.codes.models import WrongTries
from healthcode.trust.codes.problems import TooManyWrongTries

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
COUNTED = timedelta(days=2)  # longer than any series


@dataclass(frozen=True)
class Place:
    """Where tries are counted together: how many wrong ones are free, and for how long the first of them counts."""

    key: str
    free: int = 5
    counts_for: timedelta = timedelta(hours=24)


def digits_at(device_id: str | None) -> Place:
    return Place(f"digits:{device_id}")


def second_checks_of(code_id: str) -> Place:
    return Place(f"card:{code_id}")


def documents_at(staff_id: str | None) -> Place:
    """A desk sees some sixty people in an hour."""
    return Place(f"document:{staff_id}", free=100, counts_for=timedelta(hours=1))


@dataclass
class WrongTry(Exception):
    """A wrong try whose count must outlive the refusal: the door turns it into `Refused`."""

    place: Place
    problem: Problem


def make_sure_may_try(place: Place) -> None:
    """Raises TooManyWrongTries while the place must wait."""
    until = session().scalar(select(WrongTries.locked_until).where(WrongTries.key == place.key))
    if until is not None and until > clock.now():
        raise TooManyWrongTries(retry_after=int((until - clock.now()).total_seconds()) + 1)


def count(wrong: WrongTry) -> Problem:
    """Count a wrong try, lock the place when there were too many, and give back what to answer."""
    over = _one_more(wrong.place, clock.now()) - wrong.place.free
    if over >= 0:
        wait = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)
        locked = update(WrongTries).where(WrongTries.key == wrong.place.key)
        session().execute(locked.values(locked_until=clock.now() + wait))
    return wrong.problem


def _one_more(place: Place, moment: datetime) -> int:
    """How many there are with this one, in one statement: of many at once none is lost."""
    row = {"id": ids.new(), "key": place.key, "count": 0, "since_at": moment}
    insert_if_absent(WrongTries, row, unique=("key",))
    is_forgotten = WrongTries.since_at <= moment - place.counts_for
    counted = (
        update(WrongTries)
        .where(WrongTries.key == place.key)
        .values(
            count=case((is_forgotten, 1), else_=WrongTries.count + 1),
            since_at=case((is_forgotten, literal(moment, Moment)), else_=WrongTries.since_at),
        )
        .returning(WrongTries.count)
        .execution_options(synchronize_session=False)
    )
    return int(session().scalar(counted) or 0)


def forgive(place: Place) -> None:
    """A right try ends the series of its place."""
    session().execute(delete(WrongTries).where(WrongTries.key == place.key))


@forgets
def forget_old(moment: datetime) -> int:
    """Drop series that count no longer. Returns how many."""
    return changed(delete(WrongTries).where(WrongTries.since_at < moment - COUNTED))
