"""One person's answers, asked for by others at the same addresses and with the same conditions: none of it comes out."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from healthcode.care.appointments.queue.models import Ticket
from healthcode.care.appointments.queue.service import call_next
from healthcode.core.caller import Caller
from healthcode.core.db import transaction
from healthcode.core.http import Events
from tests.care.conftest import Clinic
from tests.house.test_doors import doors
from tests.support.bills import begun_payment, draft, issued_bill
from tests.support.phones import new_deed
from tests.support.queues import arrived, clinic
from tests.support.reports import reported
from tests.support.town import Town
from tests.trust.family.test_family import invite

# What a list cannot be asked without.
ASKED = {
    "/trail": "?since=2026-11-22T00:00:00%2B08:00",
    "/bill-sums": "?year=2026",
    "/balances": "?day=2026-11-23",
    "/trends": "?code=potassium",
}
GUESSES = ('"1"', 'W/"1"', "*", '"1", "2"')


@pytest.fixture
def places(client: FlaskClient, town: Town) -> dict[str, str]:
    """Wang has a code, a visit, a grant, a block, an appointment, a link to it and a referral; an address can name each."""
    verification = town.visit(client, town.wang, town.hospital_scanner)
    invite(client, town, by=town.wang, phone=town.son.phone)
    client.post(f"/api/v1/residents/{town.wang.id}/cards", headers=town.headers(town.hotline) | new_deed())
    block = {"reason": "lost"}
    client.post(f"/api/v1/residents/{town.wang.id}/code-blocks", json=block, headers=town.headers(town.hotline))
    appointment_id = arrived(clinic(town.hospital), town.wang)
    with transaction() as current:
        queue_id = current.scalars(Ticket.of_appointments([appointment_id])).one().queue_id
        call_next(Caller(kind="staff", institution_id=town.hospital), queue_id=queue_id)
    booked = Clinic(client, town).begin().book(town.wang).json
    link = client.post(
        f"/api/v1/residents/{town.wang.id}/calendar-feeds", headers=town.headers(town.wang) | new_deed()
    ).json
    sent = {"to_institution_id": town.station, "urgency": "routine", "reason": "回社区随访"}
    doctor = town.headers(town.doctor) | new_deed()
    referral = client.post(f"/api/v1/residents/{town.wang.id}/referrals", json=sent, headers=doctor).json["id"]
    return {
        "id:resident_id": town.wang.id,
        "id:verification_id": verification["id"],
        "id:institution_id": town.hospital,
        "id:referral_id": referral,
        "id:bill_id": draft(town.wang, town.hospital),
        "issued bill": issued_bill(town.wang, town.hospital),
        "id:report_id": reported(town.wang, town.hospital),
        "id:payment_id": begun_payment(town.wang, town.hospital),
        "id:queue_id": queue_id,
        "id:appointment_id": booked["id"],
        "secret": link["address"].rpartition("/")[2].removesuffix(".ics"),
    }


def addresses(app: Flask, places: dict[str, str]) -> list[str]:
    """Every address of the API that is read by GET and asks who is asking; a stream, which is no answer to keep, left out."""
    found = []
    for method, rule, door in doors(app):
        if method == "GET" and not door.is_plain and not isinstance(door.reply, Events) and rule.startswith("/api/v1/"):
            if rule.endswith("/itemised-list"):  # of which a draft has none
                rule = rule.replace("<id:bill_id>", places["issued bill"])
            for name, row_id in places.items():
                rule = rule.replace(f"<{name}>", row_id)
            found.append(rule + next((asked for end, asked in ASKED.items() if rule.endswith(end)), ""))
    assert not [address for address in found if "<" in address]
    return found


def firsts(client: FlaskClient, town: Town, paths: list[str]) -> dict[str, Response]:
    """What those get who may: the resident, the scanner where the visit is, the posts."""
    known: dict[str, Response] = {}
    people = [
        town.headers(one)
        for one in (town.wang, town.institution_admin, town.city_admin, town.auditor, town.clerk, town.doctor)
    ]
    display = town.scanner(town.hospital, "display")
    for path in paths:
        for headers in [*people, town.hospital_scanner.headers, display.headers]:
            if path not in known and (answer := client.get(path, headers=headers)).status_code == 200:
                known[path] = answer
    return known


def leaks(client: FlaskClient, town: Town, known: dict[str, Response]) -> Iterator[str]:
    """The same addresses as others, with and without the first answer's tag."""
    said = (town.wang.name, "王*英", "138****0001", "1952-03-08", "回社区随访")
    secrets = {one.encode() for one in said} | {b"%PDF-"}  # a paper about her is compressed
    others = {
        "anonymous": {},
        "stranger": town.headers(town.stranger),
        "son": town.headers(town.son),
        "far clerk": town.headers(town.far_clerk),
        "far scanner": town.far_scanner.headers,
    }
    for path, first in known.items():
        tags = [first.headers["ETag"]] if "ETag" in first.headers else []
        for who, headers in others.items():
            for tag in (None, *tags, *GUESSES):
                condition = {"If-None-Match": tag, "If-Modified-Since": "Mon, 23 Nov 2099 00:00:00 GMT"} if tag else {}
                answer = client.get(path, headers=headers | condition)
                if answer.status_code == 304 or "Last-Modified" in answer.headers:
                    yield f"{who} {path} {tag}: learns that it has not changed"
                if answer.headers["Cache-Control"] != "no-store":
                    yield f"{who} {path}: {answer.headers['Cache-Control']}"
                if any(secret in answer.data for secret in secrets) and "/me" not in path:
                    yield f"{who} {path} {tag}: {answer.status_code} tells"
                if answer.data == first.data and any(secret in first.data for secret in secrets):
                    yield f"{who} {path} {tag}: gets the first one's answer"


