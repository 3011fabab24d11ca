"""A day of somebody whose name, number, phone and codes are known to the test: none of it may turn up where it does
not belong, in logs, numbers for the monitor, refusals and addresses. Each place is shown to be watched by a bug put there.
"""

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from healthcode.core import clock, logs, problems
from healthcode.registry.residents import service as residents
from tests.registry.people import identity_number
from tests.support.phones import Phone, new_deed
from tests.support.sign_in import Visitor, newest_digits, wrong
from tests.support.town import Town

NAME, PHONE, NUMBER = "欧阳金丝雀", "+8613912345678", identity_number(order=8)
DOCUMENT = {"kind": "resident-id", "number": NUMBER}


@dataclass
class Watched:
    """What left the service beside good answers, and what must not be in it."""

    client: FlaskClient
    town: Town
    written: pytest.CaptureFixture[str]
    canaries: set[str]
    addresses: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def found(self) -> Iterator[str]:
        metrics = self.client.get("/metrics").text
        places = {
            "the log": self.written.readouterr().err,
            "the metrics": metrics,
            "a refusal": "\n".join(self.refusals),
            "an address": "\n".join(self.addresses),
        }
        assert all(places.values()), "a place where nothing was written proves nothing"
        for place, text in places.items():
            yield from (f"{place} says {canary[:6]}…" for canary in self.canaries if canary in text)


@pytest.fixture
def watched(capsys: pytest.CaptureFixture[str], app: Flask, client: FlaskClient, town: Town) -> Iterator[Watched]:
    it = Watched(client, town, capsys, {NAME, PHONE, PHONE[3:], NUMBER, NUMBER[6:14], NUMBER[-6:]})

    @app.after_request
    def note(response: Response) -> Response:
        it.addresses += [request.url, response.headers.get("Location", "")]
        if response.status_code >= 400:
            it.refusals.append(response.get_data(as_text=True))
        return response

    yield it
    logs.configure(as_json=True)


def a_day(it: Watched) -> None:
    """A desk registers somebody; they sign in, show codes, mistype; a desk finds them; everything also goes wrong."""
    logs.configure(as_json=True)
    client, desk = it.client, it.town.headers(it.town.clerk)
    person = {"name": NAME, "sex": "female", "birth_date": "1952-03-08", "documents": [DOCUMENT], "phone": PHONE}

    def at_the_desk(door: str, body: dict[str, Any]) -> Any:
        return client.post(f"/api/v1/{door}", json=body, headers=desk)

    resident_id = at_the_desk("residents", person).json["id"]
    at_the_desk("residents", person)  # taken
    at_the_desk("residents", person | {"documents": [DOCUMENT | {"number": NUMBER[:-1] + "5"}], NUMBER: NAME})
    at_the_desk("resident-searches", DOCUMENT)
    at_the_desk(f"resident-searches?number={'0' * 18}", DOCUMENT)
    at_the_desk("document-verifications", DOCUMENT | {"step": "register"})
    at_the_desk("document-verifications", DOCUMENT | {"step": NUMBER})
    visitor = Visitor(client, PHONE)
    visitor.ask()
    digits = newest_digits(PHONE)
    visitor.try_with(wrong(digits))
    signed_in = visitor.try_with(digits).json
    phone = Phone({"Authorization": f"Bearer {signed_in['access_token']}"}, resident_id)
    phone.fetch(client)
    twenty = client.post(f"/api/v1/residents/{resident_id}/digits", headers=phone.headers).json["digits"]
    it.canaries |= {signed_in["access_token"], signed_in["refresh_token"], twenty, phone.show()[:60]}
    scanner = it.town.hospital_scanner
    for code in (twenty, twenty, phone.show(), phone.show() + "0", NUMBER, NAME):
        scanner.read(client, code, step="register")
    client.get(f"/api/v1/residents/{resident_id}", headers=desk)
    client.post(f"/api/v1/residents/{resident_id}/grants", json={"phone": PHONE}, headers=phone.headers | new_deed())
    client.post("/api/v1/tokens", json={"refresh_token": signed_in["refresh_token"], NAME: NUMBER})
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {signed_in['access_token']}x"})
    clock.advance(minutes=20)
    client.get("/api/v1/me", headers=phone.headers)


@pytest.mark.case("I15", "R6", "O7")
def test_nothing_personal_turns_up_where_it_does_not_belong(watched: Watched):
    a_day(watched)
    assert list(watched.found()) == []


@pytest.mark.case("I15", "R8")
def test_not_even_when_something_breaks_with_a_number_in_its_hand(watched: Watched, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any, **wanted: Any) -> None:
        raise KeyError(f"nobody called {NAME} has {wanted}")

    monkeypatch.setattr(residents, "search", broken)
    a_day(watched)
    assert sum('"status":500' in refusal for refusal in watched.refusals) == 1
    watched.town.app.extensions["unannounced"].clear()
    assert list(watched.found()) == []


def _said_to_the_log(number: str) -> None:
    print(f"looking for {number}", file=sys.stderr)


def _said_past_the_wall(number: str) -> None:
    logging.getLogger("sample").warning("looking for %s", number)


def _raised(number: str) -> None:
    raise problems.Invalid(errors=[{"pointer": "/number", "detail": f"{number} is not known"}])


@pytest.mark.case("B18", "I15")
@pytest.mark.parametrize(
    ("bug", "place"), [(_said_to_the_log, "the log"), (_said_past_the_wall, "the log"), (_raised, "a refusal")]
)
def test_a_number_in_a_log_line_or_a_refusal_is_seen(watched: Watched, monkeypatch, bug: Any, place: str):
    """The bug, planted: whoever searches is told aloud for whom. (The log's own wall is taken away, or would hide it.)"""
    real = residents.search

    def talkative(caller: Any, **wanted: Any) -> Any:
        bug(wanted["number"])
        return real(caller, **wanted)

    monkeypatch.setattr(residents, "search", talkative)
    monkeypatch.setattr(logs, "_scrub", lambda value: value)
    a_day(watched)
    assert f"{place} says {NUMBER[:6]}…" in list(watched.found())


@pytest.mark.case("I15")
def test_a_number_in_an_address_is_seen(watched: Watched):
    a_day(watched)
    watched.client.get(f"/api/v1/institutions?district={NUMBER}")
    assert f"an address says {NUMBER[:6]}…" in list(watched.found())
