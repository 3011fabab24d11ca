"""How fast a queue moves today, and when somebody in it may expect to be called.

The pace is the median time between the last calls, whoever called: it holds for one doctor and for three, and one long
visit does not shift it. Before there are enough calls it is the clinic's own plan. A queue in which nobody was called for
a long time is not moving (a break, an emergency), and then nothing is expected: an invented time is worse than none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from healthcode.care.appointments.queue.models import Queue, TicketChange
from healthcode.core import clock
from healthcode.core.db import session

CALLS = 11  # the last ten gaps
ENOUGH = 3  # gaps, before the day's own pace counts
SHORTEST = timedelta(seconds=30)  # of one visit
STILL_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class Pace:
    """Seconds from one call to the next, and from when they are counted; `since` is None if the queue is not moving."""

    step: timedelta
    since: datetime | None

    def reaches(self, ahead: int) -> datetime | None:
        """When somebody with so many before them may be called; never in the past."""
        return None if self.since is None else max(self.since + ahead * self.step, clock.now())


def pace_of(queue: Queue) -> Pace:
    """The pace of a queue at this moment."""
    calls = session().scalars(TicketChange.calls(queue.id, CALLS)).all()
    gaps = [later - earlier for later, earlier in pairwise(calls)]
    step = timedelta(seconds=queue.pace_seconds)
    if len(gaps) >= ENOUGH:
        step = max(timedelta(seconds=median(gap.total_seconds() for gap in gaps)), SHORTEST)
    since = calls[0] + step if calls else queue.begins_at
    is_still = clock.now() - (calls[0] if calls else since) > max(STILL_AFTER, 3 * step)
    return Pace(step, None if is_still else since)
