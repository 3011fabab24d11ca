"""The client of the payment channel against a channel that is a process of its own, over real HTTP."""

import http.client
import random
import socket
import sqlite3
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from healthcode.care.bills import channels
from healthcode.care.bills.channels import (
    ChannelAway,
    ChannelRefused,
    Found,
    NoSuchChannel,
    Order,
    RefundFound,
    RefundOrder,
    StatementLine,
)
from healthcode.care.bills.channels.wechat_v3 import WechatV3
from healthcode.core import clock as core_clock
from tests.support.channels import MERCHANT, Receiver, Sandbox, a_paid_order, an_order, numbers, sandbox
from tests.support.servers import Line

# Orders


def test_an_order_is_made_paid_and_found(there: Sandbox, wechat: WechatV3):
    order = an_order()
    created = wechat.create(order)
    assert created.code_url.startswith("http://127.0.0.1:")
    assert wechat.create(order) == created  # asked for again, as after a lost answer
    assert wechat.query(order.number) == Found(order.number, "waiting", None, None, None)
    there.decline(order.number)
    found = wechat.query(order.number)
    assert found is not None
    assert (found.state, found.paid_fen) == ("failed", None)
    there.pay(order.number)  # declined once, the person tries again
    found = wechat.query(order.number)
    assert found is not None
    assert found.provider_id is not None
    assert found.paid_at is not None
    assert (found.state, found.paid_fen) == ("paid", 12_345)
    assert abs(found.paid_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_the_channel_does_not_know_is_none(wechat: WechatV3):
    assert wechat.query("nobody-made-this") is None
    assert wechat.query_refund("nobody-made-this") is None


def test_a_number_belongs_to_one_order(wechat: WechatV3):
    order = an_order()
    wechat.create(order)
    with pytest.raises(ChannelRefused, match="OUT_TRADE_NO_USED"):
        wechat.create(Order(order.number, 1, order.about, order.notify_url, order.expires_at))


def test_a_closed_order_is_paid_by_nobody(there: Sandbox, wechat: WechatV3):
    order = an_order()
    wechat.create(order)
    wechat.close(order.number)
    wechat.close(order.number)
    found = wechat.query(order.number)
    assert found is not None
    assert found.state == "closed"
    with pytest.raises(AssertionError, match="409"):
        there.pay(order.number)
    with pytest.raises(ChannelRefused, match="ORDERPAID"):
        wechat.close(a_paid_order(there).number)


def test_more_or_less_than_the_order_can_be_paid_and_is_told(there: Sandbox, wechat: WechatV3):
    there.faults(amount_off_fen=-45)
    found = wechat.query(a_paid_order(there).number)
    assert found is not None
    assert (found.state, found.paid_fen) == ("paid", 12_300)


@pytest.mark.parametrize("number", ["", "a" * 33, "a/b", "a?b", "订单", "a b", "a\r\nb"])
def test_a_number_that_could_lead_elsewhere_is_not_asked_for(wechat: WechatV3, number: str):
    with pytest.raises(ValueError):
        wechat.query(number)
    with pytest.raises(ValueError):
        Order(number, 1, "x", "http://127.0.0.1/", datetime.now(UTC))


@pytest.mark.parametrize("fen", [0, -1, 1.0, True, "1", 10**13])
def test_an_amount_is_whole_fen_above_nothing(fen):
    with pytest.raises(ValueError):
        Order("a", fen, "x", "http://127.0.0.1/", datetime.now(UTC))


# Refunds


def test_refunds_are_partial_and_one_per_number(there: Sandbox, wechat: WechatV3):
    order = a_paid_order(there)
    first = RefundOrder("R-" + order.number, order.number, 2_345, 12_345, "取消")
    assert wechat.refund(first) == RefundFound(first.number, "processing", 2_345)
    assert wechat.refund(first) == RefundFound(first.number, "succeeded", 2_345)
    assert wechat.query_refund(first.number) == RefundFound(first.number, "succeeded", 2_345)
    assert len([row for row in there.state()["refunds"] if row["order_number"] == order.number]) == 1
    with pytest.raises(ChannelRefused, match="INVALID_REQUEST"):
        wechat.refund(RefundOrder(first.number, order.number, 2_346, 12_345, "取消"))
    wechat.refund(RefundOrder("S-" + order.number, order.number, 10_000, 12_345, "取消"))
    found = wechat.query(order.number)
    assert found is not None
    assert (found.state, found.paid_fen) == ("refunded", 12_345)


def test_a_refund_above_what_was_paid_is_refused(there: Sandbox, wechat: WechatV3):
    order = a_paid_order(there)
    wechat.refund(RefundOrder("R-" + order.number, order.number, 12_000, 12_345, "取消"))
    with pytest.raises(ChannelRefused, match="NOT_ENOUGH"):
        wechat.refund(RefundOrder("S-" + order.number, order.number, 346, 12_345, "取消"))
    assert wechat.query_refund("S-" + order.number) is None
    unpaid = an_order()
    wechat.create(unpaid)
    with pytest.raises(ChannelRefused, match="INVALID_REQUEST"):
        wechat.refund(RefundOrder("R-" + unpaid.number, unpaid.number, 1, 12_345, "取消"))


def test_refunds_at_the_same_instant_are_never_above_what_was_paid(there: Sandbox, wechat: WechatV3):
    order = a_paid_order(there)
    refunds = [RefundOrder(f"{n % 4}-{order.number}", order.number, 5_000, 12_345, "取消") for n in range(8)]

    def go(refund: RefundOrder) -> str:
        try:
            return wechat.refund(refund).number
        except ChannelRefused as no:
            return no.code

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(go, refunds))
    assert sorted(said)[4:] == ["NOT_ENOUGH"] * 4
    made = [row for row in there.state()["refunds"] if row["order_number"] == order.number]
    assert {row["number"] for row in made} == set(said) - {"NOT_ENOUGH"}
    assert len(made) == 2


