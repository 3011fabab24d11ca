"""Appointments in people's own calendars, read by a parser written from RFC 5545 for this test alone, and by another's."""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from sqlalchemy import select

from healthcode.care.appointments.calendar import ics
from healthcode.care.appointments.calendar.models import CalendarFeed
from healthcode.core import clock as city_clock
from healthcode.core import logs, tidying
from healthcode.core.db import session, transaction
from healthcode.core.outbox import deliver
from healthcode.core.trail import TrailRow
from healthcode.registry.residents.models import Resident
from healthcode.trust.grounds import service as grounds
from tests.care.conftest import A, Clinic
from tests.support.phones import new_deed
from tests.support.town import Person, Town

_LINE = re.compile(r"([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:\"[^\"]*\"|[^\";:,]*))*):(.*)")
_UTC = re.compile(r"\d{8}T\d{6}Z")
WANTED = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "LOCATION", "CLASS", "CREATED"}


def events(data: bytes) -> list[dict[str, str]]:
    """The events of a calendar, strictly: CRLF, lines of at most 75 octets, known escapes, each property once."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    lines = data.decode().replace("\r\n ", "").split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert {"VERSION:2.0"} < set(lines)
    found: list[dict[str, str]] = []
    current: dict[str, str] | None = None
    for line in lines[1:-1]:
        match = _LINE.fullmatch(line)
        assert match, line
        name, _, value = match.groups()
        if line == "BEGIN:VEVENT":
            current = {}
        elif line == "END:VEVENT":
            assert current is not None
            assert current.keys() >= WANTED
            found.append(current)
            current = None
        elif current is not None:
            assert name not in current
            assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value), value
            current[name] = re.sub(r"\\(.)", lambda sign: "\n" if sign[1] in "nN" else sign[1], value)
    for event in found:
        assert all(_UTC.fullmatch(event[name]) for name in ("DTSTAMP", "DTSTART", "DTEND", "CREATED", "LAST-MODIFIED"))
    theirs = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert [str(one["uid"]) for one in theirs] == [one["UID"] for one in found]
    return found


def open_to(proxy: Person, resident: Person) -> str:
    with transaction():
        grounds.open_ground(
            resident_id=resident.id,
            grantee_kind="resident",
            grantee_id=proxy.id,
            scopes=["appointments:book"],
            source="grant",
            source_id=resident.id,
            until_at=city_clock.now() + timedelta(days=30),
        )
    return resident.id


@pytest.fixture
def ask(client, town: Town):
    """Ask as somebody: `ask("get", "appointments/…/calendar", who)`."""

    def asking(method: str, path: str, who: Person):
        return client.open(f"{A}/{path}", method=method.upper(), headers=town.headers(who) | new_deed())

    return asking


@pytest.fixture
def link(ask):
    """A link to somebody's appointments, as a calendar has it."""

    def make(person: Person, *, by: Person | None = None) -> str:
        made = ask("post", f"residents/{person.id}/calendar-feeds", by or person)
        assert made.status_code == 201, made.json
        return str(made.json["address"]).removeprefix("http://127.0.0.1:8700")

    return make


# One appointment


def test_an_appointment_as_a_file_says_where_and_when_and_not_why(hospital: Clinic, ask, town: Town):
    clinic = hospital.begin(room="312 室")
    booked = clinic.book(town.wang).json
    answer = ask("get", f"appointments/{booked['id']}/calendar", town.wang)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert answer.headers["Cache-Control"] == "no-store"
    (event,) = events(answer.data)
    assert (event["UID"], event["SUMMARY"]) == (f"{booked['id']}@healthcode", "内科 · 晋江市医院")
    assert (event["LOCATION"], event["CLASS"]) == ("晋江市医院 312 室", "PRIVATE")
    assert (event["DTSTART"], event["DTEND"]) == ("20261124T060000Z", "20261124T063000Z")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", "0")
    assert town.wang.name not in answer.text


def test_a_move_keeps_its_name_and_counts_and_a_cancellation_stays(clinic: Clinic, ask, town: Town, clock):
    booked = clinic.book(town.wang).json
    seen = lambda: events(ask("get", f"appointments/{booked['id']}/calendar", town.wang).data)[0]  # noqa: E731
    first = seen()
    clock.advance(seconds=61)
    clinic.act(booked, "moves", town.wang, {"slot_id": clinic.slots[1]["id"]})
    moved = seen()
    assert (moved["UID"], moved["DTSTART"], moved["SEQUENCE"]) == (first["UID"], "20261124T063000Z", "1")
    assert moved["DTSTAMP"] > first["DTSTAMP"]
    clinic.act(booked, "cancellations", town.wang)
    gone = seen()
    assert (gone["UID"], gone["STATUS"], gone["SEQUENCE"]) == (first["UID"], "CANCELLED", "2")


