"""Two lists of money that should be one: compared in constant memory, whatever their length and order.

A line is one text, so that sorting and comparing a million of them is the work of the interpreter's own code: kind, number,
amount and a mark, with tabs between, which none of them contains and which sort before everything.
"""

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Literal

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
    """Every line of two sorted lists, once: beside its partner of the same kind and number, or alone.

    What one side has twice under a number has one partner, and the other one is alone.
    """
    mine, yours = iter(ours), iter(theirs)
    one, other = next(mine, None), next(yours, None)
    while one is not None or other is not None:
        if one is None or (other is not None and _key(other) < _key(one)):
            yield _alone("only-theirs", str(other))
            other = next(yours, None)
        elif other is None or _key(one) < _key(other):
            yield _alone("only-ours", one)
            one = next(mine, None)
        else:
            yield _both(one, other)
            one, other = next(mine, None), next(yours, None)


def _key(text: str) -> str:
    """Kind and number, and the tab after them: as the lines are sorted."""
    return text[: text.index(_TAB, text.index(_TAB) + 1) + 1]


def _alone(what: Literal["only-ours", "only-theirs"], text: str) -> Finding:
    kind, number, amount, mark = text.split(_TAB)
    if what == "only-ours":
        return Finding(what, kind, number, int(amount), None, mark, None)
    return Finding(what, kind, number, None, int(amount), None, mark)


def _both(one: str, other: str) -> Finding:
    kind, number, ours, our_mark = one.split(_TAB)
    _, _, theirs, their_mark = other.split(_TAB)
    what: What = "matched" if ours == theirs else "amount-differs"
    return Finding(what, kind, number, int(ours), int(theirs), our_mark, their_mark)
