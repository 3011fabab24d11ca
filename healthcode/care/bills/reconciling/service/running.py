"""One run: the statement is fetched and sorted with nothing held, our books are read in pieces, and what differs is written.

Our books stand under the day on which we learnt of money, the statement under the day on which it moved; around midnight
these are two. So the books of the days around are read too: what the statement has of another day of ours is written down
as such, and is not missed when that other day's turn comes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

import structlog

from healthcode.care.bills import channels
from healthcode.care.bills.channels import ChannelAway, ChannelRefused, StatementLine
from healthcode.care.bills.ledger import channel_account
from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments.models import Payment, Refund
from healthcode.care.bills.reconciling.comparing import Finding, compare, in_order, line
from healthcode.care.bills.reconciling.models import Difference, Reconciliation
from healthcode.core import clock, ids, tidying
from healthcode.core.db import insert_if_absent, locked, session, transaction
from healthcode.core.outbox import announce

log = structlog.get_logger()

Statement = Iterable[StatementLine]
Progress = Callable[[int], None]

PIECE = 10_000  # entries of our books that are read at a time
MOST = 5_000  # differences of one run; more is another day's statement, or another merchant's
_AROUND = timedelta(days=1)
_FIRST = "00000000-0000-0000-0000-000000000000"
_BATCH = 500
_SUMS = ("matched", "only_ours", "only_theirs", "amount_differs", "paid_fen", "refunded_fen")
_AGAIN = timedelta(minutes=30)  # after a run that failed

_hour = 6  # of the city's morning, at which yesterday is compared


class TooManyDifferences(Exception):
    """The statement and our books have next to nothing in common: it is another day's, or another merchant's."""


def in_the_morning(hour: int) -> None:
    """Say at which full hour of the city yesterday is compared."""
    global _hour
    _hour = hour


@tidying.reaches_out
def run_due() -> int:
    """Compare yesterday for every channel whose turn it is. For the worker."""
    moment = clock.now()
    yesterday = clock.day_of(moment) - timedelta(days=1)
    if clock.local(moment).hour < _hour:
        return 0
    done = 0
    for channel in channels.names():
        if _is_due(channel, yesterday):
            reconcile(channel, yesterday)
            done += 1
    return done


def _is_due(channel: str, day: date) -> bool:
    with transaction("read") as current:
        found = current.query(Reconciliation).filter_by(channel=channel, day=day).first()
        return found is None or (found.state != "complete" and found.started_at <= clock.now() - _AGAIN)


def reconcile(channel: str, day: date, *, statement: Statement | None = None, progress: Progress | None = None) -> str:
    """Compare a channel's day, from the channel itself or from a statement at hand; returns the reconciliation's id.

    In no transaction. `progress` is told how many lines were read so far. A channel that is away, a statement that is not
    whole and one that has nothing to do with our books make it a run that failed. Raises NoSuchChannel.
    """
    asked = channels.channel(channel)
    run_id = _begin(channel, day)
    try:
        theirs = statement if statement is not None else asked.statement(day)
        result = _compare(channel, day, theirs, progress)
    except (ChannelAway, ChannelRefused, TooManyDifferences) as why:
        log.warning("reconciliation failed", door=channel, error=type(why).__name__)
        _end(run_id, _Result(), why=_WHYS[type(why)])
        return run_id
    _write(channel, day, result)
    _end(run_id, result, why=None)
    return run_id


_WHYS: dict[type[Exception], str] = {
    ChannelAway: "channel-away",
    ChannelRefused: "channel-refused",
    TooManyDifferences: "too-many-differences",
}


@dataclass
class _Result:
    """Counts, sums in fen, and what is to be written."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("matched", "only-ours", "only-theirs", "amount-differs"), 0)
    )
    paid_fen: int = 0
    refunded_fen: int = 0
    found: list[Finding] = field(default_factory=list)


def _begin(channel: str, day: date) -> str:
    with transaction():
        nothing = dict.fromkeys(_SUMS, 0)
        row = {"id": ids.new(), "channel": channel, "day": day, "state": "running", "started_at": clock.now()} | nothing
        insert_if_absent(Reconciliation, row, unique=("channel", "day"))
        run = session().query(Reconciliation).filter_by(channel=channel, day=day).one()
        run.state, run.why, run.started_at, run.finished_at = "running", None, clock.now(), None
        return run.id