@pytest.mark.parametrize(("fault", "state"), [("processing", "processing"), ("abnormal", "failed")])
def test_a_refund_that_takes_long_or_fails(there: Sandbox, wechat: WechatV3, fault: str, state: str):
    order = a_paid_order(there)
    there.faults(refunds=fault)
    wechat.refund(RefundOrder("R-" + order.number, order.number, 45, 12_345, "取消"))
    assert wechat.query_refund("R-" + order.number) == RefundFound("R-" + order.number, state, 45)


# The statement


def test_the_statement_has_the_day_and_no_other(there: Sandbox, wechat: WechatV3):
    order = a_paid_order(there)
    wechat.refund(RefundOrder("R-" + order.number, order.number, 45, 12_345, "取消"))
    found = wechat.query(order.number)
    assert found is not None
    assert found.paid_at is not None
    day = core_clock.day_of(found.paid_at)
    lines = [line for line in wechat.statement(day) if line.number.endswith(order.number)]
    assert lines[0] == StatementLine("payment", order.number, found.provider_id, 12_345, found.paid_at)
    assert [(line.kind, line.number, line.amount_fen) for line in lines[1:]] == [("refund", "R-" + order.number, 45)]
    assert list(wechat.statement(day - timedelta(days=400))) == []


def test_a_long_statement_does_not_fill_the_memory(tmp_path):
    with sandbox(tmp_path / "channel") as it:
        noon = int(datetime(2026, 3, 2, 4, tzinfo=UTC).timestamp())
        with sqlite3.connect(it.folder / "channel.db") as db:
            rows = ((f"N{n}", "x", 100, "", 0, "paid", "", f"42{n:026d}", 100, noon) for n in range(60_000))
            db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.close()
        wechat = it.client
        tracemalloc.start()
        total_fen = sum(line.amount_fen for line in wechat.statement(datetime(2026, 3, 2, tzinfo=UTC).date()))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert total_fen == 6_000_000
    assert peak < 3 * 1024 * 1024  # the statement is above 4 MiB


# The channel itself


def test_the_channel_takes_nothing_unsigned(there: Sandbox, wechat: WechatV3):
    line = Line("127.0.0.1", there.port)
    path = f"/v3/pay/transactions/out-trade-no/a?mchid={MERCHANT}"
    good = wechat._keys.authorization("GET", path, b"")
    assert line.get(path).status == 401
    assert line.get(path + "&x=1", {"Authorization": good}).status == 401
    assert line.get(path, {"Authorization": good.replace(MERCHANT, "1900000002")}).status == 401
    assert line.get(path, {"Authorization": good}).status == 404
    assert line.get(path, {"Authorization": good}).status == 401  # heard before
    core_clock.freeze(datetime.now(UTC) - timedelta(seconds=310))
    old = wechat._keys.authorization("GET", path, b"")
    core_clock.thaw()
    assert line.get(path, {"Authorization": old}).status == 401
    line.close()


def test_its_clock_can_stop_with_ours(there: Sandbox, wechat: WechatV3, receiver: Receiver, clock: SimpleNamespace):
    there.ask("PUT", "/sandbox/clock", {"stopped_at": core_clock.now().isoformat()})
    try:
        order = Order(f"C{random.randrange(10**9)}", 1, "x", receiver.address, core_clock.now() + timedelta(hours=1))
        wechat.create(order)
        there.pay(order.number)
        assert wechat.read_callback(*receiver.next()).at == core_clock.now()
    finally:
        there.ask("PUT", "/sandbox/clock", {"stopped_at": None})


@pytest.mark.case("F17")
def test_a_killed_channel_comes_back_with_its_orders(tmp_path, receiver: Receiver):
    with sandbox(tmp_path / "channel") as it:
        it.faults(callbacks="lost")
        paid, waiting = a_paid_order(it, receiver.address), an_order(receiver.address)
        code = it.client.create(waiting)
        it.client.refund(RefundOrder("R1", paid.number, 45, 12_345, "取消"))
        it.kill()
        with pytest.raises(ChannelAway):
            it.client.query(paid.number)
        it.start()
        found = it.client.query(paid.number)
        assert found is not None
        assert (found.state, found.paid_fen) == ("refunded", 12_345)
        assert it.client.create(waiting) == code
        assert it.client.query_refund("R1") == RefundFound("R1", "succeeded", 45)
        assert it.send_callbacks() == 2
        assert numbers(it.client, receiver) == [paid.number, "R1"]


def test_channels_are_found_by_name(there: Sandbox, wechat: WechatV3):
    with pytest.raises(NoSuchChannel):
        channels.channel("nowhere")
    channels.register("for-this-test", wechat)
    assert channels.channel("for-this-test") is wechat


def test_the_keys_stand_in_no_text(wechat: WechatV3):
    assert wechat._settings.apiv3_key.decode() not in repr(wechat._settings)


def test_it_listens_to_this_machine_alone(there: Sandbox):
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in others:
        connection = http.client.HTTPConnection(str(address), there.port, timeout=2)
        with pytest.raises(OSError):
            connection.connect()
