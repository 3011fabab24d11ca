"""Whole fen shared out: by a ratio in permille, and over several places so that nothing is lost."""

from collections.abc import Sequence


def permille_of(fen: int, permille: int) -> int:
    """So many thousandths of an amount, rounded half up to the fen; never more than the amount up to 1000 permille."""
    return (2 * fen * permille + 1000) // 2000


def spread(fen: int, weights: Sequence[int]) -> tuple[int, ...]:
    """An amount over places in proportion to their weights, by largest remainder; between equals the earlier place.

    The shares sum to the amount. If it is not above the sum of the weights, no share is above its weight.
    """
    whole = sum(weights)
    if whole == 0:
        return tuple(0 for _ in weights)
    shares = [fen * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(fen * weights[place] % whole))
    for place in by_remainder[: fen - sum(shares)]:
        shares[place] += 1
    return tuple(shares)


def plus(these: Sequence[int], those: Sequence[int]) -> tuple[int, ...]:
    """Place by place."""
    return tuple(one + other for one, other in zip(these, those, strict=True))


def less(these: Sequence[int], those: Sequence[int]) -> tuple[int, ...]:
    """Place by place."""
    return tuple(one - other for one, other in zip(these, those, strict=True))