def test_what_was_never_booked_is_in_no_calendar(clinic: Clinic, ask, client, link, town: Town, clock):
    held = clinic.book(town.wang, is_hold=True).json
    refused = ask("get", f"appointments/{held['id']}/calendar", town.wang)
    assert (refused.status_code, refused.json["state"]) == (409, "proposed")
    address = link(town.wang)
    assert events(client.get(address).data) == []
    clinic.act(held, "confirmations", town.wang)
    assert [one["SEQUENCE"] for one in events(client.get(address).data)] == ["1"]


def test_somebody_elses_appointment_is_not_there(clinic: Clinic, ask, town: Town):
    booked = clinic.book(town.wang).json
    assert ask("get", f"appointments/{booked['id']}/calendar", town.stranger).status_code == 404
    open_to(town.son, town.wang)
    assert ask("get", f"appointments/{booked['id']}/calendar", town.son).status_code == 200


@pytest.mark.parametrize(
    ("today_is", "starts", "begin", "end"),
    [
        (
            "2026-11-30T23:30:00+08:00",
            "17:00",
            "20261201T090000Z",
            "20261201T093000Z",
        ),  # the month's end, before midnight
        ("2026-12-31T10:00:00+08:00", "08:00", "20270101T000000Z", "20270101T003000Z"),
        ("2028-02-28T10:00:00+08:00", "14:00", "20280229T060000Z", "20280229T063000Z"),
        ("2028-02-29T00:10:00+08:00", "08:30", "20280301T003000Z", "20280301T010000Z"),  # still the 28th in Greenwich
    ],
)
def test_hours_of_the_city_are_written_in_utc(hospital, ask, town, clock, today_is, starts, begin, end):
    clock.freeze(datetime.fromisoformat(today_is))
    town._headers.clear()
    booked = hospital.begin(starts=starts, ends="17:30").book(town.wang).json
    (event,) = events(ask("get", f"appointments/{booked['id']}/calendar", town.wang).data)
    assert (event["DTSTART"], event["DTEND"]) == (begin, end)


@pytest.mark.parametrize(
    ("zone", "at", "begin"),
    [
        ("Asia/Shanghai", "2028-03-01T07:30", "20280229T233000Z"),  # the leap day, in Greenwich
        ("Asia/Shanghai", "2028-01-01T00:00", "20271231T160000Z"),
        ("Asia/Urumqi", "2028-03-01T05:59", "20280229T235900Z"),
        ("America/St_Johns", "2026-12-31T23:45", "20270101T031500Z"),
    ],
)
def test_over_midnight_the_day_in_utc_is_another(zone, at, begin):
    city_clock.configure(zone)
    try:
        day = datetime.fromisoformat(at)
        moment = city_clock.moment(day.date(), day.time())
    finally:
        city_clock.configure()
    entry = ics.Entry("1", moment, moment + timedelta(minutes=30), "a", "b", False, 0, moment, moment)
    assert events(ics.write([entry]))[0]["DTSTART"] == begin


def test_long_and_strange_names_come_out_as_they_went_in():
    moment = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    title = "心血管内科；高血压, 糖尿病\\联合门诊:\nBEGIN:VEVENT " * 9 + "𬱖" * 40
    entry = ics.Entry("1", moment, moment, title, "a;b,c", False, 0, moment, moment)
    (event,) = events(ics.write([entry]))
    assert (event["SUMMARY"], event["LOCATION"]) == (title, "a;b,c")


# Links


def test_a_link_follows_the_appointments_without_anybody_signed_in(hospital: Clinic, client, link, town: Town, clock):
    clinic = hospital.begin()
    address = link(town.wang)
    assert events(client.get(address).data) == []
    clinic.book(town.wang)
    answer = client.get(address)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/calendar", "no-store")
    (event,) = events(answer.data)
    clock.advance(days=30)  # the 23rd of the next month; the clinic was on the 24th
    tidying.keep_up()
    (past,) = events(client.get(address).data)
    assert past["UID"] == event["UID"]
    clock.advance(days=2)
    assert events(client.get(address).data) == []


