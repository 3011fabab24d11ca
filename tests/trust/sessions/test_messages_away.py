"""The provider of text messages is away: what was promised is tried again, and what cannot be kept is not promised."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from sqlalchemy import select

from healthcode.core import outbox
from healthcode.core.db import session, transaction
from healthcode.core.outbox import Delivery
from healthcode.trust.sessions import sms
from healthcode.trust.sessions.models import MessageDay
from tests.support.sign_in import Visitor, codes


@dataclass
class Provider:
    """Takes messages, or does not; or takes them and is not heard when it says so. Never any for a number it does not know."""

    how: str = "away"
    unknown: str = "nobody"  # how such a number ends
    sent: list[tuple[str, str]] = field(default_factory=list)  # the key and the words

    def send(self, phone, words, *, key) -> bool:
        if phone.endswith(self.unknown):
            raise ValueError(f"no such number: {phone}")
        if self.how != "away":
            self.sent.append((key, words.zh))
        if self.how != "there":
            raise ConnectionError(f"no answer about {phone}")
        return True

    @property
    def digits(self) -> str:
        return self.sent[-1][1].split("验证码 ")[1][:6]


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    sms.register("sample", provider := Provider())
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], sms="sample")
    yield provider
    sms._adapters.pop("sample")


@pytest.fixture
def three(visitor: Visitor) -> list[Visitor]:
    """Three people with a phone each."""
    return [Visitor(visitor.client, f"1390000000{n}") for n in (1, 2, 3)]


def try_for_a_while(clock) -> None:
    """Three tries of everything that waits, in half a minute."""
    for wait in (5, 10, 20):
        outbox.deliver()
        clock.advance(seconds=wait)


def delivery() -> Delivery:
    with transaction("read"):
        (row,) = session().scalars(select(Delivery).where(Delivery.state == "waiting"))
        session().expunge_all()
        return row


@pytest.mark.case("F18")
def test_what_was_promised_is_tried_again_until_it_is_sent(visitor, provider, clock):
    """After five seconds, ten, twenty…: and the digits are good as long as they were said to be."""
    assert visitor.ask().status_code == 202
    for tries, seconds in ((1, 5), (2, 10), (3, 20)):
        outbox.deliver()
        assert delivery().tries == tries
        assert delivery().last_error == "ConnectionError"  # its text names the phone
        clock.advance(seconds=seconds - 1)
        assert outbox.deliver() == 0
        clock.advance(seconds=1)
    provider.how = "there"
    outbox.deliver()
    assert len(provider.sent) == 1
    assert visitor.try_with(provider.digits).status_code == 201


@pytest.mark.case("F18")
def test_while_it_is_away_everybody_is_told_and_nothing_is_spent(app, three, provider, clock):
    """After some tries: 503 with Retry-After, for every phone alike; the desk can still sign in, and so can devices."""
    assert [one.ask().status_code for one in three] == [202] * 3
    try_for_a_while(clock)
    for phone in (three[0].phone, "13911112222"):
        refused = Visitor(three[0].client, phone, address="192.0.2.9").ask()
        assert (refused.status_code, refused.json["type"]) == (503, "/problems/messages-paused")
        assert refused.headers["Retry-After"] == "60"
    assert len(codes()) == 3
    with transaction("read"):
        assert session().scalars(select(MessageDay.spent_fen)).one() == 3 * app.config["SETTINGS"].otp_price_fen


@pytest.mark.case("F18")
def test_a_number_that_does_not_exist_stops_nobody(visitor, three, provider, clock):
    """However often somebody asks for it."""
    provider.how, provider.unknown = "there", "13911112222"
    nobody = Visitor(visitor.client, "13911112222")
    assert [nobody.ask().status_code for _ in range(5)] == [202] * 5
    try_for_a_while(clock)
    assert [one.ask().status_code for one in three] == [202] * 3
    outbox.deliver()
    assert len(provider.sent) == 3


@pytest.mark.case("F18")
def test_while_some_messages_arrive_nobody_is_refused(visitor, three, provider, clock):
    """Three numbers that do not exist, and a city that goes on signing in."""
    provider.how, provider.unknown = "there", "9"
    for phone in ("13911112229", "13911112239", "13911112249"):
        assert Visitor(visitor.client, phone).ask().status_code == 202
    outbox.deliver()
    clock.advance(seconds=1)
    assert three[0].ask().status_code == 202
    try_for_a_while(clock)
    assert [one.ask().status_code for one in three] == [202] * 3


@pytest.mark.case("F18")
def test_a_provider_that_goes_away_later_is_noticed_too(three, provider, clock):
    """What arrived before says nothing of now; nor does a code that nobody needs any more, because a newer one was asked for."""
    provider.how = "there"
    three[0].ask()
    outbox.deliver()
    provider.how = "away"
    clock.advance(seconds=1)
    for _ in range(2):
        assert [one.ask().status_code for one in three] == [202] * 3
        clock.advance(seconds=1)
    try_for_a_while(clock)
    assert three[0].ask().status_code == 503


@pytest.mark.case("F18")
@pytest.mark.parametrize("how", ["by itself", "by the next try"])
def test_when_it_is_back_messages_are_promised_again(visitor, three, provider, clock, how):
    for one in three:
        one.ask()
    try_for_a_while(clock)
    provider.how = "there"
    if how == "by itself":  # nobody asks any more for a code that is over
        clock.advance(minutes=5)
    outbox.deliver()
    assert len(provider.sent) == (0 if how == "by itself" else 3)
    clock.advance(minutes=1)
    assert visitor.ask().status_code == 202
    outbox.deliver()
    assert visitor.try_with(provider.digits).status_code == 201


@pytest.mark.case("F18", "I8")
def test_a_message_whose_receipt_was_lost_is_sent_again_under_its_own_key(visitor, provider, clock):
    """At least once: the provider can leave out the second, because it knows it by its key."""
    provider.how = "unheard"
    visitor.ask()
    outbox.deliver()
    provider.how = "there"
    clock.advance(seconds=5)
    outbox.deliver()
    assert len(provider.sent) == 2
    assert len(set(provider.sent)) == 1


@pytest.mark.case("F18")
def test_operators_see_what_is_stuck(visitor, provider, clock):
    visitor.ask()
    for _ in range(outbox.STUCK_AFTER):
        clock.advance(seconds=1)
        with transaction():
            session().execute(Delivery.__table__.update().values(next_try_at=clock.now()))
        outbox.deliver()
    with transaction("read"):
        assert outbox.waiting() == {"unspread": 0, "waiting": 1, "stuck": 1}
