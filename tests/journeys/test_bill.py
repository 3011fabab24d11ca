"""Seen, billed, the split explained, the son pays on his phone, the tablets come back, part goes back the way it came.

The payment channel is a process of its own, spoken to over HTTP; what it tells by itself is what it signed.
"""

from datetime import UTC, datetime

import pytest

from healthcode.care.bills import channels
from healthcode.core import clock as city
from healthcode.core import tidying
from healthcode.core.db import transaction
from healthcode.core.outbox import deliver
from tests.house.test_authorization_matrix import _ground
from tests.support.bills import stock_catalogue
from tests.support.channels import Receiver, Sandbox, sandbox
from tests.support.money import accounts, check_money
from tests.support.phones import new_deed
from tests.support.queues import booked, clinic

A = "/api/v1"


@pytest.fixture
def receiver():
    it = Receiver()
    yield it
    it.stop()


@pytest.fixture
def there(tmp_path, app, receiver):
    with sandbox(tmp_path / "channel", notify=receiver.address) as running:
        running.ask("PUT", "/sandbox/clock", {"stopped_at": city.now().astimezone(UTC).isoformat()})
        channels.register("sandbox", running.client)
        yield running


def later(there: Sandbox, town, **by: float) -> None:
    """Time passes for everybody alike, and the worker makes its round."""
    city.advance(**by)
    there.ask("PUT", "/sandbox/clock", {"stopped_at": datetime.fromisoformat(city.now().isoformat()).isoformat()})
    town.sign_in_again()
    tidying.reach_out()


@pytest.mark.case("M2", "M4", "M11")
def test_a_bill_from_the_door_to_the_refund(client, town, there, receiver):
    def post(path, by, body=None):
        return client.post(f"{A}/{path}", json=body, headers=town.headers(by) | new_deed())

    def see(path, by):
        return client.get(f"{A}/{path}", headers=town.headers(by)).json

    # She checks in, and a draft with the fee is there; the doctor adds what was done.
    with transaction():
        stock_catalogue()
        _ground(town.son.id, town.wang.id, {"bills:pay"})
    appointment_id = booked(clinic(town.hospital), town.wang)
    town.visit(client, town.wang, town.hospital_scanner)
    assert post(f"appointments/{appointment_id}/arrivals", town.clerk).status_code == 201
    deliver()
    (draft,) = see(f"institutions/{town.hospital}/bills?state=draft", town.clerk)["items"]
    bill = f"bills/{draft['id']}"
    done = [{"code": "ct-chest"}, {"code": "amlodipine-5", "quantity": 60}]
    assert post(f"{bill}/items", town.doctor, {"items": done}).status_code == 201
    issued = post(f"{bill}/issues", town.doctor).json
    assert issued["total_fen"] == 15_00 + 220_00 + 60 * 8_40
    assert issued["pool_fen"] > 0

    # Her son reads why it costs what it costs, and pays on his phone; a second tap begins nothing.
    mothers = see(bill, town.son)
    assert "deductible" in [step["code"] for step in mothers["steps"]]
    begun = post(f"{bill}/payments", town.son, {"channel": "sandbox"})
    assert (begun.status_code, begun.json["amount_fen"]) == (201, issued["own_fen"])
    assert post(f"{bill}/payments", town.son, {"channel": "sandbox"}).json["payment_id"] == begun.json["id"]
    tidying.reach_out()
    shown = see(f"payments/{begun.json['id']}", town.son)
    assert shown["code_url"].startswith(there.address)
    there.pay(shown["number"])

    # The channel tells it, signed; told again it changes nothing, forged it is refused.
    headers, body = receiver.next()
    for _ in range(2):
        assert client.post(f"{A}/channels/sandbox/callbacks", data=body, headers=headers).status_code == 200
    forged = client.post(f"{A}/channels/sandbox/callbacks", data=body.replace(b'"nonce"', b'"noncf"'), headers=headers)
    assert (forged.status_code, forged.json["type"]) == (401, "/problems/callback-not-proved")
    paid = see(bill, town.son)
    assert (paid["state"], paid["paid_fen"], paid["due_fen"]) == ("balanced", issued["own_fen"], 0)

    # Thirty tablets' boxes come back: so much less, and what was paid for them goes back the way it came.
    tablets = next(line for line in paid["lines"] if line["code"] == "amlodipine-5")
    back = {"lines": [{"position": tablets["position"], "quantity": 30}], "reason": "returned"}
    credited = post(f"{bill}/credit-notes", town.clerk, back).json
    (note,) = credited["credit_notes"]
    assert (note["total_fen"], credited["state"]) == (30 * 8_40, "balanced")
    assert 0 < note["refunded_fen"] == note["own_fen"] == issued["own_fen"] - credited["paid_fen"]
    later(there, town, minutes=1)
    later(there, town, minutes=10)
    (refund,) = there.state()["refunds"]
    assert refund["refund_fen"] == note["refunded_fen"]
    with transaction("read") as current:
        check_money(current)
        assert accounts(current, draft["id"])["channel:sandbox"] == credited["paid_fen"]
        assert "refunding" not in accounts(current, draft["id"])

    # She sees what her son did, and that the day adds up.
    said = {one["what"] for one in see(f"residents/{town.wang.id}/accesses?limit=50", town.wang)["items"]}
    assert "发起支付" in said
    day = see(f"institutions/{town.hospital}/balances?day=2026-11-23", town.institution_admin)["accounts"]
    assert sum(day.values()) == 0


@pytest.mark.case("M7")
def test_what_is_paid_after_the_bill_is_void_comes_back(client, town, there):
    with transaction():
        stock_catalogue()
    town.visit(client, town.wang, town.hospital_scanner)

    def post(path, by, body=None):
        return client.post(f"{A}/{path}", json=body, headers=town.headers(by) | new_deed()).json

    bill = post(f"residents/{town.wang.id}/bills", town.clerk, {"items": [{"code": "tumour-markers"}]})
    post(f"bills/{bill['id']}/issues", town.clerk)
    begun = post(f"bills/{bill['id']}/payments", town.wang, {"channel": "sandbox"})
    tidying.reach_out()
    there.pay(begun["number"])
    assert post(f"bills/{bill['id']}/cancellations", town.clerk, {"reason": "not-performed"})["state"] == "cancelled"
    for _ in range(3):
        later(there, town, minutes=10)
    shown = client.get(f"{A}/payments/{begun['id']}", headers=town.headers(town.wang)).json
    assert (shown["state"], shown["why"], shown["refunded_fen"]) == ("cancelled", "paid-too-late", 260_00)
    with transaction("read") as current:
        check_money(current)
        assert accounts(current, bill["id"]) == {}
