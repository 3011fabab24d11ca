"""What becomes of a referral: taken on, booked, done, declined, taken back, forgotten; and who waits first."""

from datetime import datetime, timedelta

import pytest

from healthcode.core import clock as city_clock
from healthcode.core import tidying
from healthcode.core.db import session, transaction
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents.models import Resident
from tests.care.conftest import Clinic
from tests.pathways.conftest import Ways, kind

A = "/api/v1"


def test_accepted_once_is_accepted(ways: Ways, town):
    made = ways.referred()
    assert kind(ways.act(made, "acceptances", ways.village_doctor)) == "not-allowed"
    assert kind(ways.act(made, "acceptances", town.clerk)) == "accepted"
    assert kind(ways.act(made, "acceptances", town.doctor)) == "accepted"
    assert ways.history(made) == ["requested", "accepted"]


def test_declined_with_a_reason_that_everybody_reads(ways: Ways, town):
    made = ways.referred()
    assert ways.act(made, "rejections", town.doctor).status_code == 422
    assert kind(ways.act(made, "rejections", ways.village_doctor, reason="算了")) == "not-allowed"
    assert kind(ways.act(made, "rejections", town.doctor, reason="无床位")) == "rejected"
    assert kind(ways.act(made, "rejections", town.doctor, reason="另一原因")) == "rejected"
    for who in (town.doctor, ways.village_doctor, town.wang):
        assert ways.see(f"referrals/{made['id']}", who).json["decided_reason"] == "无床位"
        steps = ways.see(f"referrals/{made['id']}/changes", who).json["items"]
        assert [(one["state"], one["reason"]) for one in steps] == [("requested", None), ("rejected", "无床位")]
    for deed in ("acceptances", "cancellations"):
        by = town.doctor if deed == "acceptances" else town.wang
        assert kind(ways.act(made, deed, by)) == "wrong-state"


def test_taken_back_by_the_resident_with_its_appointment(ways: Ways, town):
    clinic = ways.clinic()
    made = ways.referred(slot_id=clinic.slots[0]["id"])
    assert kind(ways.act(made, "cancellations", town.doctor)) == "not-allowed"
    cancelled = ways.act(made, "cancellations", town.wang, reason="好了").json
    assert (cancelled["state"], cancelled["appointment"]["state"]) == ("cancelled", "cancelled")
    assert ways.state(made) == "cancelled"  # what the appointment announced changes nothing more
    assert ways.see(f"referrals/{made['id']}", town.doctor).json["decided_reason"] == "好了"


@pytest.mark.parametrize("who", ["the receiver", "the resident"])
def test_whoever_booked_it_the_referrer_takes_it_back_with_its_place(ways: Ways, town, who):
    clinic, made = ways.clinic(), ways.referred()
    assert kind(ways.act(made, "acceptances", town.doctor)) == "accepted"
    by = town.clerk if who == "the receiver" else town.wang
    assert kind(ways.act(made, "bookings", by, slot_id=clinic.slots[0]["id"])) == "booked"
    cancelled = ways.act(made, "cancellations", ways.village_doctor, reason="已好转").json
    assert (cancelled["state"], cancelled["appointment"]["state"]) == ("cancelled", "cancelled")


def test_a_declined_booking_gives_its_place_up(ways: Ways, town):
    made = ways.referred(slot_id=ways.clinic().slots[0]["id"])
    declined = ways.act(made, "rejections", town.doctor, reason="请先去急诊").json
    assert (declined["state"], declined["appointment"]["state"]) == ("rejected", "cancelled")


def test_with_a_place_it_is_booked_in_the_same_step(ways: Ways, town):
    clinic = ways.clinic()
    made = ways.referred(slot_id=clinic.slots[0]["id"])
    assert (made["state"], made["appointment"]["starts_at"]) == ("booked", clinic.slots[0]["starts_at"])
    assert ways.history(made, ways.village_doctor) == ["booked"]
    assert [one["id"] for one in clinic.of(town.wang)] == [made["appointment"]["id"]]


def test_without_the_place_there_is_no_referral(ways: Ways, town):
    clinic = ways.clinic()
    clinic.book(town.son)
    assert kind(ways.refer(slot_id=clinic.slots[0]["id"])) == "slot-taken"
    assert ways.work(town.doctor) == []
    elsewhere = ways.refer(by=town.doctor, to=town.station, slot_id=clinic.slots[1]["id"])
    assert [one["pointer"] for one in elsewhere.json["errors"]] == ["/slot_id"]
    assert clinic.of(town.wang) == []
    assert [one["id"] for one in clinic.free()] == [clinic.slots[1]["id"]]


def test_a_consultation_at_a_distance_wants_a_virtual_clinic(ways: Ways, town):
    plain, virtual = ways.clinic(), ways.clinic(kind="virtual", title="远程会诊", starts="16:00", ends="17:00")
    refused = ways.refer(slot_id=plain.slots[0]["id"], is_virtual=True)
    assert [one["pointer"] for one in refused.json["errors"]] == ["/slot_id"]
    made = ways.referred(slot_id=virtual.slots[0]["id"], is_virtual=True)
    assert (made["is_virtual"], made["state"]) == (True, "booked")


