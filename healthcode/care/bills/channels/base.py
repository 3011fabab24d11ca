"""What a payment channel does, whoever runs it: orders, refunds, the day's statement, and what it tells by itself.

Amounts are whole fen, moments are aware and in UTC, days are the city's.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

Kind = Literal["payment", "refund"]
OrderState = Literal["waiting", "paid", "closed", "refunded", "failed"]
RefundState = Literal["processing", "succeeded", "failed"]

MAX_FEN = 10**12

_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,32}")


class ChannelAway(Exception):
    """No answer that can be believed: not reached, too slow, unwell, cut short, or not signed. Nobody knows what was done."""


class ChannelRefused(Exception):
    """The channel answered, and it is no. `code` is its own word; what was asked has not been done."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CallbackRefused(Exception):
    """What came as a callback is not one. `why` is one of a few fixed words and repeats nothing of what came."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Order:
    """What is to be paid. `number` is ours; asked for twice it is one order. Raises ValueError."""

    number: str
    amount_fen: int
    about: str  # what the payer reads
    notify_url: str
    expires_at: datetime

    def __post_init__(self) -> None:
        check_number(self.number)
        check_fen(self.amount_fen)
        if self.expires_at.tzinfo is None:
            raise ValueError("a moment without a time zone")


@dataclass(frozen=True)
class Created:
    """An order that can be paid: what the payer's picture says."""

    code_url: str


@dataclass(frozen=True)
class Found:
    """An order as the channel has it. What was paid stands there for `paid` and `refunded` only."""

    number: str
    state: OrderState
    paid_fen: int | None
    provider_id: str | None
    paid_at: datetime | None


@dataclass(frozen=True)
class RefundOrder:
    """What is to go back of an order. `number` is the refund's, `total_fen` what was paid. Raises ValueError."""

    number: str
    order_number: str
    refund_fen: int
    total_fen: int
    reason: str

    def __post_init__(self) -> None:
        check_number(self.number)
        check_number(self.order_number)
        check_fen(self.refund_fen)
        check_fen(self.total_fen)


@dataclass(frozen=True)
class RefundFound:
    """A refund as the channel has it."""

    number: str
    state: RefundState
    refund_fen: int


@dataclass(frozen=True)
class StatementLine:
    """A payment or a refund of a day, as the channel's books have it."""

    kind: Kind
    number: str
    provider_id: str
    amount_fen: int
    at: datetime


@dataclass(frozen=True)
class Told:
    """A callback that is genuine. `number` is the order's for a payment, the refund's for a refund."""

    event_id: str
    kind: Kind
    number: str
    amount_fen: int
    currency: str
    merchant: str
    provider_id: str
    state: Literal["paid", "succeeded", "failed"]
    at: datetime


class Channel(Protocol):
    """A payment channel. Everything but `read_callback` asks it, and raises ChannelAway or ChannelRefused.

    After ChannelAway the caller asks again, with the same number, or queries: nothing is done twice under one number.
    """

    name: str

    def create(self, order: Order) -> Created:
        """Have an order made, or the same one shown again."""
        ...

    def query(self, number: str) -> Found | None:
        """The order; None if the channel says that it does not know it."""
        ...

    def close(self, number: str) -> None:
        """Let nobody pay it any more; closing twice is closing. Refused for what was paid."""
        ...

    def refund(self, refund: RefundOrder) -> RefundFound:
        """Give back; the same number twice is one refund. Refused above what is left of the payment."""
        ...

    def query_refund(self, number: str) -> RefundFound | None:
        """The refund; None if the channel says that it does not know it."""
        ...

    def statement(self, day: date) -> Iterator[StatementLine]:
        """The lines of a day in the city, oldest first. None is given before all of them are known to be the channel's."""
        ...

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told:
        """What the channel tells. Raises CallbackRefused for all that is not wholly genuine, fresh, ours and in CNY."""
        ...


def check_number(number: str) -> None:
    """Raises ValueError for what no channel takes as a number."""
    if not _NUMBER.fullmatch(number):
        raise ValueError("a number is 1 to 32 of A-Z, a-z, 0-9, _ and -")


def check_fen(amount_fen: int) -> None:
    """Raises ValueError for what is no amount of money that moves."""
    if type(amount_fen) is not int or not 0 < amount_fen <= MAX_FEN:
        raise ValueError("an amount is a whole number of fen above nothing")
