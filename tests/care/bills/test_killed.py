"""Whoever works on a payment is killed between two of its steps, at each in turn; afterwards every yuan is accounted for."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from healthcode.care.bills import channels
from healthcode.care.bills.payments import service as payments
from healthcode.care.bills.payments.models import Payment, Refund
from healthcode.care.bills.reconciling import service as reconciling
from healthcode.care.bills.reconciling.models import Difference
from healthcode.core import clock as city
from healthcode.core import tidying
from healthcode.core.db import transaction
from tests.support.bills import issued_bill
from tests.support.channels import Receiver, Sandbox, sandbox
from tests.support.dying import in_a_process
from tests.support.money import accounts, check_money
from tests.support.phones import new_deed
from tests.support.town import Person, Town

A = "/api/v1"
FEE, BACK = 2 * 260_00, 260_00
ROUNDS = 3  # of the worker, at the end of a story: more than it needs


@dataclass
class Till:
    """A town, a channel that is a process of its own, and a letter box for what the channel tells."""

    client: FlaskClient
    town: Town
    channel: Sandbox
    letters: Receiver
    turns: Iterator[int] = field(default_factory=itertools.count)

    def later(self, **by: float) -> None:
        city.advance(**by)
        self.channel.ask("PUT", "/sandbox/clock", {"stopped_at": city.now().astimezone(UTC).isoformat()})
        self.town.sign_in_again()

    def post(self, path: str, body: Any, by: Person, key: dict[str, str]) -> Callable[[], Any]:
        headers = self.town.headers(by) | key

        def deed() -> Any:
            answer = self.client.post(f"{A}/{path}", json=body, headers=headers)
            assert answer.status_code == 201, answer.json
            return answer.json

        return deed

    def told(self, letter: tuple[dict[str, str], bytes]) -> Callable[[], None]:
        headers, body = letter

        def deed() -> None:
            answer = self.client.post(f"{A}/channels/sandbox/callbacks", data=body, headers=headers)
            assert answer.status_code == 200, answer.json

        return deed


def works() -> None:
    tidying.reach_out()


def compares() -> None:
    reconciling.reconcile("sandbox", city.today())


class Story:
    """One bill: paid by phone, half of it credited and sent back, compared in the evening. One process may die on the way.

    `hears` says whether the channel's own messages arrive; where they do not, it is asked.
    """

    def __init__(self, till: Till, *, hears: bool, dies_at: str | None = None) -> None:
        self.till, self.hears, self.dies_at = till, hears, dies_at
        self.points: list[str] = []
        self.deaths = 0
        self.tell()

    def tell(self) -> None:
        till, town = self.till, self.till.town
        works()  # what was due before this story is none of it
        self.bill_id = bill_id = issued_bill(town.wang, town.hospital, tumour_markers=2)
        begun = self.does(
            "asked for", till.post(f"bills/{bill_id}/payments", {"channel": "sandbox"}, town.wang, new_deed())
        )
        self.does("put to the channel", works)
        till.channel.pay(begun["number"])
        self.learns("paid")
        credit = {"lines": [{"position": 1, "quantity": 1}], "reason": "returned"}
        self.does("credited", till.post(f"bills/{bill_id}/credit-notes", credit, town.clerk, new_deed()))
        self.does("sent back", works)
        self.learns("gone back")
        self.does("compared", compares)
        for _ in range(ROUNDS):
            till.later(minutes=40)
            works()
        compares()

    def learns(self, what: str) -> None:
        if self.hears:
            self.does(f"told: {what}", self.till.told(self.till.letters.next()))
        else:
            self.till.letters.next()
            self.till.later(minutes=6)
            self.does(f"asked: {what}", works)

    def does(self, name: str, deed: Callable[[], Any]) -> Any:
        """Once; and once more by whoever comes after one that was killed: with the same key, the same letter, the next round."""
        here = f"{name}: "
        dies_at = self.dies_at.removeprefix(here) if self.dies_at and self.dies_at.startswith(here) else None
        done = in_a_process(deed, dies_at=dies_at)
        self.points += [here + point for point in done.points]
        if done.was_killed:
            self.deaths += 1
            self.till.later(minutes=31 if name.startswith("asked: ") else 2)  # until what was claimed is due again
            done = in_a_process(deed)
        return done.answer

    def is_whole(self) -> None:
        with transaction("read") as current:
            check_money(current, [self.bill_id])
            stands = accounts(current, self.bill_id)
            came = current.scalars(select(Payment).where(Payment.bill_id == self.bill_id)).all()
            went = current.scalars(select(Refund).where(Refund.bill_id == self.bill_id)).all()
            assert [(one.state, one.amount_fen, one.refunded_fen) for one in came] == [("succeeded", FEE, BACK)]
            assert [(one.state, one.amount_fen) for one in went] == [("succeeded", BACK)]
            assert stands == {"channel:sandbox": BACK, "care": -BACK}
            assert current.scalars(select(Difference).where(Difference.bill_id == self.bill_id)).all() == []
            numbers = {one.number for one in (*came, *went)}
        state = self.till.channel.state()
        orders = [one for one in state["orders"] if one["number"] in numbers]
        refunds = [one for one in state["refunds"] if one["number"] in numbers]
        assert [(one["state"], one["paid_fen"]) for one in orders] == [("paid", FEE)]
        assert [one["refund_fen"] for one in refunds] == [BACK]


@pytest.fixture
def till(client: FlaskClient, town: Town, tmp_path) -> Iterator[Till]:
    letters = Receiver()
    payments.configure(letters.address.removesuffix("/told"))
    with sandbox(tmp_path / "channel") as channel:
        channels.register("sandbox", channel.client)
        it = Till(client, town, channel, letters)
        it.later()
        yield it
    payments.configure("")
    letters.stop()


EVERY = pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.proof)])


@EVERY
@pytest.mark.parametrize("hears", [True, False], ids=["told", "asking"])
@pytest.mark.case("F3", "M1", "M2", "M13")
def test_whoever_is_killed_between_two_steps_loses_no_yuan(till: Till, hears: bool, every: int):
    whole = Story(till, hears=hears)
    whole.is_whole()
    points = whole.points
    assert len(set(points)) == len(points) >= 20, points
    for point in points[::every]:
        story = Story(till, hears=hears, dies_at=point)
        assert story.deaths == 1, f"nobody died at {point}"
        story.is_whole()
        till.later(days=1)  # the next story's evening is another one
