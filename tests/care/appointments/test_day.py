"""The day of the appointment: checked in by the code, called by a number, seen, or missed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from healthcode.care.appointments.models import Slot
from healthcode.core import clock as city_clock
from healthcode.core import tidying
from healthcode.core.db import session, transaction
from tests.care.conftest import Clinic

A = "/api/v1"


@pytest.fixture
def today(hospital: Clinic, clock) -> Clinic:
    """It is half past one in the afternoon of the clinic's day, and Wang has its first slot."""
    clinic = hospital.begin()
    assert clinic.book(hospital.town.wang).status_code == 201
    clock.freeze(city_clock.start_of(city_clock.today() + timedelta(days=1)) + timedelta(hours=13, minutes=30))
    hospital.town.sign_in_again()
    return clinic


def come(client, town, person, scanner):
    """The code is read at the door, and the visit goes on to the clinic."""
    verification = town.visit(client, person, scanner)["id"]
    return client.post(f"{A}/check-ins", json={"verification_id": verification}, headers=scanner.headers)


def kind(answer) -> str:
    return answer.json.get("type", "").rpartition("/")[2] or answer.json["state"]


def test_who_is_known_at_the_door_is_checked_in(today, client, town):
    arrived = come(client, town, town.wang, town.hospital_scanner)
    assert (arrived.status_code, kind(arrived), arrived.json["ticket"]) == (201, "arrived", 1)


@pytest.mark.case("Q9")
def test_a_verification_is_spent_once(today, client, town):
    verification = town.visit(client, town.wang, town.hospital_scanner)["id"]
    send = lambda: client.post(  # noqa: E731
        f"{A}/check-ins", json={"verification_id": verification}, headers=town.hospital_scanner.headers
    )
    assert (kind(send()), kind(send())) == ("arrived", "already-spent")


def test_a_second_ticket_is_refused_with_the_first_number(today, client, town, clock):
    come(client, town, town.wang, town.hospital_scanner)
    clock.advance(seconds=30)
    again = come(client, town, town.wang, town.hospital_scanner)
    assert (kind(again), again.json["ticket"]) == ("already-checked-in", 1)


def test_a_consultation_on_the_line_is_not_what_somebody_comes_for(hospital, client, town, clock):
    """An hour before the clinic there is one on the line: the code at the door is for the clinic."""
    hospital.begin(kind="virtual", starts="13:00", ends="14:00").book(town.wang)
    clinic = hospital.begin()
    booked = clinic.book(town.wang).json
    clock.freeze(city_clock.start_of(city_clock.today() + timedelta(days=1)) + timedelta(hours=12, minutes=45))
    town.sign_in_again()
    arrived = come(client, town, town.wang, town.hospital_scanner)
    assert (kind(arrived), arrived.json["id"]) == ("arrived", booked["id"])


def test_who_has_nothing_here_today_is_told_so(today, client, town):
    assert kind(come(client, town, town.stranger, town.hospital_scanner)) == "nothing-booked-today"
    assert kind(come(client, town, town.wang, town.far_scanner)) == "nothing-booked-today"


def test_on_the_day_before_nobody_is_checked_in(hospital, client, town):
    hospital.begin().book(town.wang)
    assert kind(come(client, town, town.wang, town.hospital_scanner)) == "nothing-booked-today"


def test_numbers_follow_each_other(today, client, town):
    today.book(town.son, today.slots[1]["id"])
    numbers = [come(client, town, person, town.hospital_scanner).json["ticket"] for person in (town.son, town.wang)]
    assert numbers == [1, 2]


@pytest.mark.case("Z1", "Z18")
def test_the_clinic_sees_masked_who_is_expected_and_nobody_elses(today, client, town):
    path = f"{A}/institutions/{town.hospital}/appointments"
    (line,) = client.get(path, headers=town.headers(town.doctor)).json["items"]
    assert (line["display_name"], line["appointment"]["state"]) == ("王*英", "booked")
    assert town.wang.name not in client.get(path, headers=town.headers(town.doctor)).text
    assert client.get(path, headers=town.headers(town.far_clerk)).status_code == 403
    assert client.get(path, query_string={"day": "2026-12-01"}, headers=town.headers(town.doctor)).json == {"items": []}


def test_a_cancelled_one_is_not_expected_any_more(hospital, client, town):
    clinic = hospital.begin()
    booked = clinic.book(town.wang).json
    path, day = f"{A}/institutions/{town.hospital}/appointments", {"day": booked["day"]}
    assert len(client.get(path, query_string=day, headers=town.headers(town.doctor)).json["items"]) == 1
    clinic.act(booked, "cancellations", town.wang)
    assert client.get(path, query_string=day, headers=town.headers(town.doctor)).json["items"] == []


