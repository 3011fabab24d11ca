"""Two lists of money that should be one: compared in constant memory, whatever their length and order.

A line is one text, so that sorting and comparing a million of them is the work of the interpreter's own code: kind, number,
amount and a mark, with tabs between, which none of them contains and which sort before everything.
"""

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import IO, Literal, NamedTuple

What = Literal["matched", "only-ours", "only-theirs", "amount-differs"]

IN_MEMORY = 200_000  # lines that are sorted at a time; the rest waits on the disk
_TAB = "\t"


def line(kind: str, number: str, amount_fen: int, mark: str) -> str:
    """One payment or refund of a side; `mark` is whatever that side wants to find again."""
    return f"{kind}\t{number}\t{amount_fen}\t{mark}"


@dataclass(frozen=True)
class Finding:
    """What stands beside what. Of what only one side has, the other's amount and mark are None."""

    what: What
    kind: str
    number: str
    ours_fen: int | None
    theirs_fen: int | None
    our_mark: str | None
    their_mark: str | None


def in_order(lines: Iterable[str], most: int = IN_MEMORY) -> Iterator[str]:
    """The same lines, sorted; at most so many are in memory at once."""
    rest = iter(lines)
    files: list[IO[str]] = []
    while piece := sorted(islice(rest, most)):
        if len(piece) < most and not files:
            return iter(piece)
        files.append(_kept(piece))
    return heapq.merge(*map(_read, files))


def _kept(piece: list[str]) -> IO[str]:
    file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115  # _read closes it
    file.writelines(one + "\n" for one in piece)
    file.seek(0)
    return file


def _read(file: IO[str]) -> Iterator[str]:
    with file:
        for text in file:
            yield text[:-1]


def compare(ours: Iterable[str], theirs: Iterable[str]) -> Iterator[Finding]:
    """Every number of two sorted lists, once: beside its partner of the same kind and number, or alone.

    What a side has twice under a number is one, of both amounts together: money that a channel moved twice differs from what
    moved once here.
    """
    mine, yours = _numbers(ours), _numbers(theirs)
    one, other = next(mine, None), next(yours, None)
    while one is not None or other is not None:
        if one is None or (other is not None and other.key < one.key):
            yield _found(None, other)
            other = next(yours, None)
        elif other is None or one.key < other.key:
            yield _found(one, None)
            one = next(mine, None)
        else:
            yield _found(one, other)
            one, other = next(mine, None), next(yours, None)


class _Number(NamedTuple):
    """What one side has under a number; `key` is its kind and number with the tab after them, as the lines are sorted."""

    key: str
    fen: int
    mark: str


def _numbers(lines: Iterable[str]) -> Iterator[_Number]:
    for key, alike in groupby(lines, key=_key):
        fen, mark = 0, ""
        for text in alike:
            amount, _, last = text[len(key) :].partition(_TAB)
            fen, mark = fen + int(amount), mark or last
        yield _Number(key, fen, mark)


def _key(text: str) -> str:
    return text[: text.index(_TAB, text.index(_TAB) + 1) + 1]


def _found(one: _Number | None, other: _Number | None) -> Finding:
    if one is not None and other is not None:
        what: What = "matched" if one.fen == other.fen else "amount-differs"
        return Finding(what, *_place(one.key), one.fen, other.fen, one.mark, other.mark)
    if one is not None:
        return Finding("only-ours", *_place(one.key), one.fen, None, one.mark, None)
    assert other is not None  # one of them is there
    return Finding("only-theirs", *_place(other.key), None, other.fen, None, other.mark)


def _place(key: str) -> tuple[str, str]:
    kind, number, _ = key.split(_TAB)
    return kind, number