@pytest.mark.parametrize("who", ["village_doctor", "doctor", "wang"])
def test_once_accepted_either_side_or_the_resident_books(ways: Ways, town, who):
    by = ways.village_doctor if who == "village_doctor" else getattr(town, who)
    clinic, made = ways.clinic(), ways.referred()
    slot = clinic.slots[1]["id"]
    assert kind(ways.act(made, "bookings", by, slot_id=slot)) == "wrong-state"
    ways.act(made, "acceptances", town.doctor)
    booked = ways.act(made, "bookings", by, slot_id=slot).json
    assert (booked["state"], booked["appointment"]["slot_id"]) == ("booked", slot)
    assert kind(ways.act(made, "bookings", by, slot_id=clinic.slots[0]["id"])) == "wrong-state"


# What follows from the appointment


@pytest.fixture
def booked(ways: Ways) -> dict:
    return ways.referred(slot_id=ways.clinic().slots[0]["id"])


def appointment(ways: Ways, referral: dict, deed: str, by, body=None):
    answer = ways.ask(f"appointments/{referral['appointment']['id']}/{deed}", by, body)
    assert answer.status_code == 201, answer.json
    return answer


def test_an_appointment_given_up_leaves_it_on_the_work_list(ways: Ways, town, booked):
    appointment(ways, booked, "cancellations", town.wang, {})
    assert ways.state(booked) == "accepted"
    (waits,) = ways.work(town.doctor)
    assert (waits["id"], waits["appointment"]) == (booked["id"], None)
    again = ways.clinic(title="外科", starts="16:00", ends="17:00")
    assert kind(ways.act(booked, "bookings", town.wang, slot_id=again.slots[0]["id"])) == "booked"
    assert ways.history(booked) == ["booked", "accepted", "booked"]


def test_a_move_inside_the_house_keeps_it_and_one_elsewhere_does_not(ways: Ways, client, town, booked):
    slots = Clinic(client, town, booked["appointment"]["schedule_id"]).free()
    appointment(ways, booked, "moves", town.wang, {"slot_id": slots[0]["id"]})
    assert ways.state(booked) == "booked"
    station = ways.ask(
        f"institutions/{town.station}/schedules",
        town.city_admin,
        {
            "kind": "clinic", "title": "全科", "weekday": "tue", "starts": "17:00", "ends": "17:30", "slot_minutes": 30,
            "capacity": 1, "released_days_ahead": 1, "released_at": "00:00", "from_on": "2026-11-24",
        },
    )  # fmt: skip
    there = Clinic(client, town, station.json["id"]).free()
    appointment(ways, booked, "moves", town.wang, {"slot_id": there[0]["id"]})
    assert ways.state(booked) == "accepted"


def test_who_does_not_come_is_asked_after(ways: Ways, town, booked):
    ways.on_the_day()
    ways.later(hours=1)
    appointment(ways, booked, "absences", town.doctor)
    assert ways.state(booked) == "unattended"
    for who, side in ((town.doctor, "in"), (ways.village_doctor, "out")):
        assert [one["state"] for one in ways.work(who, side)] == ["unattended"]
    assert kind(ways.act(booked, "acceptances", town.doctor)) == "accepted"
    assert ways.see(f"referrals/{booked['id']}", town.wang).json["appointment"] is None


# What the clock does


@pytest.mark.parametrize(
    ("urgency", "within"),
    [("stat", timedelta(hours=2)), ("asap", timedelta(hours=24)), ("urgent", timedelta(hours=72)),
     ("routine", timedelta(days=14))],
)  # fmt: skip
def test_what_nobody_decides_in_time_stays_in_view(ways: Ways, town, urgency, within):
    made = ways.referred(urgency=urgency)
    due = datetime.fromisoformat(made["due_at"])
    assert due - datetime.fromisoformat(made["created_at"]) == within
    city_clock.freeze(due - timedelta(seconds=1))
    tidying.keep_up()
    ways.sign_in_again()
    assert [one["state"] for one in ways.work(town.doctor)] == ["requested"]
    city_clock.freeze(due)
    tidying.keep_up()
    tidying.keep_up()
    assert ways.history(made) == ["requested", "unattended"]
    assert [one["state"] for one in ways.work(ways.village_doctor, "out")] == ["unattended"]
    assert kind(ways.act(made, "rejections", town.doctor, reason="逾期")) == "rejected"


def test_who_accepted_in_time_has_decided(ways: Ways, town):
    made = ways.referred(urgency="stat")
    ways.act(made, "acceptances", town.doctor)
    ways.later(hours=3)
    tidying.keep_up()
    assert ways.state(made) == "accepted"


