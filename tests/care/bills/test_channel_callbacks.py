"""What the channel tells by itself: genuine, forged, and in every wrong way."""

import base64
import json
import random
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from healthcode.care.bills.channels import (
    RefundOrder,
)
from healthcode.care.bills.channels.wechat_v3 import WechatV3
from healthcode.core import clock as core_clock
from sandbox.channel.keys import Keys, new_key
from tests.support.channels import (
    MERCHANT,
    Callback,
    Receiver,
    Sandbox,
    a_paid_order,
    events,
    numbers,
    refusal,
    told,
)


def test_a_payment_and_a_refund_are_told(there: Sandbox, wechat: WechatV3, receiver: Receiver):
    order, callback = told(there, receiver)
    paid, found = wechat.read_callback(*callback), wechat.query(order.number)
    assert found is not None
    assert (paid.kind, paid.number, paid.amount_fen, paid.currency) == ("payment", order.number, 12_345, "CNY")
    assert (paid.merchant, paid.state, paid.at, paid.provider_id) == (
        MERCHANT,
        "paid",
        found.paid_at,
        found.provider_id,
    )
    wechat.refund(RefundOrder("R-" + order.number, order.number, 45, 12_345, "取消"))
    back = wechat.read_callback(*receiver.next())
    assert (back.kind, back.number, back.amount_fen, back.state) == ("refund", "R-" + order.number, 45, "succeeded")
    assert back.event_id != paid.event_id
    there.faults(refunds="abnormal")
    wechat.refund(RefundOrder("S-" + order.number, order.number, 46, 12_345, "取消"))
    assert wechat.read_callback(*receiver.next()).state == "failed"


@pytest.mark.case("M3")
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("forged-signature", "wrong signature"),
        ("old-timestamp", "not of now"),
        ("other-merchant", "another merchant"),
        ("other-currency", "another currency"),
    ],
)
def test_a_forged_callback_is_refused(there: Sandbox, wechat: WechatV3, receiver: Receiver, fault: str, why: str):
    there.faults(callbacks=fault)
    _, callback = told(there, receiver)
    assert refusal(wechat, callback) == why


def test_a_wrong_amount_is_genuine_and_told_as_it_is(there: Sandbox, wechat: WechatV3, receiver: Receiver):
    there.faults(callbacks="wrong-amount")
    _, callback = told(there, receiver)
    assert wechat.read_callback(*callback).amount_fen == 12_346


@pytest.mark.case("M3")
def test_a_callback_is_good_for_five_minutes_either_way(
    there: Sandbox, wechat: WechatV3, receiver: Receiver, clock: SimpleNamespace
):
    core_clock.thaw()
    _, callback = told(there, receiver)
    sent = datetime.fromtimestamp(int(callback[0]["Wechatpay-Timestamp"]), UTC)
    for seconds in (-300, 0, 300):
        core_clock.freeze(sent + timedelta(seconds=seconds))
        assert wechat.read_callback(*callback).kind == "payment"
    for seconds in (-301, 301, 86_400):
        core_clock.freeze(sent + timedelta(seconds=seconds))
        assert refusal(wechat, callback) == "not of now"


@pytest.mark.case("M3")
def test_who_knows_the_seal_but_not_the_signature_is_refused(there: Sandbox, wechat: WechatV3, receiver: Receiver):
    """And who signs with a key of their own, or with the merchant's, under the channel's serial."""
    _, (headers, body) = told(there, receiver)
    keys = Keys.of(there.folder, MERCHANT)
    now = int(headers["Wechatpay-Timestamp"])
    said = json.loads(body) | {"resource": keys.seal(b'{"mchid": "1900000001"}', "transaction")}
    for changed in (body, json.dumps(said).encode()):
        assert refusal(wechat, (keys.headers(changed, now, key=new_key()), changed)) == "wrong signature"
    good = keys.headers(body, now)
    assert wechat.read_callback(good, body)
    assert refusal(wechat, (good | {"Wechatpay-Serial": "0" * 40}, body)) == "unknown serial"
    assert refusal(wechat, ({}, body)) == "unknown serial"


@pytest.mark.case("M3")
@pytest.mark.parametrize(
    "change",
    [
        {"resource": None},
        {"resource": {"algorithm": "none", "ciphertext": "", "nonce": "", "associated_data": ""}},
        {"event_type": "REFUND.SUCCESS"},
        {"event_type": "TRANSACTION.FAILED"},
        {"event_type": 1},
        {"id": ""},
        {"id": "a" * 65},
    ],
)
def test_even_the_channel_must_write_in_its_form(there: Sandbox, wechat: WechatV3, receiver: Receiver, change: dict):
    _, (headers, body) = told(there, receiver)
    changed = json.dumps(json.loads(body) | change).encode()
    signed = Keys.of(there.folder, MERCHANT).headers(changed, int(headers["Wechatpay-Timestamp"]))
    assert refusal(wechat, (signed, changed)) == "malformed"


@pytest.mark.case("M3")
@pytest.mark.parametrize("fen", [0, -1, 1.5, True, "12345", None, 10**13])
def test_an_amount_that_is_none_is_refused_though_signed(there: Sandbox, wechat: WechatV3, receiver: Receiver, fen):
    _, (headers, body) = told(there, receiver)
    keys = Keys.of(there.folder, MERCHANT)
    plain = there.state()["callbacks"][-1]["plain"]
    plain["amount"]["total"] = fen
    changed = json.dumps(json.loads(body) | {"resource": keys.seal(json.dumps(plain).encode(), "transaction")}).encode()
    assert refusal(wechat, (keys.headers(changed, int(headers["Wechatpay-Timestamp"])), changed)) == "malformed"


