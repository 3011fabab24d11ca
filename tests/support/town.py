"""A small town for stories: a hospital and two stations, the people who work there, their scanners, and a family."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from healthcode.core import clock, ids, p256, secrets
from healthcode.core.db import session, transaction
from healthcode.registry.devices.models import Device
from healthcode.registry.institutions.models import Department, Institution, Post, StaffMember
from healthcode.registry.residents.models import Resident
from healthcode.registry.residents.service import index_of_phone
from healthcode.trust.sessions.models import Session
from healthcode.trust.sessions.service.opening import access
from tests.support.phones import Phone, Scanner, fresh_key

OPEN_ALL_DAY = {day: [["08:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@dataclass(frozen=True)
class Person:
    """Somebody of the town, by what tests need: the row's id, and what they say of themselves."""

    id: str
    name: str
    kind: str = "resident"
    phone: str | None = None
    institution_id: str | None = None


@dataclass
class Town:
    """Everybody and everything, by name. Sessions are opened as they are asked for."""

    app: Flask
    hospital: str
    station: str
    far_station: str
    wang: Person  # 74, hypertension, has a phone
    son: Person  # Wang's son, in another province
    child: Person  # the son's child, seventeen years old, no phone
    stranger: Person  # nothing to do with them
    clerk: Person  # at the hospital
    doctor: Person
    station_worker: Person
    institution_admin: Person
    far_clerk: Person  # at the far station
    hotline: Person
    city_admin: Person
    auditor: Person
    hospital_scanner: Scanner
    station_scanner: Scanner
    far_scanner: Scanner
    _headers: dict[str, dict[str, str]] = field(default_factory=dict)

    def headers(self, person: Person) -> dict[str, str]:
        """The Authorization header of this person's open session."""
        if person.id not in self._headers:
            self._headers[person.id] = bearer(self.app, person.kind, person.id, person.institution_id, person.phone)
        return self._headers[person.id]

    def sign_in_again(self) -> None:
        """Time has passed, and with it everybody's access token, the scanners' too."""
        self._headers.clear()
        for scanner in (self.hospital_scanner, self.station_scanner, self.far_scanner):
            scanner.headers = bearer(self.app, "device", scanner.device_id)

    def phone(self, person: Person) -> Phone:
        return Phone(self.headers(person), person.id)

    def visit(self, client: FlaskClient, person: Person, scanner: Scanner) -> dict[str, Any]:
        """The person shows a fresh code here: from now on the institution may see what the visit needs."""
        phone = self.phone(person)
        phone.fetch(client)
        answer = scanner.read(client, phone.show(), step="register")
        assert answer.status_code == 201, answer.json
        verification: dict[str, Any] = answer.json
        return verification

    def scanner(self, institution_id: str, kind: str = "registration") -> Scanner:
        """One more enrolled scanner at an institution."""
        with transaction():
            return enrol(self.app, session().get_one(Institution, institution_id), kind)


def bearer(
    app: Flask, kind: str, account_id: str, institution_id: str | None = None, phone: str | None = None
) -> dict[str, str]:
    """Open a session the way signing in would leave it, and the header that names it."""
    moment = clock.now()
    opened = Session(
        id=ids.new(),
        kind=kind,
        account_id=account_id,
        institution_id=institution_id,
        phone_index=index_of_phone(phone) if phone else None,
        created_at=moment,
        seen_at=moment,
        expires_at=moment + timedelta(days=30),
    )
    if session().in_transaction():
        session().add(opened)
        session().flush()
    else:
        with transaction():
            session().add(opened)
    token, _ = access(opened, app.config["SETTINGS"])
    return {"Authorization": f"Bearer {token}"}


