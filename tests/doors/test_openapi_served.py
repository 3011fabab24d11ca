"""The document, asked of the service as it runs: whatever is sent, the answers are those that it declares.

The requests are schemathesis': every edge of every schema, right and wrong, and in the long form many more by chance,
from a fixed seed. Whether somebody may is not asked here (the authorization matrix does); whether the answer was
announced is: its status, its media type, its form, and that it is no 5xx.
"""

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks
from sqlalchemy import select

from healthcode.care.appointments.models import Slot
from healthcode.care.appointments.queue.models import Ticket
from healthcode.care.appointments.schemas import ScheduleIn
from healthcode.core import clock, ids, outbox
from healthcode.core.db import session, transaction
from healthcode.registry.institutions.models import Post, StaffMember
from healthcode.trust.codes.schemas import BlockIn
from healthcode.trust.sessions import passwords, totp
from tests.conftest import settings_for
from tests.proof.city import inside
from tests.support import queues
from tests.support.bills import begun_payment, differing, issued_bill
from tests.support.databases import copied, temporary
from tests.support.phones import new_deed
from tests.support.reports import alarmed, reported
from tests.support.servers import Served, served
from tests.support.sign_in import PASSWORD, TOTP_SECRET
from tests.support.town import Town, bearer

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
STAFF_POSTS = ("clerk", "doctor", "nurse", "pharmacist", "cashier", "station_worker", "institution_admin")
CITY_POSTS = ("hotline", "city_admin", "auditor")
# Whose doors they are, by the words of x-allow; the others are asked too, but seldom.
OWNERS = {
    "Anyone(": "anonymous",
    "OnBehalf(": "resident",
    "SignedIn(": "resident",
    "Staff(": "staff",
    "Device(registration": "scanner",
    "Device(display": "wall",
}
STREAM = "/api/v1/wall/events"  # it would answer for half a minute each time: its own tests open it
SIGNS_OUT = "sessions.sign_out"
ENDS_THE_RECORD = ("residents.erase", "residents.record_death")


@dataclass
class Asker:
    """Everybody who asks, what they ask about, and what was wrong with the answers."""

    app: Flask
    town: Town
    served: Served
    schema: Any
    headers: dict[str, dict[str, str]]
    places: dict[str, str]
    wrong: set[str] = field(default_factory=set)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    lines: dict[str, requests.Session] = field(default_factory=dict)

    def operations(self) -> list[APIOperation]:
        return [found.ok() for found in self.schema.get_all_operations()]

    def owners(self, operation: APIOperation) -> set[str]:
        return {who for word, who in OWNERS.items() if word in operation.definition.raw["x-allow"]}

    def ask(self, who: str, operation: APIOperation, case: Case) -> None:
        """Send it, about rows that exist unless the address itself is what is tried, and judge the answer."""
        name = operation.definition.raw["operationId"]
        path = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
        if path is not None and path.mode.is_positive:
            for place in case.path_parameters.keys() & self.places.keys():
                case.path_parameters[place] = self.places[place]
            if name in ENDS_THE_RECORD:
                case.path_parameters["resident_id"] = self.town.stranger.id
        headers = self.headers[who]
        if name == SIGNS_OUT and who != "anonymous":
            headers = bearer(self.app, "resident", self.town.son.id, phone=self.town.son.phone)
        line = self.lines.setdefault(who, requests.Session())
        answer = case.call(base_url=self.served.address, session=line, headers=headers)
        self.statuses.setdefault(operation.label, Counter())[answer.status_code] += 1
        try:
            # schemathesis takes a JWT for JSON.
            excluded = (
                [checks.response_schema_conformance] if answer.headers["content-type"] == ["application/jwt"] else []
            )
            case.validate_response(answer, checks=CHECKS, excluded_checks=excluded)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                told = " ".join(f"{failure.title}: {failure.message}".split())[:300]
                self.wrong.add(f"{who} {case.method} {operation.path} → {answer.status_code} {told}")

    def edges(self, operation: APIOperation) -> Iterator[Case]:
        return self.schema.iter_coverage_cases(
            operation, generation_modes=MODES, generation_config=GenerationConfig(deterministic=True)
        )

    def by_chance(self, who: str, operation: APIOperation, how_many: int) -> None:
        for mode in MODES:

            @hypothesis_settings(
                derandomize=True, database=None, max_examples=how_many, deadline=None,
                suppress_health_check=list(HealthCheck), phases=[Phase.generate],
            )  # fmt: skip
            @given(case=operation.as_strategy(mode))
            def asked(case: Case) -> None:
                self.ask(who, operation, case)

            try:
                asked()
            except Unsatisfiable:  # a door that takes nothing cannot be asked wrongly
                continue

    def complaints(self) -> str:
        return "\n".join(sorted(self.wrong))

    def still_signed_in(self) -> dict[str, int]:
        return {
            who: self.served.ask("GET", "/api/v1/sessions", headers=headers).status
            for who, headers in self.headers.items()
        }