@pytest.mark.case("Z20", "Z1")
def test_nobody_gets_the_first_ones_answer_or_learns_of_it(app: Flask, client: FlaskClient, town: Town, places):
    known = firsts(client, town, addresses(app, places))
    assert set(addresses(app, places)) - known.keys() == set(), "somebody must have read each"
    told = [answer.data for answer in known.values()]
    assert sum(town.wang.name.encode() in one or "王*英".encode() in one for one in told) >= 2
    assert [path for path, answer in known.items() if answer.headers["Cache-Control"] != "no-store"] == []
    assert list(leaks(client, town, known)) == []


@pytest.mark.case("Z20")
def test_even_the_owner_is_not_told_that_nothing_changed(client: FlaskClient, town: Town, places):
    """A tag is for editing. No answer about a person is ever taken from a cache, the owner's own neither."""
    mine = f"/api/v1/residents/{town.wang.id}"
    tag = client.get(mine, headers=town.headers(town.wang)).headers["ETag"]
    again = client.get(mine, headers=town.headers(town.wang) | {"If-None-Match": tag})
    assert (again.status_code, again.json["name"]) == (200, town.wang.name)


@pytest.mark.case("Z20")
def test_a_cache_that_knows_addresses_and_no_people_is_seen(app: Flask, client: FlaskClient, town: Town, places):
    """The bug, planted: what was answered once is answered again, to whoever asks."""
    kept: dict[str, bytes] = {}

    def answer_from_it() -> Response | None:
        data = kept.get(request.path) if request.method == "GET" else None
        return None if data is None else Response(data, mimetype="application/json")

    def keep(response: Response) -> Response:
        if request.method == "GET" and response.status_code == 200:
            kept[request.path] = response.data
        return response

    app.before_request_funcs[None].append(answer_from_it)
    app.after_request_funcs[None].append(keep)
    found = list(leaks(client, town, firsts(client, town, addresses(app, places))))
    app.extensions["unannounced"].clear()
    assert any(f"stranger /api/v1/residents/{town.wang.id} " in leak for leak in found)
