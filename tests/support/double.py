"""A payment channel in memory: it does what a real one does, and can be away, forged, or late."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from healthcode.care.bills.channels.base import (
    CallbackRefused,
    ChannelAway,
    ChannelRefused,
    Created,
    Found,
    Order,
    RefundFound,
    RefundOrder,
    StatementLine,
    Told,
)
from healthcode.core import clock
from healthcode.core.db import session

NAME = "double"


@dataclass
class DoubleChannel:
    """Orders and refunds by number. Whoever asks it while rows are held is told so."""

    orders: dict[str, Found] = field(default_factory=dict)
    refunds: dict[str, RefundFound] = field(default_factory=dict)
    is_away: bool = False
    refuses: tuple[str, ...] = ()
    refunds_become: str = "succeeded"
    calls: list[str] = field(default_factory=list)
    while_asked: Callable[[], None] | None = None  # what happens here while the channel is being asked
    told: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, order: Order) -> Created:
        self._called("create")
        self.orders.setdefault(order.number, Found(order.number, "waiting", 0, None, None))
        self._meanwhile()
        return Created(f"weixin://pay/{order.number}")

    def query(self, number: str) -> Found | None:
        self._called("query")
        found = self.orders.get(number)
        self._meanwhile()
        return found

    def close(self, number: str) -> None:
        self._called("close")
        if self.orders[number].state == "waiting":
            self.orders[number] = replace(self.orders[number], state="closed")

    def refund(self, order: RefundOrder) -> RefundFound:
        self._called("refund")
        with self.lock:
            made = RefundFound(order.number, self.refunds_become, order.refund_fen)  # type: ignore[arg-type]
            return self.refunds.setdefault(order.number, made)

    def query_refund(self, number: str) -> RefundFound | None:
        self._called("query_refund")
        return self.refunds.get(number)

    def statement(self, day: date) -> Iterator[StatementLine]:
        raise ChannelAway("its books are not open")

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told:
        if headers.get("Signature") != "ours":
            raise CallbackRefused("signature")
        said = json.loads(body)
        return Told(**said, at=clock.now())

    def pay(self, number: str, amount_fen: int) -> None:
        """The payer pays at the channel."""
        self.orders[number] = Found(number, "paid", amount_fen, f"provider-{number}", clock.now())

    def event(self, number: str, amount_fen: int, *, kind: str = "payment", state: str = "paid") -> dict[str, Any]:
        """What it would tell by a callback, each time with another event number."""
        self.told += 1
        provider_id = f"provider-{number}"
        return {
            "event_id": f"event-{self.told}", "kind": kind, "number": number, "amount_fen": amount_fen,
            "currency": "CNY", "merchant": "m-1", "provider_id": provider_id, "state": state,
        }  # fmt: skip

    def _called(self, name: str) -> None:
        assert not session().in_transaction(), "rows are held while a channel is asked"
        self.calls.append(name)
        if self.is_away:
            raise ChannelAway
        if name in self.refuses:
            raise ChannelRefused("NO")

    def _meanwhile(self) -> None:
        deed, self.while_asked = self.while_asked, None
        if deed is not None:
            deed()
