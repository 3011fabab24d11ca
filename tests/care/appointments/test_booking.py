"""Somebody wants to see a doctor: finds a slot, has it or not, changes their mind, waits."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from healthcode.care.appointments.models import Appointment, AppointmentChange, Slot
from healthcode.care.appointments.service import places
from healthcode.core import clock as city_clock
from healthcode.core import outbox, tidying
from healthcode.core.db import session, transaction
from tests.support.phones import new_deed
from tests.support.town import bearer
from tests.trust.family.test_family import granted

A = "/api/v1"


def kind(answer) -> str:
    return answer.json.get("type", "").rpartition("/")[2] or answer.json["state"]


def work() -> None:
    """The worker goes round."""
    tidying.keep_up()


def taken() -> list[int]:
    with transaction("read"):
        return list(session().scalars(select(Slot.taken).order_by(Slot.id).limit(2)))


# Finding


def test_slots_are_found_in_the_order_of_their_time_a_page_at_a_time(clinic, client):
    first = client.get(f"{A}/slots", query_string={"schedule_id": clinic.schedule_id, "limit": 1}).json
    second = client.get(
        f"{A}/slots", query_string={"schedule_id": clinic.schedule_id, "limit": 1, "after": first["next"]}
    ).json
    assert [one["starts_at"] for one in first["items"] + second["items"]] == [
        "2026-11-24T06:00:00+00:00",
        "2026-11-24T06:30:00+00:00",
    ]
    assert second["next"] is None


def test_nothing_free_is_an_empty_list(clinic, town):
    for n, person in enumerate((town.wang, town.son)):
        assert clinic.book(person, n).status_code == 201
    assert clinic.free() == []
    assert clinic.free(until_on="2026-11-23") == []
    assert [one["free"] for one in clinic.free(is_free="false")][:2] == [0, 0], "what is full can be waited for"


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"from_on": "2026-11-23", "until_on": "2027-01-25"}, "/until_on"),
        ({"from_on": "2026-12-02", "until_on": "2026-12-01"}, "/until_on"),
        ({"from_on": "2026-02-30"}, "/from_on"),
        ({"kind": "dentist"}, "/kind"),
        ({"doctor": "x"}, "/doctor"),
        ({"is_free": "no"}, "/is_free"),
    ],
)
def test_what_cannot_be_searched_is_said(client, app, asked, pointer):
    refused = client.get(f"{A}/slots", query_string=asked)
    assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, [pointer])


# Booking


def test_who_finds_a_slot_has_it(clinic, town):
    booked = clinic.book(town.wang)
    assert (booked.status_code, booked.json["state"], booked.json["made_by"]) == (201, "booked", "resident")
    assert booked.json["starts_at"] == "2026-11-24T06:00:00+00:00"
    assert [one["id"] for one in clinic.of(town.wang)] == [booked.json["id"]]
    assert taken() == [1, 0]


def test_who_comes_too_late_is_told_what_is_still_free(clinic, town):
    clinic.book(town.wang)
    late = clinic.book(town.stranger)
    assert (late.status_code, kind(late), late.json["free"]) == (409, "slot-taken", [clinic.slots[1]["id"]])
    assert taken() == [1, 0]


def test_a_second_click_is_the_same_booking(clinic, client, town):
    deed = town.headers(town.wang) | new_deed()
    send = lambda: client.post(  # noqa: E731
        f"{A}/residents/{town.wang.id}/appointments", json={"slot_id": clinic.slots[0]["id"]}, headers=deed
    )
    assert send().json == send().json
    assert taken() == [1, 0]


def test_without_its_key_a_second_booking_is_refused(clinic, town):
    clinic.book(town.wang)
    assert kind(clinic.book(town.wang, 1)) == "already-booked"


@pytest.mark.case("S2")
def test_nobody_is_in_two_places(hospital, town):
    one, other = hospital.begin(), hospital.begin(title="外科", starts="14:10", ends="15:10")
    one.book(town.wang)
    assert kind(other.book(town.wang)) == "slots-overlap"
    assert other.book(town.wang, 1).status_code == 201  # 14:40, after the first is over


def test_there_are_only_so_many(hospital, town):
    clinics = [
        hospital.begin(title=f"门诊{n}", starts=f"{8 + n:02}:00", ends=f"{9 + n:02}:00", capacity=9) for n in range(6)
    ]
    told = [kind(clinic.book(town.wang)) for clinic in clinics]
    assert told == ["booked"] * 5 + ["too-many-appointments"]
    town.visit(hospital.client, town.wang, town.hospital_scanner)
    assert clinics[5].book(town.wang, by=town.clerk).status_code == 201  # a desk may


def test_before_its_hour_nobody_books_and_everybody_sees_the_hour(hospital, town, clock):
    """Released at seven, three days ahead."""
    clinic = hospital.begin(weekday="fri", released_days_ahead=3, released_at="07:00", from_on="2026-11-27")
    assert clinic.slots == []
    with transaction("read"):
        slot_id = session().scalars(select(Slot.id).order_by(Slot.id)).first()
    early = clinic.book(town.wang, slot_id)
    assert (kind(early), early.json["opens_at"]) == ("slot-not-open", "2026-11-24T07:00:00+08:00")
    clock.freeze(
        city_clock.start_of(city_clock.today() + timedelta(days=1)) + timedelta(hours=6, minutes=59, seconds=59)
    )
    hospital.town._headers.clear()
    assert kind(clinic.book(town.wang, slot_id)) == "slot-not-open"
    clock.advance(seconds=1)
    assert clinic.book(town.wang, slot_id).status_code == 201


@pytest.mark.case("S7")
def test_what_has_begun_cannot_be_booked(clinic, town, clock):
    clock.freeze(city_clock.start_of(city_clock.today() + timedelta(days=1)) + timedelta(hours=14))
    town._headers.clear()
    assert kind(clinic.book(town.wang)) == "slot-not-open"
    assert clinic.book(town.wang, 1).status_code == 201


def test_an_expert_is_for_people_whom_a_desk_has_seen(hospital, town, proved):
    clinic = hospital.begin(kind="expert")
    with transaction():
        from healthcode.registry.residents.models import Resident

        session().get_one(Resident, town.wang.id).identity = "declared"
    assert kind(clinic.book(town.wang)) == "identity-not-proved"
    proved(town.wang)
    assert clinic.book(town.wang).status_code == 201


@pytest.mark.case("Z7")
def test_a_proxy_books_with_the_scope_and_not_without(clinic, client, town):
    assert clinic.book(town.wang, by=town.son).status_code == 404
    granted(client, town, scopes=["codes:show"])
    assert clinic.book(town.wang, by=town.son).status_code == 404
    granted(client, town, scopes=["appointments:book"])
    booked = clinic.book(town.wang, by=town.son)
    assert (booked.status_code, booked.json["made_by"]) == (201, "proxy")


def test_a_desk_books_for_who_stands_there_and_for_nobody_else(clinic, client, town):
    assert clinic.book(town.wang, by=town.clerk).status_code == 404
    town.visit(client, town.wang, town.hospital_scanner)
    assert clinic.book(town.wang, by=town.clerk).json["made_by"] == "staff"


def test_staff_of_the_clinic_add_a_place_with_a_reason(clinic, client, town):
    clinic.book(town.wang)
    town.visit(client, town.stranger, town.hospital_scanner)
    beyond = lambda **more: clinic.book(town.stranger, by=town.doctor, is_overbooking=True, **more)  # noqa: E731
    assert kind(beyond()) == "overbooking-needs-reason"
    added = beyond(reason="病情需要")
    assert (added.status_code, added.json["is_overbooked"]) == (201, True)
    assert kind(clinic.book(town.son, is_overbooking=True, reason="我要")) == "overbooking-needs-reason"
    with transaction("read"):
        assert (session().get_one(Slot, clinic.slots[0]["id"]).overbooked, taken_of(clinic)) == (1, 2)


def taken_of(clinic) -> int:
    return session().get_one(Slot, clinic.slots[0]["id"]).taken


# Holding


def test_a_place_is_kept_for_five_minutes(clinic, town, clock):
    held = clinic.book(town.wang, is_hold=True).json
    assert held["state"] == "proposed"
    assert kind(clinic.book(town.stranger)) == "slot-taken"
    clock.advance(minutes=4, seconds=59)
    assert clinic.act(held, "confirmations", town.wang).json["state"] == "booked"
    assert clinic.act(held, "confirmations", town.wang).json["state"] == "booked"  # twice is once


@pytest.mark.case("S8", "I12")
def test_a_hold_ends_by_itself(clinic, town, clock):
    held = clinic.book(town.wang, is_hold=True).json
    clock.advance(minutes=5)
    assert kind(clinic.act(held, "confirmations", town.wang)) == "hold-ended"
    assert kind(clinic.book(town.stranger)) == "slot-taken"  # it is free at a random minute
    clock.advance(minutes=32)
    town._headers.clear()
    assert clinic.book(town.stranger).status_code == 201  # no worker has been here
    assert clinic.of(town.wang)[0]["state"] == "cancelled"
    assert taken() == [1, 0]


@pytest.mark.case("B21")
def test_a_hold_that_only_a_job_ends_is_noticed(clinic, town, clock, monkeypatch):
    """The bug, planted: whoever wants the place does not look whether its hold is over."""
    monkeypatch.setattr(places, "end_overdue", lambda *_: 0)
    with pytest.raises(AssertionError):
        test_a_hold_ends_by_itself(clinic, town, clock)


# Giving up


@pytest.mark.case("S3")
def test_a_place_given_back_is_free_at_some_minute_and_nobody_knows_which(clinic, town, clock):
    booked = clinic.book(town.wang).json
    assert clinic.act(booked, "cancellations", town.wang).json["state"] == "cancelled"
    assert clinic.act(booked, "cancellations", town.wang).json["state"] == "cancelled"  # twice is once
    assert kind(clinic.book(town.son)) == "slot-taken"  # a friend who stands ready
    clock.advance(minutes=31)
    town._headers.clear()
    assert clinic.book(town.stranger).status_code == 201
    assert taken() == [1, 0]


def test_nobody_cancels_anothers(clinic, town):
    booked = clinic.book(town.wang).json
    assert clinic.act(booked, "cancellations", town.stranger).status_code == 404
    assert clinic.act(booked, "moves", town.stranger, {"slot_id": clinic.slots[1]["id"]}).status_code == 404


def test_what_has_begun_is_not_cancelled(clinic, town, clock):
    booked = clinic.book(town.wang).json
    clock.freeze(city_clock.start_of(city_clock.today() + timedelta(days=1)) + timedelta(hours=14))
    town._headers.clear()
    assert kind(clinic.act(booked, "cancellations", town.wang)) == "too-late-to-change"


# Moving


def test_the_old_place_goes_only_if_the_new_one_is_had(clinic, town):
    mine = clinic.book(town.wang).json
    clinic.book(town.stranger, 1)
    refused = clinic.act(mine, "moves", town.wang, {"slot_id": clinic.slots[1]["id"]})
    assert kind(refused) == "slot-taken"
    assert clinic.of(town.wang)[0]["slot_id"] == clinic.slots[0]["id"]
    assert taken() == [1, 1]


def test_a_move_is_one_appointment_with_its_history(clinic, town, clock):
    mine = clinic.book(town.wang).json
    moved = clinic.act(mine, "moves", town.wang, {"slot_id": clinic.slots[1]["id"]}).json
    assert (moved["id"], moved["slot_id"], moved["state"]) == (mine["id"], clinic.slots[1]["id"], "booked")
    with transaction("read"):
        steps = session().scalars(select(AppointmentChange).order_by(AppointmentChange.id)).all()
        assert sorted(Counter(step.slot_id for step in steps).values()) == [1, 1]
    clock.advance(minutes=31)
    town._headers.clear()
    assert clinic.book(town.stranger).status_code == 201


# Waiting


def test_who_waits_longest_is_offered_the_next_place(clinic, town, clock):
    mine = clinic.book(town.wang).json
    clinic.book(town.son, 1)
    assert kind(clinic.wait(town.stranger)) == "waitlist"
    assert kind(clinic.wait(town.stranger)) == "already-booked"
    clinic.act(mine, "cancellations", town.wang)
    (waiting,) = clinic.of(town.stranger)
    assert (waiting["is_offered"], waiting["slot_id"]) == (True, clinic.slots[0]["id"])
    assert kind(clinic.book(town.wang)) == "slot-taken"  # kept for who waited
    assert clinic.act(waiting, "confirmations", town.stranger).json["state"] == "booked"
    assert taken() == [1, 1]


def test_an_offer_that_is_not_answered_goes_on_to_the_next(clinic, client, town, clock):
    mine = clinic.book(town.wang).json
    clinic.book(town.son, 1)
    clinic.wait(town.stranger)
    clinic.act(mine, "cancellations", town.wang)
    clock.advance(seconds=1)
    clinic.wait(town.wang)
    clock.advance(minutes=30)
    town._headers.clear()
    work()
    assert clinic.of(town.stranger)[0]["state"] == "cancelled"
    assert clinic.of(town.wang)[0]["is_offered"]


def test_nobody_waits_while_there_are_places(clinic, town):
    clinic.book(town.wang)
    refused = clinic.wait(town.stranger)
    assert (kind(refused), refused.json["free"]) == ("places-are-free", [clinic.slots[1]["id"]])


# Not coming


def test_three_missed_clinics_close_the_phone_and_not_the_desk(hospital, town, clock):
    for _ in range(3):
        clinic = hospital.begin()
        assert clinic.book(town.wang).status_code == 201
        clock.advance(days=2)
        town._headers.clear()
        work()
    clinic = hospital.begin()
    refused = clinic.book(town.wang)
    assert (kind(refused), refused.json["until"]) == ("booking-closed", "2026-12-28T00:00:00+08:00")
    town.hospital_scanner.headers = bearer(town.app, "device", town.hospital_scanner.device_id)
    town.visit(hospital.client, town.wang, town.hospital_scanner)
    assert clinic.book(town.wang, by=town.clerk).status_code == 201
    clock.advance(days=30)
    town._headers.clear()
    assert hospital.begin().book(town.wang).status_code == 201


# A clinic that does not take place


def test_leave_lets_everybody_go_and_offers_another(hospital, client, town):
    clinic = hospital.begin(released_days_ahead=14)
    booked = clinic.book(town.wang).json
    closed = client.post(
        f"{A}/schedules/{clinic.schedule_id}/closed-days",
        json={"day": booked["day"], "reason": "医生休假"},
        headers=town.headers(town.institution_admin),
    )
    assert closed.json == {"count": 1}
    offered, lost = clinic.of(town.wang)
    assert (lost["id"], lost["state"]) == (booked["id"], "cancelled")
    assert (offered["is_offered"], offered["day"]) == (True, "2026-12-01")
    assert clinic.act(offered, "confirmations", town.wang).json["state"] == "booked"
    assert kind(clinic.book(town.stranger, clinic.slots[0]["id"])) == "slot-not-open"
    again = client.post(
        f"{A}/schedules/{clinic.schedule_id}/closed-days",
        json={"day": booked["day"], "reason": "医生休假"},
        headers=town.headers(town.institution_admin),
    )
    assert kind(again) == "wrong-state"


def test_who_died_is_expected_nowhere(clinic, client, town):
    booked = clinic.book(town.stranger).json
    died = {"died_on": "2026-11-23", "reason": "死亡证明"}
    client.post(f"{A}/residents/{town.stranger.id}/deaths", json=died, headers=town.headers(town.city_admin))
    outbox.deliver()
    with transaction("read"):
        assert session().get_one(Appointment, booked["id"]).state == "cancelled"


def test_another_institutions_clinics_are_not_ones_own(clinic, client, town):
    headers = bearer(town.app, "staff", town.institution_admin.id, town.hospital) | new_deed()
    rule = {
        "kind": "clinic", "title": "内科", "weekday": "tue", "starts": "08:00", "ends": "09:00", "slot_minutes": 30,
        "capacity": 1, "released_days_ahead": 1, "released_at": "07:00", "from_on": "2026-11-24",
    }  # fmt: skip
    assert client.post(f"{A}/institutions/{town.station}/schedules", json=rule, headers=headers).status_code == 403
