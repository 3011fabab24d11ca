"""Nobody wins by speed, by many accounts or by keeping others out; and whoever could not come may say so."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from healthcode.care.appointments import service
from healthcode.care.appointments.models import Appointment, Slot
from healthcode.care.appointments.service import clinics, places
from healthcode.core import tidying
from healthcode.core.caller import EVERYBODY, Caller
from healthcode.core.db import session, transaction
from tests.care.conftest import A, Clinic
from tests.support.sign_in import Visitor
from tests.support.town import Person, Town, _resident


def newcomers(count: int, first: int = 1000) -> list[Person]:
    """So many people whom a desk has seen, each with a phone."""
    with transaction():
        return [
            _resident(f"新人{n}", "female", date(1980, 1, 1), f"+86139{first + n:08d}", identity="proved")
            for n in range(count)
        ]


def drawn(hospital: Clinic, **more: Any) -> Clinic:
    """An expert clinic with a draw, released now."""
    return hospital.begin(kind="expert", has_draw=True, released_at="09:00", **more)


@pytest.mark.case("S4")
def test_in_the_first_minutes_one_asks_and_is_drawn(hospital: Clinic, town: Town, clock) -> None:
    clinic = drawn(hospital)
    early = clinic.book(town.wang)
    assert (early.status_code, early.json["type"]) == (409, "/problems/draw-ahead")
    assert early.json["draws_at"].endswith("09:03:00+08:00")
    people = newcomers(6)
    for person in people:
        assert clinic.wait(person).json["is_offered"] is False, "there are places, and still nobody is quicker"
    clock.advance(minutes=3)
    tidying.keep_up()
    offered = [person for person in people if clinic.of(person)[0]["is_offered"]]
    assert len(offered) == len(clinic.slots) == 2
    taken = clinic.act(clinic.of(offered[0])[0], "confirmations", offered[0])
    assert taken.json["state"] == "booked"
    late = clinic.book(town.wang)
    assert (late.status_code, late.json["type"]) == (409, "/problems/slot-taken")


@pytest.mark.case("S4")
def test_the_draw_is_held_by_the_clock_also_when_no_worker_came(hospital: Clinic, town: Town, clock) -> None:
    clinic = drawn(hospital)
    assert clinic.wait(town.son).status_code == 201
    clock.advance(minutes=3)
    first = clinic.book(town.wang, 1)
    assert (first.status_code, first.json["type"]) == (409, "/problems/draw-ahead"), (
        "whoever comes first holds the draw"
    )
    assert first.headers["Retry-After"] == "1"
    booked = clinic.book(town.wang, 1)
    assert booked.status_code == 201, "one asked and there were two places: the other is anybody's"
    assert clinic.of(town.son)[0]["is_offered"]
    with transaction("read") as current:
        tomorrow = Slot.id.in_([slot["id"] for slot in clinic.slots])
        assert set(current.execute(select(Slot.draws_at, Slot.taken).where(tomorrow)).tuples()) == {(None, 1)}


@pytest.mark.case("S4")
def test_a_draw_with_more_people_than_places_stays_drawn(hospital: Clinic, town: Town, clock) -> None:
    """Also by somebody who then finds no place; and whoever asked after the three minutes had no lot."""
    clinic = drawn(hospital)
    people = newcomers(4)
    for person in people[:3]:
        clinic.wait(person)
    clock.advance(minutes=3, seconds=1)
    clinic.wait(people[3])
    assert clinic.book(town.wang).json["type"] == "/problems/draw-ahead"
    assert clinic.book(town.wang).json["type"] == "/problems/slot-taken"
    offered = [clinic.of(person)[0]["is_offered"] for person in people]
    assert (sum(offered), offered[3]) == (2, False)


@pytest.mark.case("S4")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rounds", [3, pytest.param(40, marks=pytest.mark.proof)])
def test_a_machine_that_asks_at_once_is_drawn_no_more_often(hospital: Clinic, town: Town, clock, monkeypatch, rounds):
    """Half of them ask in the first instant, half some seconds later: chi-square of who was drawn, one degree of freedom."""
    monkeypatch.setattr(places, "lottery", Random(2026))
    won = {"machine": 0, "person": 0}
    crowd = newcomers(40)
    for turn in range(rounds):
        clinic = drawn(hospital, title=f"专家{turn}", starts="08:00", ends="13:00")
        ask_all(clinic, crowd[:20])
        clock.advance(seconds=5)
        ask_all(clinic, crowd[20:])
        clock.advance(minutes=3)
        with transaction():
            service.hold_draws(clock.now())
        with transaction() as current:
            offered = set(
                current.scalars(
                    select(Appointment.resident_id).where(
                        Appointment.schedule_id == clinic.schedule_id, Appointment.slot_id.is_not(None)
                    )
                )
            )
            current.query(Appointment).filter_by(schedule_id=clinic.schedule_id).update({"state": "cancelled"})
        won["machine"] += sum(one.id in offered for one in crowd[:20])
        won["person"] += sum(one.id in offered for one in crowd[20:])
        clock.advance(seconds=-185)
    expected = 5 * rounds
    assert won["machine"] + won["person"] == 2 * expected
    assert sum((count - expected) ** 2 / expected for count in won.values()) < 6.63, won  # p > 0.01


def ask_all(clinic: Clinic, people: list[Person]) -> None:
    with transaction():
        for person in people:
            caller = Caller(kind="resident", id=person.id, session_id=person.id, sight=EVERYBODY)
            service.wait(caller, resident_id=person.id, slot_id=clinic_slot(clinic))


def clinic_slot(clinic: Clinic) -> str:
    found = session().scalar(select(Slot.id).where(Slot.schedule_id == clinic.schedule_id).order_by(Slot.id).limit(1))
    assert found is not None
    return found


@pytest.mark.case("S5")
def test_one_device_books_experts_for_a_few_people_a_day(hospital: Clinic, client, town: Town, clock) -> None:
    """However many accounts sign in on it: what it was given for the first stands for all of them."""
    clinic = hospital.begin(kind="expert", capacity=20)
    people = newcomers(6)
    secret = sign_in_on(client, town, people[0], None)
    for person in people[1:]:
        sign_in_on(client, town, person, secret)
    answers = [clinic.book(person) for person in people]
    assert [answer.status_code for answer in answers] == [201] * 4 + [403] * 2
    assert answers[-1].json["type"] == "/problems/too-many-on-one-device"
    own = clinic.act(answers[0].json, "moves", people[0], {"slot_id": clinic.slots[1]["id"]})
    assert own.status_code == 201, "whoever has booked here may go on"
    ordinary = hospital.begin(title="普通门诊", starts="16:00", ends="17:00")
    usual = ordinary.book(people[5])
    assert usual.status_code == 201, "only experts are counted"
    swapped = clinic.act(usual.json, "moves", people[5], {"slot_id": clinic.slots[0]["id"]})
    assert swapped.json["type"] == "/problems/too-many-on-one-device", "and a move is a booking"
    clock.advance(hours=24, seconds=1)
    town.sign_in_again()
    later = hospital.begin(kind="expert", title="次日", capacity=20)
    assert later.book(people[5]).status_code == 201


def sign_in_on(client: FlaskClient, town: Town, person: Person, secret: str | None) -> str | None:
    """On a device that brings what it was given before; what it is given now."""
    signed_in = Visitor(client, str(person.phone), device_secret=secret).sign_in()
    town._headers[person.id] = {"Authorization": f"Bearer {signed_in['access_token']}"}
    given: str | None = signed_in["device_secret"]
    return given


@pytest.mark.case("S6")
def test_an_absence_that_is_excused_no_longer_counts(hospital: Clinic, town: Town, clock) -> None:
    missed = []
    for n in range(3):
        town.sign_in_again()
        clinic = hospital.begin(title=f"门诊{n}")
        booked = clinic.book(town.stranger)
        assert booked.status_code == 201
        missed.append(booked.json)
        clock.advance(days=2)
        tidying.keep_up()
    town.sign_in_again()
    clinic = hospital.begin(title="再来")
    assert clinic.book(town.stranger).json["type"] == "/problems/booking-closed"
    said = clinic.act(missed[0], "appeals", town.stranger, {"text": "住院了"})
    assert (said.status_code, said.json["is_excused"]) == (201, None)
    assert clinic.act(missed[0], "appeals", town.stranger, {"text": "再说"}).json["type"] == "/problems/not-missed"
    assert clinic.act(missed[1], "appeals", town.wang, {"text": "别人的"}).status_code == 404
    assert clinic.book(town.stranger).status_code == 403, "to ask is not yet to be excused"

    listed = appeals(clinic, town.doctor, town.hospital)
    (waiting,) = listed.json["items"]
    assert (waiting["display_name"], waiting["appeal"]["text"]) == ("陈*人", "住院了")
    assert appeals(clinic, town.far_clerk, town.hospital).status_code == 403
    assert decide(clinic, said.json, town.far_clerk).status_code == 404
    assert decide(clinic, said.json, town.doctor).json["is_excused"] is True
    assert decide(clinic, said.json, town.doctor).status_code == 409
    assert appeals(clinic, town.doctor, town.hospital).json["items"] == []
    assert clinic.book(town.stranger).status_code == 201


def appeals(clinic: Clinic, by: Person, institution_id: str) -> Any:
    path = f"{A}/institutions/{institution_id}/appeals"
    return clinic.client.get(path, headers=clinic.town.headers(by))


def decide(clinic: Clinic, appeal: dict[str, Any], by: Person) -> Any:
    return clinic.ask(f"appeals/{appeal['id']}/decisions", {"is_excused": True}, by)


def test_kept_places_are_for_referrals_until_their_hour(hospital: Clinic, town: Town, clock) -> None:
    clinic = hospital.begin(capacity=2, kept_for_referrals=3, kept_until_hours=24, released_at="09:00")
    assert [slot["free"] for slot in clinic.slots] == [1], "one of the two slots is kept whole"
    assert clinic.book(town.wang).status_code == 201
    refused = clinic.book(town.stranger)
    assert (refused.status_code, refused.json["free"]) == (409, [])
    doctor = Caller(kind="staff", id=town.doctor.id, institution_id=town.station, sight=EVERYBODY)
    with transaction() as current:
        booked = service.book(doctor, resident_id=town.son.id, slot_id=clinic.slots[0]["id"], is_referral=True)
        slot = current.get_one(Slot, booked.slot_id)
        current.refresh(slot)
        assert (slot.taken, slot.kept) == (2, 0)
    clock.advance(hours=5, minutes=30)
    town.sign_in_again()
    tidying.keep_up()
    assert clinic.free() == [], "24 hours before it begins, what nobody referred to comes back like what was given up"
    clock.advance(minutes=31)
    town.sign_in_again()
    last = clinic.free(is_free="false")[1]
    assert clinic.book(town.stranger, last["id"]).status_code == 201, "at a minute that nobody knew"


def test_whoever_gives_up_two_places_of_a_clinic_gets_no_third(hospital: Clinic, town: Town, clock) -> None:
    clinic = hospital.begin(capacity=10)
    for n in range(2):
        held = clinic.book(town.wang, is_hold=n == 0).json
        assert clinic.act(held, "cancellations", town.wang).status_code == 201
    refused = clinic.book(town.wang)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/given-up-too-often")
    assert hospital.begin(title="外科").book(town.wang).status_code == 201, "another clinic is not concerned"


def test_a_hold_that_is_over_keeps_nobody_from_another_place(hospital: Clinic, town: Town, clock) -> None:
    clinic = hospital.begin()
    held = clinic.book(town.wang, is_hold=True).json
    clock.advance(minutes=5)
    assert clinic.act(held, "confirmations", town.wang).json["type"] == "/problems/hold-ended"
    assert clinic.book(town.wang, 1).status_code == 201


def test_what_staff_add_takes_nobody_s_place(hospital: Clinic, town: Town, client, clock) -> None:
    clinic = hospital.begin()
    town.visit(client, town.son, town.hospital_scanner)
    added = clinic.book(town.son, by=town.doctor, is_overbooking=True, reason="复诊")
    assert added.status_code == 201, added.json
    assert clinic.book(town.wang).status_code == 201, "the slot's own place is still there"
    assert clinic.wait(town.stranger).json["type"] == "/problems/places-are-free"
    assert clinic.book(town.stranger, 1).status_code == 201
    assert clinic.act(added.json, "cancellations", town.son).status_code == 201
    with transaction("read") as current:
        slots = Slot.id.in_([slot["id"] for slot in clinic.slots])
        counted = current.execute(select(Slot.taken, Slot.overbooked).where(slots)).tuples()
        assert list(counted) == [(1, 0), (1, 0)], "it went as it came"


def test_what_is_over_counts_no_longer(hospital: Clinic, town: Town, clock) -> None:
    """Five waits for clinics that are over, and no worker has been here."""
    for n in range(5):
        full = hospital.begin(title=f"满{n}", starts=f"{8 + n:02}:00", ends=f"{8 + n:02}:30")
        assert full.book(town.son).status_code == 201
        assert full.wait(town.stranger).status_code == 201
        clock.freeze(clock.now())
        for one in full.of(town.son):
            if one["state"] == "booked":
                full.act(one, "confirmations", town.son)
    assert hospital.begin(title="第六").book(town.stranger).json["type"] == "/problems/too-many-appointments"
    clock.advance(days=2)
    town.sign_in_again()
    assert hospital.begin(title="之后").book(town.stranger).status_code == 201
    tidying.keep_up()
    assert {one["state"] for one in hospital.of(town.stranger)} == {"cancelled", "booked"}


def test_a_clinic_released_two_weeks_ahead_has_its_slots_before_its_hour(hospital: Clinic, town: Town, clock) -> None:
    clinic = hospital.begin(released_days_ahead=14, released_at="07:00")
    for _ in range(30):
        clock.advance(days=1)
        tidying.keep_up()
        with transaction("read") as current:
            furthest = current.scalar(select(func.max(Slot.day)).where(Slot.schedule_id == clinic.schedule_id))
        assert furthest is not None
        assert furthest >= clock.today() + timedelta(days=14), "whoever comes at seven finds them"


def test_a_visit_at_one_house_does_not_open_the_clinics_of_another(hospital: Clinic, town: Town, client, clock) -> None:
    booked = hospital.begin().book(town.wang).json
    town.visit(client, town.wang, town.far_scanner)
    listed = client.get(f"{A}/residents/{town.wang.id}/appointments", headers=town.headers(town.far_clerk))
    assert (listed.status_code, listed.json["items"]) == (200, [])
    assert hospital.act(booked, "cancellations", town.far_clerk).status_code == 404
    elsewhere = hospital.begin(title="外科", starts="16:00", ends="17:00").book(town.wang, by=town.far_clerk)
    assert elsewhere.status_code == 201, "what they book themselves they may also undo"
    assert hospital.act(elsewhere.json, "cancellations", town.far_clerk).status_code == 201


def test_a_consultation_on_the_line_is_finished_and_not_missed(hospital: Clinic, town: Town, client, clock) -> None:
    consultation = hospital.begin(kind="virtual", starts="09:30", ends="10:30")
    booked = consultation.book(town.wang).json
    clock.advance(days=1)
    town.sign_in_again()
    assert consultation.act(booked, "completions", town.doctor).json["state"] == "fulfilled"
    second = hospital.begin(kind="virtual", title="远程", starts="09:30", ends="10:30").book(town.wang).json
    clock.advance(days=2)
    town.sign_in_again()
    tidying.keep_up()
    assert {one["id"]: one["state"] for one in hospital.of(town.wang)}[second["id"]] == "booked", (
        "nobody said otherwise"
    )


def test_more_places_cannot_be_kept_than_there_are(hospital: Clinic, town: Town) -> None:
    with pytest.raises(AssertionError, match="422 == 201"):
        hospital.begin(capacity=1, kept_for_referrals=3, kept_until_hours=1)


def test_the_nearest_institutions_are_searched(hospital: Clinic, town: Town, monkeypatch) -> None:
    clinic = hospital.begin()
    monkeypatch.setattr(clinics, "NEAREST", 1)
    here, far = "24.7814,118.5517", "24.5760,118.6080"
    assert len(clinic.free(near=here)) == 2
    assert clinic.free(near=far) == []
    asked = clinic.client.get(f"{A}/slots", query_string={"near": "here"})
    assert asked.status_code == 422


def test_an_added_place_that_was_only_held_goes_as_it_came(hospital: Clinic, town: Town, client, clock) -> None:
    clinic = hospital.begin()
    assert clinic.book(town.wang).status_code == 201
    town.visit(client, town.son, town.hospital_scanner)
    held = clinic.book(town.son, by=town.doctor, is_overbooking=True, is_hold=True, reason="复诊")
    assert held.status_code == 201, held.json
    clock.advance(minutes=40)
    tidying.keep_up()
    with transaction("read") as current:
        mine = Slot.id == clinic.slots[0]["id"]
        assert current.execute(select(Slot.taken, Slot.overbooked).where(mine)).tuples().all() == [(1, 0)]