@contextlib.contextmanager
def asking(url: str, folder: Path) -> Iterator[Asker]:
    """A small town served by one process: a resident in the hospital, its scanner, somebody who holds every post."""
    settings = replace(settings_for(url, folder / "var"), access_token_seconds=7200, log_level="warning")
    with inside(settings) as (app, town), served(settings, processes=1) as running:
        headers = {
            "anonymous": {},
            "resident": town.headers(town.wang),
            "staff": bearer(app, "staff", holder_of_every_post(town), town.hospital),
            "scanner": town.hospital_scanner.headers,
            "wall": town.scanner(town.hospital, "display").headers,
        }
        document = running.ask("GET", "/api/v1/openapi.json").body
        schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig())
        schema.config.generation.update(with_security_parameters=False)  # who asks is said here, not by chance
        yield Asker(app, town, running, schema, headers, rows_of(app, town))


def holder_of_every_post(town: Town) -> str:
    with transaction():
        account = session().get_one(StaffMember, town.clerk.id)
        account.password_hash = passwords.hash_of(PASSWORD, memory_kib=64)
        account.totp_sealed = totp.seal(TOTP_SECRET, staff_id=account.id)
        for role in STAFF_POSTS + CITY_POSTS:
            where = town.hospital if role in STAFF_POSTS else None
            post = Post(id=ids.new(), staff_id=town.clerk.id, institution_id=where, role=role, from_at=clock.now())
            if role != "clerk":
                session().add(post)
    return town.clerk.id


def rows_of(app: Flask, town: Town) -> dict[str, str]:
    """What the addresses name: rows that are there, and that the resident or the hospital may see."""
    client = app.test_client()
    verification = town.visit(client, town.wang, town.hospital_scanner)
    phone = town.phone(town.wang)
    phone.fetch(client)
    invitation = {"phone": town.son.phone, "relation": "child", "scopes": ["codes:show"]}
    invitation["until"] = (clock.now() + timedelta(days=9)).isoformat()
    owner = town.headers(town.wang)
    grant = client.post(f"/api/v1/residents/{town.wang.id}/grants", json=invitation, headers=owner | new_deed())
    desk = town.headers(town.hotline)
    block = client.post(f"/api/v1/residents/{town.wang.id}/code-blocks", json=BlockIn.example, headers=desk)
    bearer(app, "resident", town.wang.id)
    sessions = client.get("/api/v1/sessions", headers=owner).json["items"]
    admin = town.headers(town.institution_admin)
    clinic = client.post(
        f"/api/v1/institutions/{town.hospital}/schedules",
        json=ScheduleIn.example | {"kind": "clinic"},
        headers=admin | new_deed(),
    )
    with transaction():
        for slot in session().scalars(select(Slot)):
            slot.opens_at = clock.now()
    slot = client.get("/api/v1/slots", query_string={"schedule_id": clinic.json["id"]}).json["items"][0]
    booked = client.post(
        f"/api/v1/residents/{town.wang.id}/appointments", json={"slot_id": slot["id"]}, headers=owner | new_deed()
    )
    waiting = queues.clinic(town.hospital)
    here = [queues.arrived(waiting, one) for one in (town.wang, town.son, town.stranger)]
    with transaction("read") as current:
        ticket = current.scalars(Ticket.of_appointments(here[-1:])).one()
        ticket_id, queue_id = ticket.id, ticket.queue_id
    feed = client.post(f"/api/v1/residents/{town.wang.id}/calendar-feeds", headers=owner | new_deed())
    sent = {"to_institution_id": town.station, "urgency": "routine", "reason": "回社区随访"}
    doctor = town.headers(town.doctor)
    referral = client.post(f"/api/v1/residents/{town.wang.id}/referrals", json=sent, headers=doctor | new_deed())
    outbox.deliver()
    notices = client.get(f"/api/v1/residents/{town.wang.id}/notices", headers=owner).json["items"]
    return {
        "feed_id": feed.json["id"],
        "secret": feed.json["address"].rpartition("/")[2].removesuffix(".ics"),
        "referral_id": referral.json["id"],
        "bill_id": issued_bill(town.wang, town.hospital),
        "difference_id": differing(town.wang, town.hospital),
        "report_id": reported(town.wang, town.hospital),
        "critical_value_id": alarmed(town.wang, town.hospital),
        "payment_id": begun_payment(town.wang, town.hospital),
        "notice_id": notices[0]["id"],
        "queue_id": queue_id,
        "ticket_id": ticket_id,
        "schedule_id": clinic.json["id"],
        "appointment_id": booked.json["id"],
        "resident_id": town.wang.id,
        "institution_id": town.hospital,
        "verification_id": verification["id"],
        "code_id": phone.pass_id,
        "grant_id": grant.json["id"],
        "block_id": block.json["id"],
        "device_id": town.scanner(town.hospital).device_id,
        "session_id": next(one["id"] for one in sessions if not one["is_current"]),
    }