def test_seen_and_done(today, client, town):
    arrived = come(client, town, town.wang, town.hospital_scanner).json
    assert today.act(arrived, "completions", town.doctor).json["state"] == "fulfilled"
    assert today.act(arrived, "completions", town.doctor).json["state"] == "fulfilled"  # twice is once
    assert kind(today.act(arrived, "cancellations", town.wang)) == "wrong-state"


def test_what_was_not_checked_in_is_not_done(today, town):
    booked = today.of(town.wang)[0]
    assert kind(today.act(booked, "completions", town.doctor)) == "wrong-state"
    assert kind(today.act(booked, "absences", town.doctor)) == "wrong-state"  # the slot is not over


def test_who_did_not_come_missed_it(today, town, clock):
    booked = today.of(town.wang)[0]
    clock.advance(hours=1)
    town.sign_in_again()
    assert today.act(booked, "absences", town.doctor).json["state"] == "noshow"


def test_when_the_day_is_over_the_clock_says_so(today, town, clock):
    clock.freeze(city_clock.start_of(city_clock.today() + timedelta(days=1)) - timedelta(seconds=1))
    tidying.keep_up()
    town.sign_in_again()
    assert today.of(town.wang)[0]["state"] == "booked"
    clock.advance(seconds=1)
    tidying.keep_up()
    assert today.of(town.wang)[0]["state"] == "noshow"


# Days and hours


@pytest.mark.parametrize(
    ("today_is", "day", "starts_at"),
    [
        ("2026-11-30T23:30:00+08:00", "2026-12-01", "2026-12-01T06:00:00+00:00"),  # the month's end, before midnight
        ("2026-12-31T10:00:00+08:00", "2027-01-01", "2027-01-01T06:00:00+00:00"),
        ("2028-02-28T10:00:00+08:00", "2028-02-29", "2028-02-29T06:00:00+00:00"),
        ("2028-02-29T00:10:00+08:00", "2028-03-01", "2028-03-01T06:00:00+00:00"),  # still the 28th in Greenwich
    ],
)
def test_a_clinic_is_on_the_citys_day(hospital, town, clock, today_is, day, starts_at):
    from datetime import datetime

    clock.freeze(datetime.fromisoformat(today_is))
    town.sign_in_again()
    booked = hospital.begin().book(town.wang).json
    assert (booked["day"], booked["starts_at"]) == (day, starts_at)


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"ends": "14:20"}, "/ends"),
        ({"ends": "13:00"}, "/ends"),
        ({"starts": "24:00"}, "/starts"),
        ({"starts": "07:30"}, "/starts"),  # the hospital opens at eight
        ({"starts": "17:00", "ends": "18:00"}, "/starts"),
        ({"until_on": "2026-11-20"}, "/until_on"),
        ({"capacity": 0}, "/capacity"),
        ({"weekday": "funday"}, "/weekday"),
        ({"department_id": "01938f5a-8f00-7abc-8def-0123456789ab"}, "/department_id"),
        ({"staff_id": "01938f5a-8f00-7abc-8def-0123456789ab"}, "/staff_id"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_by_field(hospital, client, town, more, pointer):
    rule = {
        "kind": "clinic", "title": "内科", "weekday": "tue", "starts": "14:00", "ends": "15:00", "slot_minutes": 30,
        "capacity": 1, "released_days_ahead": 1, "released_at": "00:00", "from_on": "2026-11-24",
    }  # fmt: skip
    refused = hospital.ask(f"institutions/{town.hospital}/schedules", rule | more, town.institution_admin)
    assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, [pointer])


def test_on_the_line_and_at_home_there_are_no_opening_hours(hospital):
    assert len(hospital.begin(kind="virtual", starts="20:00", ends="21:00").slots) == 2


def test_slots_are_made_day_after_day(hospital, town, clock):
    """Two weeks later the worker has made what is due, once each."""
    clinic = hospital.begin()
    for _ in range(14):
        clock.advance(days=1)
        tidying.keep_up()
        tidying.keep_up()
    town.sign_in_again()
    assert [one["starts_at"][:10] for one in clinic.free(until_on="2027-01-20")] == ["2026-12-08"] * 2  # tomorrow's
    with transaction("read"):
        made = session().scalars(select(Slot.starts_at).order_by(Slot.id)).all()
    assert made == sorted(set(made))
    days = [city_clock.day_of(one).isoformat() for one in made[::2]]
    assert days == ["2026-11-24", "2026-12-01", "2026-12-08", "2026-12-15"]