def test_a_link_ends_at_once_and_is_then_like_one_that_never_was(clinic: Clinic, client, ask, link, town: Town):
    clinic.book(town.wang)
    address = link(town.wang)
    (known,) = ask("get", f"residents/{town.wang.id}/calendar-feeds", town.wang).json["items"]
    assert known["made_by"] == "resident"
    assert ask("delete", f"calendar-feeds/{known['id']}", town.stranger).status_code == 404
    assert client.get(address).status_code == 200
    for _ in range(2):
        assert ask("delete", f"calendar-feeds/{known['id']}", town.wang).status_code == 204
    ended, never = client.get(address), client.get(f"{A}/calendar-feeds/{'x' * 32}.ics")
    assert (ended.status_code, {**ended.json, "instance": ""}) == (404, {**never.json, "instance": ""})
    assert ask("get", f"residents/{town.wang.id}/calendar-feeds", town.wang).json == {"items": []}


def test_five_links_are_enough(ask, link, town: Town):
    for _ in range(5):
        link(town.wang)
    refused = ask("post", f"residents/{town.wang.id}/calendar-feeds", town.wang)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/too-many-calendar-links")
    known = ask("get", f"residents/{town.wang.id}/calendar-feeds", town.wang).json["items"]
    ask("delete", f"calendar-feeds/{known[0]['id']}", town.wang)
    link(town.wang)


def test_a_proxys_link_holds_as_long_as_the_proxy_may(clinic: Clinic, client, ask, link, town: Town):
    grant = open_to(town.son, town.wang)
    clinic.book(town.wang)
    address = link(town.wang, by=town.son)
    assert len(events(client.get(address).data)) == 1
    (known,) = ask("get", f"residents/{town.wang.id}/calendar-feeds", town.wang).json["items"]
    assert known["made_by"] == "proxy"
    with transaction():
        grounds.end_grounds(grant)
    assert client.get(address).status_code == 404
    assert ask("get", f"residents/{town.wang.id}/calendar-feeds", town.wang).json == {"items": []}


def test_a_death_ends_links_also_before_anybody_heard_of_it(client, link, town: Town):
    address = link(town.wang)
    with transaction():
        session().get_one(Resident, town.wang.id).died_on = city_clock.today()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("what", ["died", "lost"])
def test_links_end_with_their_person_and_with_a_lost_phone(client, ask, link, town: Town, what):
    address = link(town.wang)
    if what == "died":
        death = {"died_on": city_clock.today().isoformat(), "reason": "死亡证明"}
        town.visit(client, town.wang, town.hospital_scanner)
        done = client.post(f"{A}/residents/{town.wang.id}/deaths", json=death, headers=town.headers(town.doctor))
    else:
        path = f"{A}/residents/{town.wang.id}/code-revocations"
        done = client.post(path, json={"reason": "lost"}, headers=town.headers(town.wang))
    assert done.status_code < 300, done.json
    while deliver():
        pass
    with transaction("read"):
        assert session().scalars(select(CalendarFeed.ended_at)).one() is not None
    assert client.get(address).status_code == 404


def test_the_secret_is_long_kept_nowhere_and_written_in_no_log(client, link, town: Town, capsys):
    logs.configure(as_json=True)
    address = link(town.wang)
    secret = address.rpartition("/")[2].removesuffix(".ics")
    assert len(secret) >= 32
    assert client.get(address).status_code == 200
    assert client.get(address.replace(".ics", "x.ics")).status_code == 404
    assert secret not in capsys.readouterr().err + client.get("/metrics").text
    with transaction("read"):
        row = session().scalars(select(CalendarFeed)).one()
        assert secret not in str(vars(row))
        told = session().scalars(select(TrailRow).where(TrailRow.door == "calendars.read_feed")).all()
    assert [(one.outcome, one.resident_id) for one in told] == [("opened", town.wang.id), ("refused", None)]
    assert not [one for one in told if secret in str(vars(one))]


def test_a_merged_records_link_shows_the_whole_person(clinic: Clinic, client, link, town: Town):
    address = link(town.wang)
    clinic.book(town.son)
    with transaction():
        session().get_one(Resident, town.wang.id).merged_into_id = town.son.id
    assert len(events(client.get(address).data)) == 1
