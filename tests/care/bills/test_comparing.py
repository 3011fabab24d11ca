"""Two lists of money: whatever their order and length, every fen is found once, beside its partner or alone."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from healthcode.care.bills.reconciling.comparing import compare, in_order, line

LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(["payment", "refund"]),
        st.sampled_from(["P1", "P10", "P2", "R1", "渠道"]),
        st.integers(1, 3),
        st.sampled_from(["", "a", "2026-11-23"]),
    ),
    max_size=30,
)


def by_number(lines: list[str]) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for text in lines:
        kind, number, amount, _ = text.split("\t")
        found[kind, number] += int(amount)
    return dict(found)


@given(LINES, LINES, st.integers(1, 7))
def test_every_fen_is_found_once(ours: list[str], theirs: list[str], at_a_time: int):
    found = list(compare(in_order(ours, at_a_time), in_order(theirs, at_a_time)))
    mine = {(one.kind, one.number): one.ours_fen for one in found if one.ours_fen is not None}
    yours = {(one.kind, one.number): one.theirs_fen for one in found if one.theirs_fen is not None}
    assert (mine, yours) == (by_number(ours), by_number(theirs))
    assert len(found) == len({(one.kind, one.number) for one in found}), "a number is found once"
    for one in found:
        alike = one.ours_fen == one.theirs_fen
        assert one.what == (
            "only-theirs" if one.ours_fen is None else "only-ours" if one.theirs_fen is None
            else "matched" if alike else "amount-differs"
        )  # fmt: skip


def test_what_a_channel_moved_twice_differs_from_what_moved_once():
    once = line("refund", "R1", 500, "")
    (found,) = compare([once], [once, once])
    assert (found.what, found.ours_fen, found.theirs_fen) == ("amount-differs", 500, 1000)


@given(LINES, LINES)
def test_nothing_is_alone_on_both_sides(ours: list[str], theirs: list[str]):
    found = compare(in_order(ours), in_order(theirs))
    alone = Counter((one.kind, one.number, one.what) for one in found if one.what.startswith("only"))
    for kind, number, what in alone:
        other = "only-ours" if what == "only-theirs" else "only-theirs"
        assert (kind, number, other) not in alone


@given(LINES, st.integers(1, 5))
def test_the_disk_gives_back_what_it_was_given(lines: list[str], at_a_time: int):
    assert list(in_order(lines, at_a_time)) == sorted(lines)


def test_a_shorter_number_is_not_its_longer_neighbour():
    ours = [line("payment", "P1", 5, ""), line("payment", "P10", 5, "")]
    assert [one.what for one in compare(in_order(ours), in_order(ours[::-1]))] == ["matched", "matched"]
    assert [one.what for one in compare(ours[:1], ours[1:])] == ["only-ours", "only-theirs"]