@pytest.fixture(scope="module", params=["postgresql"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """PostgreSQL is the stricter one about what may stand in a text or a number; the long form asks on both."""
    folder = tmp_path_factory.mktemp("asked")
    if request.param == "sqlite":
        file = copied(request.getfixturevalue("sqlite_template"), folder / "asked.db")
        with asking(f"sqlite:///{file}", folder) as asker:
            yield asker
        return
    postgres, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    with temporary(postgres, template) as url, asking(url, folder) as asker:
        yield asker


def test_every_edge_gets_an_answer_that_was_announced(asker: Asker):
    """Each door's own kind of caller meets every second edge, the others every fortieth."""
    ask_edges(asker, own=2, others=40)
    make_sure_it_meant_something(asker)
    assert asker.complaints() == ""


@pytest.mark.proof
@pytest.mark.parametrize("asker", ["postgresql", "sqlite"], indirect=True)
def test_whatever_chance_sends_gets_an_answer_that_was_announced(asker: Asker):
    ask_edges(asker, own=1, others=8)
    for operation in asker.operations():
        for who in asker.headers:
            if (who, operation.path) != ("wall", STREAM):
                asker.by_chance(who, operation, 15 if who in asker.owners(operation) else 2)
    make_sure_it_meant_something(asker)
    assert asker.complaints() == ""


def test_an_answer_that_was_not_announced_is_seen(asker: Asker):
    """The bugs, planted in the document: a status, a media type and a field that it does not know."""
    document = json.loads(json.dumps(asker.schema.raw_schema))
    del document["paths"]["/api/v1/me"]["get"]["responses"]["401"]
    del document["components"]["schemas"]["FamilyMeOut"]["properties"]["roles"]
    document["components"]["schemas"]["FamilyMeOut"]["required"].remove("roles")
    keys = document["paths"]["/.well-known/healthcode/keys"]["get"]["responses"]["200"]
    keys["content"] = {"application/json": {"schema": {}}}
    planted = replace(asker, schema=schemathesis.openapi.from_dict(document), wrong=set())
    ask_edges(planted, own=1, others=1, only=("/api/v1/me", "/.well-known/healthcode/keys"))
    told = planted.complaints()
    assert "anonymous GET /api/v1/me → 401 Undocumented status code" in told
    assert "resident GET /api/v1/me → 200 Response violates schema" in told
    assert "GET /.well-known/healthcode/keys → 200 Undocumented Content-Type" in told


def ask_edges(asker: Asker, *, own: int, others: int, only: tuple[str, ...] = ()) -> None:
    """Every so-many-th edge of every door, for its own kinds of callers and for the others."""
    for operation in asker.operations():
        if only and operation.path not in only:
            continue
        edges = list(asker.edges(operation))
        for who in asker.headers:
            if (who, operation.path) == ("wall", STREAM):
                continue
            for case in edges[:: own if who in asker.owners(operation) else others]:
                asker.ask(who, operation, case)


def make_sure_it_meant_something(asker: Asker) -> None:
    """Nobody was signed out on the way, and many doors were also opened: what a story needs, other tests send."""
    assert asker.still_signed_in() == {"anonymous": 401, "resident": 200, "staff": 200, "scanner": 200, "wall": 200}
    opened = {name for name, told in asker.statuses.items() if any(status < 300 for status in told)}
    assert len(opened) > 0.6 * len(asker.statuses), sorted(asker.statuses.keys() - opened)