def found_town(app: Flask) -> Town:
    """Write the town in one transaction."""
    with transaction():
        hospital = _institution("JJ-0001", "晋江市医院", "hospital", 24.7814, 118.5517)
        station = _institution("JJ-0101", "青阳街道社区卫生服务站", "station", 24.8071, 118.5720, parent=hospital)
        far = _institution("JJ-0102", "金井镇卫生站", "station", 24.5760, 118.6080, parent=hospital)
        session().add(
            Department(id=ids.new(), institution_id=hospital.id, code="cardiology", name="心内科", name_en="Cardiology")
        )
        son = _resident("李建国", "male", date(1976, 5, 4), "+8613800000002", identity="proved")
        people = {
            "wang": _resident("王秀英", "female", date(1952, 3, 8), "+8613800000001", identity="proved"),
            "son": son,
            "child": _resident("李小禾", "female", date(2009, 9, 1), None),
            "stranger": _resident("陈路人", "male", date(1990, 1, 1), "+8613800000009"),
        }
        staff = {
            "clerk": _staff("clerk", "林文", hospital.id, "clerk"),
            "doctor": _staff("doctor", "许医生", hospital.id, "doctor"),
            "station_worker": _staff("worker", "蔡站长", station.id, "station_worker"),
            "institution_admin": _staff("admin", "吴主任", hospital.id, "institution_admin"),
            "far_clerk": _staff("far-clerk", "洪文", far.id, "clerk"),
            "hotline": _staff("hotline", "热线", None, "hotline"),
            "city_admin": _staff("city", "市管理员", None, "city_admin"),
            "auditor": _staff("auditor", "审计员", None, "auditor"),
        }
        scanners = {
            "hospital_scanner": enrol(app, hospital, "registration"),
            "station_scanner": enrol(app, station, "station"),
            "far_scanner": enrol(app, far, "station"),
        }
        return Town(app, hospital.id, station.id, far.id, **people, **staff, **scanners)


def _institution(
    code: str, name: str, kind: str, latitude: float, longitude: float, parent: Institution | None = None
) -> Institution:
    row = Institution(
        id=ids.new(),
        code=code,
        name=name,
        kind=kind,
        parent_id=parent.id if parent else None,
        district="晋江市",
        latitude=latitude,
        longitude=longitude,
        opening_hours=OPEN_ALL_DAY,
    )
    session().add(row)
    session().flush()
    return row


def _resident(name: str, sex: str, born: date, phone: str | None, identity: str = "declared") -> Person:
    row = Resident(
        id=ids.new(),
        key_wrapped=secrets.vault().new_person_key(),
        sex=sex,
        district="青阳街道",
        identity=identity,
        created_at=clock.now(),
        phone_index=index_of_phone(phone) if phone else None,
    )
    row.name, row.birth_date_text, row.phone = name, born.isoformat(), phone
    session().add(row)
    session().flush()
    return Person(row.id, name, phone=phone)


def _staff(username: str, name: str, institution_id: str | None, role: str) -> Person:
    """No password: tests of signing in make their own."""
    member = StaffMember(
        id=ids.new(), username=username, name=name, password_hash="-", totp_sealed=b"-", created_at=clock.now()
    )
    session().add(member)
    session().flush()
    session().add(Post(id=ids.new(), staff_id=member.id, institution_id=institution_id, role=role, from_at=clock.now()))
    return Person(member.id, name, kind="staff", institution_id=institution_id)


def enrol(app: Flask, institution: Institution, kind: str) -> Scanner:
    """A device with a key of its own, enrolled and signed in."""
    key = fresh_key()
    device = Device(
        id=ids.new(),
        institution_id=institution.id,
        kind=kind,
        name=f"{institution.name}·{kind}",
        state="enrolled",
        public_key=p256.public_jwk(key.public_key()),
        invited_at=clock.now(),
        enrolled_at=clock.now(),
    )
    session().add(device)
    session().flush()
    return Scanner(bearer(app, "device", device.id), device.id, institution.id, institution.code, key)


def batch_of(sequence: int, items: list[dict[str, Any]]) -> dict[str, Any]:
    """A batch as a scanner sends it."""
    digest = hashlib.sha256("\n".join(item["text"] for item in items).encode()).hexdigest()
    return {"sequence": sequence, "count": len(items), "hash": digest, "items": items}
