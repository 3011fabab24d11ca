"""What a scan opens: today's appointments at this institution, and the act that follows."""

from datetime import timedelta

import pytest

from healthcode.core import clock as city_clock
from tests.care.conftest import A, Clinic
from tests.support.town import Town, bearer


@pytest.fixture
def today(hospital: Clinic, town: Town, clock) -> Clinic:
    """It is half past one of the clinic's day; Wang has its first slot, in room 312."""
    clinic = hospital.begin(room="312 室")
    assert clinic.book(town.wang).status_code == 201
    clock.freeze(city_clock.start_of(city_clock.today() + timedelta(days=1)) + timedelta(hours=13, minutes=30))
    town._headers.clear()
    for scanner in (town.hospital_scanner, town.station_scanner, town.far_scanner):
        scanner.headers = bearer(town.app, "device", scanner.device_id)
    return clinic


def agenda(client, verification, scanner):
    return client.get(f"{A}/verifications/{verification['id']}/agenda", headers=scanner.headers)


def check_in(client, verification, act, scanner):
    return client.post(act["href"], json={"verification_id": verification["id"]}, headers=scanner.headers)


def test_a_scan_says_what_is_due_here_today_and_opens_the_check_in(today, client, town: Town):
    scanner = town.hospital_scanner
    verification = town.visit(client, town.wang, scanner)
    answer = agenda(client, verification, scanner).json
    assert answer["verification_id"] == verification["id"]
    (item,) = answer["items"]
    assert (item["kind"], item["id"]) == ("appointment", today.of(town.wang)[0]["id"])
    assert (item["title"], item["room"], item["starts_at"]) == ("内科", "312 室", "2026-11-24T06:00:00+00:00")
    assert (item["state"], item["ticket"], item["act"]) == (
        "booked",
        None,
        {"rel": "check-in", "href": "/api/v1/check-ins"},
    )
    arrived = check_in(client, verification, item["act"], scanner)
    assert arrived.status_code == 201
    (item,) = agenda(client, verification, scanner).json["items"]
    assert (item["state"], item["ticket"], item["act"]) == ("arrived", arrived.json["ticket"], None)


def test_of_two_the_next_can_be_checked_in_and_after_it_this_scan_opens_no_more(hospital, client, town: Town, clock):
    later = hospital.begin(title="外科", starts="15:00", ends="16:00")
    first = hospital.begin(title="内科")
    assert [one.book(town.wang).status_code for one in (later, first)] == [201, 201]
    clock.freeze(city_clock.start_of(city_clock.today() + timedelta(days=1)) + timedelta(hours=8))
    scanner = town.hospital_scanner
    town._headers.clear()
    scanner.headers = bearer(town.app, "device", scanner.device_id)
    verification = town.visit(client, town.wang, scanner)
    acts = lambda: [  # noqa: E731
        (item["title"], item["act"] and item["act"]["rel"])
        for item in agenda(client, verification, scanner).json["items"]
    ]
    assert acts() == [("内科", "check-in"), ("外科", None)]
    check_in(client, verification, {"href": f"{A}/check-ins"}, scanner)
    assert acts() == [("内科", None), ("外科", None)]
    clock.advance(seconds=30)
    verification = town.visit(client, town.wang, scanner)  # shown once more
    assert acts() == [("内科", None), ("外科", "check-in")]


def test_nothing_of_other_institutions_other_days_and_other_people(today, client, town: Town, clock):
    elsewhere = town.visit(client, town.wang, town.far_scanner)
    assert agenda(client, elsewhere, town.far_scanner).json["items"] == []
    assert agenda(client, elsewhere, town.hospital_scanner).status_code == 404
    stranger = town.visit(client, town.stranger, town.hospital_scanner)
    assert agenda(client, stranger, town.hospital_scanner).json["items"] == []
    today.act(today.of(town.wang)[0], "cancellations", town.wang)
    clock.advance(seconds=30)
    gone = town.visit(client, town.wang, town.hospital_scanner)
    assert agenda(client, gone, town.hospital_scanner).json["items"] == []


def test_a_verification_that_is_over_opens_nothing(today, client, town: Town, clock):
    scanner = town.hospital_scanner
    verification = town.visit(client, town.wang, scanner)
    clock.advance(minutes=14)
    scanner.headers = bearer(town.app, "device", scanner.device_id)
    clock.advance(minutes=2)
    assert agenda(client, verification, scanner).json["type"] == "/problems/verification-ended"


def test_an_appointment_of_a_merged_record_is_due_too(today, client, town: Town):
    from healthcode.core.db import session, transaction
    from healthcode.registry.residents.models import Resident

    with transaction():
        session().get_one(Resident, town.wang.id).merged_into_id = town.son.id
    verification = town.visit(client, town.son, town.hospital_scanner)
    (item,) = agenda(client, verification, town.hospital_scanner).json["items"]
    assert item["act"] is not None
