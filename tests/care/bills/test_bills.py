"""Bills: opened, filled, split, issued, taken off again; who sees them, and what must always add up."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from healthcode.care.bills import ledger
from healthcode.care.bills.models import Bill, InsuranceYear, LedgerEntry
from healthcode.core import clock as city
from healthcode.core.caller import EVERYBODY, Caller
from healthcode.core.db import transaction
from healthcode.core.outbox import deliver
from tests.support.bills import draft, issued_bill, stock_catalogue
from tests.support.phones import new_deed
from tests.support.queues import booked, clinic
from tests.support.town import Town

AUTOMATIC = Caller(kind="system", sight=EVERYBODY)


def post(client: FlaskClient, path: str, headers: dict[str, str], body: object = None):
    return client.post(f"/api/v1{path}", json=body, headers=headers | new_deed())


def bill_of(bill_id: str) -> Bill:
    with transaction("read") as current:
        return current.scalars(Bill.paid_by(bill_id)).one()  # its lines come with it


def test_a_visit_opens_a_draft_with_what_seeing_the_doctor_costs(client: FlaskClient, town: Town):
    with transaction():
        stock_catalogue()
    appointment_id = booked(clinic(town.hospital), town.wang)
    town.visit(client, town.wang, town.hospital_scanner)
    clerk = town.headers(town.clerk)
    assert post(client, f"/appointments/{appointment_id}/arrivals", clerk).status_code == 201
    deliver()
    found = client.get(f"/api/v1/institutions/{town.hospital}/bills?state=draft", headers=clerk).json["items"]
    assert [(one["appointment_id"], one["total_fen"]) for one in found] == [(appointment_id, 15_00)]
    deliver()
    assert len(client.get(f"/api/v1/institutions/{town.hospital}/bills?state=draft", headers=clerk).json["items"]) == 1


def test_a_bill_is_filled_previewed_issued_and_explained(client: FlaskClient, town: Town):
    with transaction():
        stock_catalogue()
    town.visit(client, town.wang, town.hospital_scanner)
    clerk = town.headers(town.clerk)
    opened = post(client, f"/residents/{town.wang.id}/bills", clerk, {"items": [{"code": "blood-count"}]})
    assert (opened.status_code, opened.json["state"], opened.json["total_fen"]) == (201, "draft", 20_00)
    path = f"/bills/{opened.json['id']}"
    more = [{"code": "tumour-markers"}, {"code": "ct-chest", "quantity": 2}]
    filled = post(client, f"{path}/items", clerk, {"items": more}).json
    assert filled["total_fen"] == 20_00 + 260_00 + 440_00
    extra = next(line for line in filled["lines"] if line["code"] == "tumour-markers")
    assert client.delete(f"/api/v1{path}/items/{extra['id']}", headers=clerk).status_code == 204
    would_be = client.get(f"/api/v1{path}/preview", headers=clerk).json
    issued = post(client, f"{path}/issues", clerk).json
    assert issued["number"].startswith("B20261123-")
    assert (issued["own_fen"], issued["steps"]) == (would_be["own_fen"], would_be["steps"])
    assert issued["pool_fen"] + issued["supplement_fen"] + issued["own_fen"] == issued["total_fen"] == 460_00
    assert issued["due_fen"] == issued["own_fen"]
    assert all(step["why"] for step in issued["steps"])
    owner = client.get(f"/api/v1{path}", headers=town.headers(town.wang)).json
    assert owner["lines"] == issued["lines"]


def test_the_price_is_the_catalogues_and_what_is_issued_stays(client: FlaskClient, town: Town):
    town.visit(client, town.wang, town.hospital_scanner)
    clerk = town.headers(town.clerk)
    own_price = {"items": [{"code": "blood-count", "unit_price_fen": 1}]}
    assert post(client, f"/residents/{town.wang.id}/bills", clerk, own_price).status_code == 422
    bill_id = issued_bill(town.wang, town.hospital)
    for path in ("issues", "items"):
        refused = post(
            client, f"/bills/{bill_id}/{path}", clerk, {"items": [{"code": "blood-count"}]} if path == "items" else None
        )
        assert (refused.status_code, refused.json["state"]) == (409, "issued")


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", 1e3, 10**20, True, None])
@pytest.mark.case("M10")
def test_only_whole_quantities_count(client: FlaskClient, town: Town, quantity: object):
    town.visit(client, town.wang, town.hospital_scanner)
    wanted = {"items": [{"code": "blood-count", "quantity": quantity}]}
    refused = post(client, f"/residents/{town.wang.id}/bills", town.headers(town.clerk), wanted)
    assert refused.status_code in (400, 422)


def test_an_empty_bill_is_not_issued_and_an_unknown_item_is_named(client: FlaskClient, town: Town):
    town.visit(client, town.wang, town.hospital_scanner)
    clerk = town.headers(town.clerk)
    opened = post(client, f"/residents/{town.wang.id}/bills", clerk, {}).json
    refused = post(client, f"/bills/{opened['id']}/issues", clerk)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/nothing-to-bill")
    unknown = post(client, f"/bills/{opened['id']}/items", clerk, {"items": [{"code": "moon-dust"}]})
    assert (unknown.status_code, unknown.json["errors"][0]["pointer"]) == (422, "/items/0/code")


def test_what_costs_nothing_is_balanced_at_once(town: Town):
    bill = bill_of(issued_bill(town.stranger, town.hospital, visit_again=1))
    assert (bill.state, bill.total_fen) == ("balanced", 0)


def test_the_year_is_used_up_and_given_back(client: FlaskClient, town: Town):
    """Of two bills the second is cheaper, for the first met the deductible; what is cancelled is as if it never was."""
    first_id = issued_bill(town.wang, town.hospital, ct_chest=9)
    first_own = bill_of(first_id).own_fen
    second = bill_of(issued_bill(town.wang, town.hospital, ct_chest=9))
    assert second.own_fen < first_own
    of_second = (second.pool_used_fen, second.deductible_used_fen)
    cancelled = post(client, f"/bills/{first_id}/cancellations", town.headers(town.clerk), {"reason": "duplicate"})
    assert (cancelled.json["state"], cancelled.json["due_fen"]) == ("cancelled", 0)
    assert cancelled.json["cancellation_number"].startswith("C")
    with transaction("read") as current:
        year = current.scalars(InsuranceYear.of(town.wang.id, 2026)).one()
        assert (year.pool_paid_fen, year.deductible_met_fen) == of_second
    again = post(client, f"/bills/{first_id}/cancellations", town.headers(town.clerk), {"reason": "duplicate"})
    assert again.json["cancellation_number"] == cancelled.json["cancellation_number"]


def test_pieces_that_come_back_one_by_one_give_back_exactly_the_line(client: FlaskClient, town: Town):
    bill_id = issued_bill(town.wang, town.hospital, amlodipine_5=7, blood_count=1)
    clerk = town.headers(town.clerk)
    for _ in range(7):
        one = post(
            client,
            f"/bills/{bill_id}/credit-notes",
            clerk,
            {"lines": [{"position": 1, "quantity": 1}], "reason": "returned"},
        )
        assert one.status_code == 201
    too_many = post(
        client,
        f"/bills/{bill_id}/credit-notes",
        clerk,
        {"lines": [{"position": 1, "quantity": 1}], "reason": "returned"},
    )
    assert (too_many.status_code, too_many.json["left"]) == (409, 0)
    bill = client.get(f"/api/v1/bills/{bill_id}", headers=clerk).json
    line = bill["lines"][0]
    assert (line["returned"], bill["credited_fen"]) == (7, 7 * 8_40)
    assert bill["credited_own_fen"] == line["own_fen"]
    assert sum(note["own_fen"] for note in bill["credit_notes"]) == line["own_fen"]


@pytest.mark.case("M12")
def test_the_same_deed_sent_again_is_done_once_and_another_body_is_refused(client: FlaskClient, town: Town):
    bill_id = issued_bill(town.wang, town.hospital, amlodipine_5=5)
    deed = town.headers(town.clerk) | new_deed()
    body = {"lines": [{"position": 1, "quantity": 2}], "reason": "returned"}
    answers = [client.post(f"/api/v1/bills/{bill_id}/credit-notes", json=body, headers=deed) for _ in range(3)]
    assert len({answer.data for answer in answers}) == 1
    other = client.post(f"/api/v1/bills/{bill_id}/credit-notes", json=body | {"reason": "other"}, headers=deed)
    assert other.status_code == 422
    assert bill_of(bill_id).lines[0].returned == 2


def test_another_institution_and_a_proxy_without_the_scope_see_nothing(client: FlaskClient, town: Town):
    bill_id = issued_bill(town.wang, town.hospital)
    for somebody in (town.far_clerk, town.station_worker, town.stranger, town.son):
        assert client.get(f"/api/v1/bills/{bill_id}", headers=town.headers(somebody)).status_code == 404
    elsewhere = client.get(f"/api/v1/institutions/{town.hospital}/bills", headers=town.headers(town.far_clerk))
    assert elsewhere.status_code == 403


def test_a_resident_sees_bills_by_year_and_what_they_came_to(client: FlaskClient, town: Town):
    drafted = draft(town.wang, town.hospital)
    issued = issued_bill(town.wang, town.hospital, blood_count=2)
    owner = town.headers(town.wang)
    listed = client.get(f"/api/v1/residents/{town.wang.id}/bills?year=2026", headers=owner).json["items"]
    assert [one["id"] for one in listed] == [issued]
    assert drafted not in [one["id"] for one in listed]
    assert client.get(f"/api/v1/residents/{town.wang.id}/bills?year=2025", headers=owner).json["items"] == []
    sums = client.get(f"/api/v1/residents/{town.wang.id}/bill-sums?year=2026", headers=owner).json["items"]
    assert [(one["month"], one["total_fen"]) for one in sums] == [(11, 40_00)]
    assert sums[0]["insured_fen"] + sums[0]["own_fen"] == 40_00


def test_a_bill_bears_the_day_of_the_city(clock, town: Town):
    city.freeze(datetime(2026, 12, 31, 16, 30, tzinfo=UTC))  # half past midnight on New Year's Day in the city
    bill = bill_of(issued_bill(town.wang, town.hospital))
    assert bill.day.isoformat() == "2027-01-01"
    assert bill.number is not None
    assert bill.number.startswith("B20270101-")
    with transaction("read") as current:
        assert current.scalars(InsuranceYear.of(town.wang.id, 2027)).one().year == 2027


def test_the_accounts_of_a_day_sum_to_nothing(client: FlaskClient, town: Town):
    issued_bill(town.wang, town.hospital, ct_chest=3)
    void = issued_bill(town.stranger, town.hospital)
    post(client, f"/bills/{void}/cancellations", town.headers(town.clerk), {"reason": "entered-in-error"})
    admin = town.headers(town.institution_admin)
    accounts = client.get(f"/api/v1/institutions/{town.hospital}/balances?day=2026-11-23", headers=admin).json[
        "accounts"
    ]
    assert sum(accounts.values()) == 0
    assert accounts[ledger.CARE] == -660_00


@pytest.mark.case("M15")
def test_the_database_itself_keeps_the_ledger_as_it_was_written(town: Town):
    issued_bill(town.wang, town.hospital)
    for statement in ("UPDATE ledger_entries SET amount_fen = 1", "DELETE FROM ledger_entries"):
        with pytest.raises(DatabaseError), transaction() as current:
            current.execute(text(statement))
    with transaction("read") as current:
        assert current.scalars(LedgerEntry.visible_to(AUTOMATIC)).all()


def test_the_database_itself_refuses_parts_that_do_not_sum(town: Town):
    bill_id = issued_bill(town.wang, town.hospital)
    for change in ("own_fen = own_fen + 1", "paid_fen = own_fen + 1", "credited_fen = total_fen + 1"):
        with pytest.raises(DatabaseError), transaction() as current:
            current.execute(text(f"UPDATE bills SET {change}"))
    lines = bill_of(bill_id).lines
    assert sum(line.amount_fen for line in lines) == bill_of(bill_id).total_fen
