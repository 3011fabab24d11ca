"""A town in which anybody does anything, by chance but from a seed: what is always true must hold afterwards."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from healthcode.core import clock, outbox, p256
from healthcode.core.db import session, transaction
from healthcode.registry.devices.models import Device
from healthcode.registry.institutions.models import Post
from healthcode.trust.codes.models import CodeBlock, IssuedCode
from healthcode.trust.family.models import Grant
from tests.registry.people import open_visit
from tests.support.phones import Phone, Scanner, fresh_key, new_deed
from tests.support.town import Person, Town, batch_of, bearer

A = "/api/v1"
ROLES = ("clerk", "nurse", "pharmacist")


@dataclass
class Walk:
    """One step a time; what was answered is counted, and nothing may be a 5xx."""

    app: Flask
    client: FlaskClient
    town: Town
    chance: random.Random
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    scanners: list[Scanner] = field(default_factory=list)
    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)

    def go(self, steps: int) -> "Walk":
        town = self.town
        self.scanners += [town.hospital_scanner, town.station_scanner, town.far_scanner]
        for person in self.people:
            open_visit(person.id, town.hospital)
        deeds = [getattr(self, name) for name in dir(type(self)) if name.startswith("do_")]
        for _ in range(steps):
            deed: Callable[[], Any] = self.chance.choice(deeds)
            answer = deed()
            if answer is not None:
                assert answer.status_code < 500, (deed.__name__, answer.text)
                self.answers[deed.__name__, answer.status_code] += 1
            clock.advance(seconds=self.chance.choice((1, 5, 20)))
        outbox.deliver(most=10_000)
        return self

    @property
    def people(self) -> list[Person]:
        return [self.town.wang, self.town.son, self.town.child, self.town.stranger]

    def post(self, path: str, body: Any, who: Person, **headers: str) -> Any:
        return self.client.post(f"{A}/{path}", json=body, headers=self.town.headers(who) | new_deed() | headers)

    def one_of(self, table: Any, *which: Any) -> Any:
        with transaction("read"):
            found = list(session().scalars(select(table).where(*which).order_by(table.id)))
            session().expunge_all()
        return self.chance.choice(found) if found else None

    def do_invite(self) -> Any:
        giver, taker = self.chance.sample(self.people, 2)
        until = clock.now() + timedelta(minutes=self.chance.choice((1, 10, 10_000)))
        scopes = self.chance.sample(["codes:show", "records:read", "bills:pay"], 2)
        body = {
            "phone": taker.phone or "13911112222",
            "relation": "other",
            "scopes": scopes,
            "until": until.isoformat(),
        }
        return self.post(f"residents/{giver.id}/grants", body, giver)

    def do_accept(self) -> Any:
        grant = self.one_of(Grant, Grant.state == "proposed") or self.one_of(Grant)
        return self.post(f"grants/{grant.id}/acceptances", None, self.chance.choice(self.people)) if grant else None

    def do_end_a_grant(self) -> Any:
        grant = self.one_of(Grant)
        return self.post(f"grants/{grant.id}/endings", None, self.chance.choice(self.people)) if grant else None

    def do_end_a_grant_for_a_reason(self) -> Any:
        grant = self.one_of(Grant)
        path = f"residents/{grant.resident_id}/grants/{grant.id}/endings" if grant else ""
        return self.post(path, {"reason": "法院"}, self.town.hotline) if grant else None

    def do_record_a_guardian(self) -> Any:
        body = {
            "resident_id": self.town.child.id,
            "guardian_id": self.chance.choice(self.people).id,
            "relation": "parent",
        }
        return self.post("guardianships", body, self.town.clerk)

    def do_fetch_for_somebody(self) -> Any:
        holder, of = self.chance.choice(self.people), self.chance.choice(self.people)
        key = {"public_key": p256.public_jwk(fresh_key().public_key())}
        return self.post(f"residents/{of.id}/passes", {"keys": [key]}, holder)

    def do_show(self) -> Any:
        person = self.chance.choice(self.people)
        phone = Phone(self.town.headers(person), person.id)
        key = {"public_key": p256.public_jwk(phone.key.public_key())}
        issued = self.post(f"residents/{person.id}/passes", {"keys": [key]}, person)
        if issued.status_code != 201:
            return issued
        phone.take(issued.json["passes"][0])
        return self.chance.choice(self.scanners).read(self.client, phone.show())

    def do_upload(self) -> Any:
        """The next number, one that was sent before, a number too far, or another batch under a number that was sent."""
        scanner = self.chance.choice(self.scanners)
        sent = self.sent.setdefault(scanner.device_id, [])
        reading = {
            "text": f"HP1:{self.chance.randrange(10**9)}",
            "read_at": clock.now().isoformat(),
            "step": "check-in",
        }
        kind = self.chance.choice(("next", "next", "next", "again", "gap", "fork"))
        number = {"next": len(sent) + 1, "gap": len(sent) + 3}.get(
            kind, self.chance.randint(1, len(sent)) if sent else 1
        )
        batch = sent[number - 1] if kind == "again" and sent else batch_of(number, [reading])
        answer = self.client.post(f"{A}/verifications/batch", json=batch, headers=scanner.headers)
        if answer.status_code == 201 and number > len(sent):
            sent.append(batch)
        return answer

    def do_invite_a_device(self) -> Any:
        answer = self.post("devices", {"kind": "station", "name": "站"}, self.town.institution_admin)
        if answer.status_code == 201:
            self.codes.append(answer.json["enrolment_code"])
        return answer

    def do_enrol(self) -> Any:
        if not self.codes:
            return None
        key = fresh_key()
        body = {"enrolment_code": self.chance.choice(self.codes), "public_key": p256.public_jwk(key.public_key())}
        answer = self.client.post(f"{A}/device-enrolments", json=body)
        if answer.status_code == 201:
            device = answer.json["device_id"]
            headers = bearer(self.app, "device", device)
            self.scanners.append(Scanner(headers, device, self.town.hospital, "JJ-0001", key))
        return answer

    def do_revoke_a_device(self) -> Any:
        device = self.one_of(Device) if self.chance.random() < 0.3 else None
        return (
            self.post(f"devices/{device.id}/revocations", {"reason": "丢失"}, self.town.city_admin) if device else None
        )

    def do_appoint(self) -> Any:
        until = clock.now() + timedelta(minutes=self.chance.choice((1, 10_000)))
        body = {"username": "doctor", "role": self.chance.choice(ROLES), "until_at": until.isoformat()}
        return self.post(f"institutions/{self.town.hospital}/posts", body, self.town.institution_admin)

    def do_dismiss(self) -> Any:
        post = self.one_of(Post, Post.role.in_(ROLES), Post.staff_id == self.town.doctor.id)
        headers = self.town.headers(self.town.institution_admin)
        return self.client.delete(f"{A}/posts/{post.id}", headers=headers) if post else None

    def do_block(self) -> Any:
        path = f"residents/{self.chance.choice(self.people).id}/code-blocks"
        return self.post(path, {"reason": "lost"}, self.chance.choice((self.town.hotline, self.town.city_admin)))

    def do_confirm_or_lift(self) -> Any:
        block, step = self.one_of(CodeBlock), self.chance.choice(("confirmations", "lifts"))
        who = self.chance.choice((self.town.hotline, self.town.city_admin))
        return self.post(f"code-blocks/{block.id}/{step}", None, who) if block else None

    def do_appeal(self) -> Any:
        block = self.one_of(CodeBlock)
        who = self.chance.choice(self.people)
        return self.post(f"code-blocks/{block.id}/appeals", {"text": "已找到"}, who) if block else None

    def do_revoke_a_code(self) -> Any:
        code = self.one_of(IssuedCode)
        body = {"reason": "replaced"}
        return self.post(f"codes/{code.id}/revocations", body, self.chance.choice(self.people)) if code else None

    def do_sign_out_another(self) -> Any:
        person = self.chance.choice(self.people)
        bearer(self.app, "resident", person.id)
        own = self.town.headers(person)
        others = [
            one for one in self.client.get(f"{A}/sessions", headers=own).json.get("items", []) if not one["is_current"]
        ]
        return self.client.delete(f"{A}/sessions/{self.chance.choice(others)['id']}", headers=own) if others else None

    def do_die_or_not(self) -> Any:
        if self.chance.random() > 0.2:
            return None
        stranger = self.town.stranger.id
        if self.chance.random() < 0.5:
            return self.post(
                f"residents/{stranger}/deaths", {"died_on": "2026-11-22", "reason": "证明"}, self.town.city_admin
            )
        return self.post(f"residents/{stranger}/death-corrections", {"reason": "误登"}, self.town.city_admin)

    def do_hear(self) -> None:
        outbox.deliver(most=10_000)