def _end(run_id: str, result: _Result, *, why: str | None) -> None:
    with transaction():
        run = session().get_one(Reconciliation, run_id)
        run.state, run.why, run.finished_at = "failed" if why else "complete", why, clock.now()
        if why is None:
            counts = result.counts
            run.matched, run.amount_differs = counts["matched"], counts["amount-differs"]
            run.only_ours, run.only_theirs = counts["only-ours"], counts["only-theirs"]
            run.paid_fen, run.refunded_fen = result.paid_fen, result.refunded_fen


def _compare(channel: str, day: date, statement: Statement, progress: Progress | None) -> _Result:
    result = _Result()
    theirs = in_order(_told(statement, result, progress))
    ours = in_order(_ours(channel_account(channel), day))
    own_day = day.isoformat()
    for one in compare(ours, theirs):
        if one.what == "only-ours" and one.our_mark != own_day:
            continue  # of the day before or after, and none of this statement's business
        result.counts[one.what] += 1
        if one.what != "matched" or one.our_mark != own_day:
            result.found.append(one)
            if len(result.found) > MOST:
                raise TooManyDifferences()
    return result


def _told(statement: Statement, result: _Result, progress: Progress | None) -> Iterator[str]:
    for count, one in enumerate(statement, 1):
        if one.kind == "payment":
            result.paid_fen += one.amount_fen
        else:
            result.refunded_fen += one.amount_fen
        if progress is not None and count % PIECE == 0:
            progress(count)
        yield line(one.kind, one.number, one.amount_fen, one.provider_id)


def _ours(account: str, day: date) -> Iterator[str]:
    """Money that our books say came in by the channel or went back by it, in short transactions one after the other."""
    days = (day - _AROUND, day, day + _AROUND)
    for (kind, counted), one_day in product((("payment", Payment.counted), ("refund", Refund.counted)), days):
        after = _FIRST
        while True:
            with transaction("read") as current:
                rows = current.execute(counted(account, one_day, after).limit(PIECE)).all()
            for _, own_day, number, amount_fen in rows:
                yield line(kind, number, amount_fen, own_day.isoformat())
            if len(rows) < PIECE:
                break
            after = rows[-1][0]


def _write(channel: str, day: date, result: _Result) -> None:
    """New differences, and an end of those that a later look explains."""
    now_open = {(one.kind, one.number) for one in result.found if not _is_other_day(one)}
    for start in range(0, max(len(result.found), 1), _BATCH):
        piece = result.found[start : start + _BATCH]
        with transaction():
            known = {
                (one.kind, one.number): one
                for one in session().scalars(locked(Difference.of_day(channel, day, [one.number for one in piece])))
            }
            for one in piece:
                _keep(channel, day, one, known.get((one.kind, one.number)))
            for place, there in known.items():
                if there.state == "open" and there.day == day and place not in now_open:
                    there.state = "resolved"


def _is_other_day(one: Finding) -> bool:
    return one.what == "matched"


def _keep(channel: str, day: date, one: Finding, there: Difference | None) -> None:
    if there is not None:
        _look_again(day, one, there)
        return
    is_open = not _is_other_day(one)
    found = Difference(
        id=ids.new(),
        channel=channel,
        day=day,
        kind=one.kind,
        number=one.number,
        what=one.what if is_open else "other-day",
        ours_fen=one.ours_fen,
        theirs_fen=one.theirs_fen,
        provider_id=one.their_mark,
        state="open" if is_open else "resolved",
        found_at=clock.now(),
    )
    _name(found)
    session().add(found)
    session().flush()
    if is_open:
        announce("difference.found", difference_id=found.id, resident_id=found.resident_id)


def _look_again(day: date, one: Finding, there: Difference) -> None:
    """What is settled stays so. What only we had on the day before may stand in this day's statement."""
    if there.state == "settled" or (there.what == "other-day" and one.what == "only-ours"):
        return
    if _is_other_day(one):
        there.what, there.state, there.theirs_fen, there.provider_id = (
            "other-day", "resolved", one.theirs_fen, one.their_mark,
        )  # fmt: skip
    elif there.day == day:
        there.what, there.state = one.what, "open"
        there.ours_fen, there.theirs_fen, there.provider_id = one.ours_fen, one.theirs_fen, one.their_mark


def _name(found: Difference) -> None:
    """Whose it is, if anybody here knows the number."""
    table = Payment if found.kind == "payment" else Refund
    row = session().scalars(table.numbered(found.number)).first()
    if row is None:
        return
    found.resident_id, found.bill_id = row.resident_id, row.bill_id
    found.institution_id = session().scalars(Bill.paid_by(row.bill_id)).one().institution_id
    if isinstance(row, Refund):
        found.refund_id, found.payment_id = row.id, row.payment_id
    else:
        found.payment_id = row.id