SIGNED = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature")


def bent(data: bytes, chance: random.Random) -> bytes:
    """One small change: a bit, a byte more or less, two changed places, an end cut off, a piece said twice."""
    at, to = sorted(chance.choices(range(len(data)), k=2))
    byte = bytes([chance.randrange(256)])
    return chance.choice(
        [
            data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :],
            data[:at] + byte + data[at + 1 :],
            data[:at] + byte + data[at:],
            data[:at] + data[at + 1 :],
            data[:at] + data[to : to + 1] + data[at + 1 : to] + data[at : at + 1] + data[to + 1 :],
            data[:at],
            data[:to] + data[at:],
            data + chance.choice([b" ", b"\n", b"\0", b"=", b"}"]),
            data.swapcase(),
        ]
    )


def mutant(good: list[Callback], chance: random.Random) -> Callback:
    """A good callback with one to three changes, or with a header of another good one."""
    headers, body = chance.choice(good)
    changed = dict(headers)
    for _ in range(chance.randint(1, 3)):
        where = chance.choice([*SIGNED, "body", "body"])
        if where == "body":
            body = bent(body, chance) if body else b"x"
        elif chance.random() < 0.1:
            changed.pop(where, None)
        elif chance.random() < 0.2:
            changed[where] = chance.choice(good)[0][where]
        else:
            changed[where] = bent(changed.get(where, "x").encode("latin-1") or b"x", chance).decode("latin-1")
    return changed, body


@pytest.mark.case("M3")
@pytest.mark.parametrize("size", [3_000, pytest.param(100_000, marks=pytest.mark.proof)])
def test_no_mutant_of_a_good_callback_is_accepted(there: Sandbox, wechat: WechatV3, receiver: Receiver, size: int):
    order, first = told(there, receiver)
    good = [first, *(told(there, receiver)[1] for _ in range(3))]
    wechat.refund(RefundOrder("R-" + order.number, order.number, 45, 12_345, "取消"))
    good.append(receiver.next())
    signed = [({name: headers[name] for name in SIGNED}, body) for headers, body in good]
    core_clock.freeze(datetime.fromtimestamp(int(first[0]["Wechatpay-Timestamp"]), UTC))  # fresh to the end
    try:
        assert all(wechat.read_callback(*callback) for callback in signed)
        chance, tried = random.Random(size), 0
        while tried < size:
            callback = mutant(signed, chance)
            if callback not in signed:
                refusal(wechat, callback)
                tried += 1
    finally:
        core_clock.thaw()


@pytest.mark.case("M3")
def test_a_signature_is_written_in_one_way(there: Sandbox, wechat: WechatV3, receiver: Receiver):
    """The last sign of base64 has bits that mean nothing: with other ones it is another text of the same bytes."""
    _, (headers, body) = told(there, receiver)
    signature = headers["Wechatpay-Signature"]
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = signature[:-3] + signs[signs.index(signature[-3]) ^ 1] + "=="
    assert base64.b64decode(other) == base64.b64decode(signature)
    assert refusal(wechat, (headers | {"Wechatpay-Signature": other}, body)) == "wrong signature"


def test_names_of_headers_have_no_case_and_are_there_once(there: Sandbox, wechat: WechatV3, receiver: Receiver):
    _, (headers, body) = told(there, receiver)
    small = {name.lower(): value for name, value in headers.items()}
    assert wechat.read_callback(small, body) == wechat.read_callback(headers, body)
    assert refusal(wechat, (headers | small, body)) == "malformed"
    assert refusal(wechat, (headers, body + b" " * 65_536)) == "malformed"


# How telling goes wrong


def test_twice_is_the_same_event(there: Sandbox, wechat: WechatV3, receiver: Receiver):
    there.faults(callbacks="twice")
    _, first = told(there, receiver)
    second = receiver.next()
    assert first[0] != second[0]
    assert wechat.read_callback(*first) == wechat.read_callback(*second)


@pytest.mark.parametrize("fault", ["lost", "late"])
def test_what_is_held_back_comes_when_it_is_sent(there: Sandbox, wechat: WechatV3, receiver: Receiver, fault: str):
    there.faults(callbacks=fault)
    order = a_paid_order(there, receiver.address)
    assert receiver.came.empty()
    there.send_callbacks()
    assert order.number in numbers(wechat, receiver)


def test_out_of_order_is_the_refund_before_its_payment(there: Sandbox, wechat: WechatV3, receiver: Receiver):
    there.send_callbacks()
    receiver.forget()
    there.faults(callbacks="out-of-order")
    order = a_paid_order(there, receiver.address)
    wechat.refund(RefundOrder("R-" + order.number, order.number, 45, 12_345, "取消"))
    there.send_callbacks()
    came = [number for number in numbers(wechat, receiver) if number.endswith(order.number)]
    assert came == ["R-" + order.number, order.number]


def test_what_the_merchant_does_not_take_is_kept(there: Sandbox, wechat: WechatV3, receiver: Receiver):
    receiver.status = 500
    order, callback = told(there, receiver)
    until = time.monotonic() + 20
    while there.state()["callbacks"][-1]["state"] != "held" and time.monotonic() < until:
        time.sleep(0.02)
    receiver.status = 204
    there.send_callbacks()
    assert wechat.read_callback(*callback).event_id in {event for event, _ in events(wechat, receiver)}
    there.send_callbacks("all")
    assert order.number in numbers(wechat, receiver)
