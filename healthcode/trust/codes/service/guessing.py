"""Wrong tries are counted where they are made, and after a few the place must wait: 20 digits are not to be guessed."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from healthcode.core import clock, ids
from healthcode.core.db import insert_if_absent, session
from healthcode.core.problems import Problem
from healthcode.trust.codes.models import WrongTries
from healthcode.trust.codes.problems import TooManyWrongTries

FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


@dataclass
class WrongTry(Exception):
    """A wrong try whose count must outlive the refusal: the door turns it into `Refused`."""

    key: str
    problem: Problem


def make_sure_may_try(key: str) -> None:
    """Raises TooManyWrongTries while the place that `key` names must wait."""
    until = session().scalar(select(WrongTries.locked_until).where(WrongTries.key == key))
    if until is not None and until > clock.now():
        raise TooManyWrongTries(retry_after=int((until - clock.now()).total_seconds()) + 1)


def count(wrong: WrongTry) -> Problem:
    """Count a wrong try, lock the place when there were too many, and give back what to answer."""
    insert_if_absent(WrongTries, {"id": ids.new(), "key": wrong.key, "count": 0}, unique=("key",))
    tries = session().scalar(
        update(WrongTries)
        .where(WrongTries.key == wrong.key)
        .values(count=WrongTries.count + 1)
        .returning(WrongTries.count)
    )
    over = int(tries or 0) - FREE_TRIES
    if over >= 0:
        wait = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)
        session().execute(update(WrongTries).where(WrongTries.key == wrong.key).values(locked_until=clock.now() + wait))
    return wrong.problem