def test_the_most_urgent_come_first_and_then_who_has_waited_longest(ways: Ways, client, town):
    with transaction():
        departments = [
            institutions.add_department(town.hospital, code=f"d{number}", name=f"科{number}").id for number in range(7)
        ]
    wanted = ["routine", "asap", "urgent", "stat", "asap", "routine", "stat"]
    for urgency, department in zip(wanted, departments, strict=True):
        ways.referred(urgency=urgency, department_id=department)
    order = [departments[place] for place in (3, 6, 1, 4, 2, 0, 5)]
    assert [one["department_id"] for one in ways.work(town.doctor)] == order
    path, found, after = f"institutions/{town.hospital}/referrals", [], {}
    while True:
        page = ways.see(path, town.doctor, limit=2, **after).json
        found += [one["department_id"] for one in page["items"]]
        if page["next"] is None:
            break
        # Whatever becomes of the row that the cursor names, its place is where it was.
        ways.act(page["items"][-1], "rejections", town.doctor, reason="无床位")
        after = {"after": page["next"]}
    assert found == order


# Sent back down


def test_sent_back_down_it_answers_the_first_and_completes_it(ways: Ways, town):
    up = ways.referred()
    back = {"by": town.doctor, "to": town.station, "answers_id": up["id"]}
    assert kind(ways.refer(**back)) == "wrong-state"  # it was not even taken on
    ways.act(up, "acceptances", town.doctor)
    refused = ways.refer(**back, of=town.son)
    assert [one["pointer"] for one in refused.json["errors"]] == ["/answers_id"]
    down = ways.referred(**back, reason="病情平稳，回社区随访")
    assert (down["direction"], down["answers_id"], ways.state(up)) == ("down", up["id"], "completed")
    assert kind(ways.act(down, "acceptances", town.station_worker)) == "accepted"
    assert kind(ways.act(down, "completions", town.doctor)) == "not-allowed"
    done = ways.act(down, "completions", ways.village_doctor, summary="血压 128/80").json
    assert (done["state"], done["summary"]) == ("completed", "血压 128/80")
    assert ways.see(f"referrals/{down['id']}", town.doctor).json["summary"] == "血压 128/80"


# Numbers


@pytest.mark.parametrize(
    ("first", "second", "december"),
    [
        ("2026-12-31T23:59:58+08:00", "2027-01-01T00:00:01+08:00", 1),  # the year ends in the city, not in Greenwich
        ("2026-12-01T00:00:01+08:00", "2026-12-31T12:00:00+08:00", 2),
        ("2026-11-30T23:59:58+08:00", "2026-12-01T07:59:00+08:00", 1),
    ],
)
def test_numbers_are_of_the_citys_days(ways: Ways, town, first, second, december):
    for moment, person in ((first, town.wang), (second, town.son)):
        city_clock.freeze(datetime.fromisoformat(moment) - timedelta(seconds=1))
        ways.sign_in_again()
        at = ways.referred(of=person)["created_at"]
        assert datetime.fromisoformat(at) == datetime.fromisoformat(moment)
    city_clock.freeze(datetime.fromisoformat("2027-01-02T10:00:00+08:00"))
    ways.sign_in_again()
    asked = {"from_on": "2026-12-01", "until_on": "2026-12-31"}
    for place, side in ((town.station, "sent"), (town.hospital, "received")):
        told = ways.see(f"institutions/{place}/referral-figures", town.city_admin, **asked).json
        assert told[side] == {"up": december, "down": 0, "across": 0}


def test_numbers_say_what_became_of_those_received(ways: Ways, town):
    done, declined, _left = (ways.referred(of=person) for person in (town.wang, town.son, town.child))
    ways.act(done, "acceptances", town.doctor)
    ways.act(done, "completions", town.doctor)
    ways.act(declined, "rejections", town.doctor, reason="无床位")
    ways.later(days=14)
    tidying.keep_up()
    path = f"institutions/{town.hospital}/referral-figures"
    told = ways.see(path, town.institution_admin).json
    assert (told["received"]["up"], told["completed"], told["rejected"], told["unattended"]) == (3, 1, 1, 1)
    assert ways.see(f"institutions/{town.station}/referral-figures", town.institution_admin).status_code == 403
    year = {"from_on": "2025-12-08", "until_on": "2026-12-08"}
    assert ways.see(path, town.auditor, **year).status_code == 200
    for wrong in (year | {"from_on": "2025-12-07"}, {"from_on": "2026-12-02", "until_on": "2026-12-01"}):
        assert ways.see(path, town.auditor, **wrong).status_code == 422


def test_a_dead_persons_place_is_not_taken(ways: Ways, town):
    made = ways.referred()
    ways.act(made, "acceptances", town.doctor)
    with transaction():
        session().get_one(Resident, town.wang.id).died_on = city_clock.today()
    slot = ways.clinic().slots[0]["id"]
    assert ways.act(made, "bookings", town.doctor, slot_id=slot).status_code == 404
