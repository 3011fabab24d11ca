"""Who is told what: of others' deeds, of a clinic's and of the clock's, in words that are made when they are read."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from healthcode.core import clock as city_clock
from healthcode.core import spoken, tidying
from healthcode.core.db import session, transaction
from healthcode.core.outbox import Delivery, deliver
from healthcode.registry.residents.models import Resident
from healthcode.trust.grounds import service as grounds
from healthcode.watch.notices.models import Notice
from tests.care.conftest import A, Clinic
from tests.support import queues
from tests.support.phones import new_deed
from tests.support.town import Person, Town
from tests.watch.conftest import Told


def open_to(proxy: Person, resident: Person) -> None:
    """The resident lets the proxy book for them, for a month."""
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


def titles(answer) -> list[str]:
    return [item["title"] for item in answer["items"]]


def test_what_somebody_did_themselves_is_not_told_them(clinic: Clinic, town: Town, told: Told):
    booked = clinic.book(town.wang).json
    clinic.act(booked, "moves", town.wang, {"slot_id": clinic.slots[1]["id"]})
    clinic.act(booked, "cancellations", town.wang)
    assert told(town.wang) == {"items": [], "next": None, "unread": 0}


def test_what_a_proxy_or_a_desk_did_is_told_with_the_time_and_the_place(clinic: Clinic, town: Town, told: Told, clock):
    open_to(town.son, town.wang)
    booked = clinic.book(town.wang, by=town.son).json
    clock.advance(seconds=1)
    clinic.act(booked, "moves", town.hotline, {"slot_id": clinic.slots[1]["id"]})
    clock.advance(seconds=1)
    clinic.act(booked, "cancellations", town.hotline, {"reason": "来电取消"})
    found = told(town.wang)
    assert [(one["title"], one["detail"]) for one in found["items"]] == [
        ("服务台取消了您的预约", "明天 14:30，晋江市医院 内科。原因：来电取消"),
        ("服务台改了您的预约时间", "改到明天 14:30，晋江市医院 内科。"),
        ("代办人为您预约了就诊", "明天 14:00，晋江市医院 内科。"),
    ]
    assert found["unread"] == 3
    assert {(one["subject"]["kind"], one["subject"]["id"]) for one in found["items"]} == {("appointment", booked["id"])}
    english = told(town.wang, by=town.son, language="en")
    assert english["items"][1]["detail"] == "It is now tomorrow 14:30, 晋江市医院 内科."
    assert english["items"][2]["title"] == "Somebody acting for you booked an appointment"


def test_a_leave_is_told_with_the_clinics_reason_and_an_offer_with_its_end(
    clinic: Clinic, town: Town, told: Told, clock
):
    booked = clinic.book(town.wang).json
    clinic.book(town.son, 1)
    clinic.wait(town.stranger)
    clock.advance(seconds=1)
    day = {"day": booked["day"], "reason": "医生休假"}
    closed = clinic.ask(f"schedules/{clinic.schedule_id}/closed-days", day, town.institution_admin)
    assert closed.json == {"count": 2}, "whoever only waited was not booked"
    (lost,) = told(town.wang)["items"]
    assert (lost["kind"], lost["title"]) == ("appointment.cancelled", "门诊停诊，您的预约已取消")
    assert lost["detail"] == "明天 14:00，晋江市医院 内科。原因：医生休假"
    (waited,) = told(town.stranger)["items"]
    assert waited["detail"] == "明天，晋江市医院 内科。原因：医生休假"  # who waits has no hour


def test_a_place_for_who_waits_is_told_with_its_end_and_its_end_is_told_too(
    clinic: Clinic, town: Town, told: Told, clock
):
    first = clinic.book(town.son).json
    clinic.book(town.child, 1, by=town.hotline)
    clinic.wait(town.wang)
    clinic.act(first, "cancellations", town.son)
    (offer,) = told(town.wang)["items"]
    assert offer["detail"] == "明天 14:00，晋江市医院 内科。请在今天 09:30前确认。"
    clock.advance(minutes=31)
    tidying.keep_up()
    over, offer = told(town.wang)["items"]
    assert (over["title"], offer["kind"]) == ("没有确认，为您留的号已给下一位", "appointment.offered")


def test_who_missed_it_is_told_without_blame(clinic: Clinic, town: Town, told: Told, clock):
    clinic.book(town.wang)
    clock.freeze(city_clock.start_of(city_clock.today() + timedelta(days=2)))
    tidying.keep_up()
    (missed,) = told(town.wang)["items"]
    assert (missed["title"], missed["detail"][:8]) == ("记录为没有来就诊", "昨天 14:00")


def test_reading_one_leaves_the_others_unread_and_counts_once(clinic: Clinic, client, town: Town, told: Told, clock):
    booked = clinic.book(town.wang, by=town.hotline).json
    clinic.act(booked, "cancellations", town.hotline)
    newest = told(town.wang)["items"][0]["id"]
    read = lambda who: client.post(f"{A}/notices/{newest}/readings", headers=town.headers(who))  # noqa: E731
    assert read(town.stranger).status_code == 404
    at = read(town.wang).json["read_at"]
    clock.advance(seconds=5)
    assert read(town.wang).json["read_at"] == at
    found = told(town.wang)
    assert (found["unread"], [one["read_at"] is None for one in found["items"]]) == (1, [False, True])


def test_a_long_list_comes_in_pages(hospital: Clinic, town: Town, told: Told, clock):
    clinic = hospital.begin(capacity=9)
    for _ in range(3):
        booked = clinic.book(town.wang, by=town.hotline).json
        clock.advance(seconds=1)
        clinic.act(booked, "cancellations", town.hotline)
        clock.advance(seconds=1)
    first = told(town.wang, limit=4)
    rest = told(town.wang, limit=4, after=first["next"])
    assert (len(first["items"]), len(rest["items"]), rest["next"], rest["unread"]) == (4, 2, None, 6)
    assert not {one["id"] for one in first["items"]} & {one["id"] for one in rest["items"]}


def test_an_event_that_is_heard_twice_is_told_once(clinic: Clinic, town: Town, told: Told):
    clinic.book(town.wang, by=town.hotline)
    assert len(told(town.wang)["items"]) == 1
    with transaction():
        for delivery in session().scalars(select(Delivery)):
            delivery.state = "waiting"
    assert deliver() > 0
    assert len(told(town.wang)["items"]) == 1


def test_the_dead_are_told_nothing(clinic: Clinic, client, town: Town, told: Told):
    clinic.book(town.wang, by=town.hotline)
    with transaction():
        session().get_one(Resident, town.wang.id).died_on = city_clock.today()
    while deliver():
        pass
    with transaction("read"):
        assert session().scalars(select(Notice)).all() == []


def test_what_was_told_to_a_record_follows_it_into_the_one_it_leads_to(clinic: Clinic, town: Town, told: Told):
    clinic.book(town.wang, by=town.hotline)
    told(town.wang)
    with transaction():
        session().get_one(Resident, town.wang.id).merged_into_id = town.stranger.id
    assert titles(told(town.stranger)) == ["服务台为您预约了就诊"]


def test_nothing_is_kept_but_ids_codes_and_moments(clinic: Clinic, town: Town, told: Told):
    clinic.act(clinic.book(town.wang).json, "cancellations", town.hotline, {"reason": "家里有事"})
    told(town.wang)
    with transaction("read"):
        kept = session().scalars(select(Notice.facts)).one()
    assert "家里有事" not in str(kept)
    assert kept.keys() == {"how", "change_id", "institution_id", "schedule_id", "day", "starts_at", "until"}


def test_after_half_a_year_they_are_forgotten(clinic: Clinic, town: Town, told: Told, clock):
    clinic.book(town.wang, by=town.hotline)
    told(town.wang)
    for days, left in ((179, 1), (2, 0)):
        clock.advance(days=days)
        tidying.tidy()
        with transaction("read"):
            assert len(session().scalars(select(Notice)).all()) == left


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        ("2026-11-23T16:00:00+00:00", "明天 00:00", "tomorrow 00:00"),  # still today in Greenwich
        ("2026-11-22T15:59:00+00:00", "昨天 23:59", "yesterday 23:59"),
        ("2026-11-29T06:30:00+00:00", "周日 14:30", "Sunday 14:30"),
        ("2026-11-30T06:30:00+00:00", "11月30日周一 14:30", "Monday 30 November 14:30"),
        ("2028-02-29T06:30:00+00:00", "2028年2月29日周二 14:30", "Tuesday 29 February 2028 14:30"),
    ],
)
def test_times_are_said_as_people_say_them(clock, at, zh, en):
    assert spoken.moment(datetime.fromisoformat(at)) == spoken.Words(zh, en)
    assert spoken.day_said(date(2026, 11, 23)).zh == "今天"


def test_a_call_is_told_with_the_place_and_the_number(client, town: Town, told: Told):
    slot_id = queues.clinic(town.hospital, "内科 312 室")
    queues.arrived(slot_id, town.wang)
    desk = town.headers(town.doctor)
    (queue,) = client.get(f"{A}/institutions/{town.hospital}/queues", headers=desk).json["items"]
    called = client.post(f"{A}/queues/{queue['id']}/calls", headers=desk | new_deed())
    assert called.status_code == 201, called.json
    (notice,) = told(town.wang)["items"]
    assert (notice["title"], notice["detail"]) == ("叫到您了", "请到内科 312 室，1 号。")
    assert notice["subject"] == {"kind": "ticket", "id": called.json["id"]}
    assert told(town.wang, language="en")["items"][0]["detail"] == "Please go to 内科 312 室, number 1."


def test_how_a_referral_stands_is_told_without_its_reason(client, town: Town, told: Told, clock):
    town.visit(client, town.wang, town.hospital_scanner)
    sent = {"to_institution_id": town.station, "urgency": "routine", "reason": "回社区随访血压"}
    made = client.post(
        f"{A}/residents/{town.wang.id}/referrals", json=sent, headers=town.headers(town.doctor) | new_deed()
    )
    assert made.status_code == 201, made.json
    clock.advance(seconds=1)
    path = f"{A}/referrals/{made.json['id']}"
    accepted = client.post(f"{path}/acceptances", headers=town.headers(town.station_worker))
    assert accepted.status_code < 300, accepted.json
    found = told(town.wang)["items"]
    assert [(one["kind"], one["title"]) for one in found] == [
        ("referral.accepted", "转诊已被接收"),
        ("referral.requested", "已为您开出转诊"),
    ]
    assert found[0]["detail"] == "从晋江市医院转往青阳街道社区卫生服务站。"
    assert "血压" not in str(found)
    cancelled = client.post(f"{path}/cancellations", json={}, headers=town.headers(town.wang))
    assert cancelled.status_code < 300, cancelled.json
    assert len(told(town.wang)["items"]) == 2, "who cancelled it themselves knows it"
