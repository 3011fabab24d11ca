"""Somebody is sent to another institution: who may, where to, and who then sees what of it."""

from datetime import date

import pytest
from sqlalchemy import select, text

from healthcode.core import outbox
from healthcode.core.db import session, transaction
from healthcode.pathways.referrals.models import Referral
from healthcode.pathways.referrals.service.rows import GRACE
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents.models import Resident
from healthcode.trust.grounds import service as grounds
from tests.pathways.conftest import Ways, at_work, kind
from tests.registry.people import open_visit
from tests.support.phones import new_deed
from tests.support.sign_in import at_once

A = "/api/v1"


def test_a_station_doctor_refers_upward_and_both_sides_see_it(ways: Ways, town):
    made = ways.referred(urgency="urgent")
    assert (made["state"], made["direction"], made["display_name"]) == ("requested", "up", "王*英")
    for who, side in ((town.doctor, "in"), (ways.village_doctor, "out"), (town.institution_admin, "in")):
        (one,) = ways.work(who, side)
        assert (one["id"], one["display_name"], one["reason"]) == (made["id"], "王*英", "血压控制不佳")
    assert ways.work(town.doctor, "out") == ways.work(ways.village_doctor, "in") == []
    (own,) = ways.see(f"residents/{town.wang.id}/referrals", town.wang).json["items"]
    assert (own["id"], own["reason"], own["display_name"]) == (made["id"], "血压控制不佳", None)


def test_a_third_institution_knows_nothing_of_it(ways: Ways, town):
    """Not even while it has the resident before it, or another referral of the same person."""
    made = ways.referred()
    other = at_work(town, "far-doctor", town.far_station, "doctor")
    open_visit(town.wang.id, town.far_station)
    ways.referred(by=other, urgency="stat", department_id=cardiology(town))
    for path in (f"referrals/{made['id']}", f"referrals/{made['id']}/changes"):
        assert ways.see(path, other).status_code == 404
    for deed, body in (
        ("acceptances", {}), ("rejections", {"reason": "不收"}), ("cancellations", {}), ("completions", {}),
        ("bookings", {"slot_id": made["id"]}),
    ):  # fmt: skip
        assert ways.act(made, deed, other, **body).status_code == 404
    assert ways.see(f"institutions/{town.hospital}/referrals", other).status_code == 403
    assert [one["from_institution_id"] for one in ways.work(other, "out")] == [town.far_station]


def cardiology(town) -> str:
    with transaction("read"):
        return str(institutions.show(town.hospital).departments[0].id)


def test_the_receiver_is_not_let_into_the_record_by_a_referral(ways: Ways, client, town):
    """Being sent somebody is not meeting them: the record opens with the visit."""
    ways.referred()
    assert ways.see(f"residents/{town.wang.id}", town.doctor).status_code == 404
    booking = client.get(f"{A}/residents/{town.wang.id}/appointments", headers=town.headers(town.doctor))
    assert booking.status_code == 404


@pytest.mark.parametrize(
    ("to", "more", "said"),
    [
        ("station", {}, "/to_institution_id"),
        ("hospital", {"department_id": "01938f5a-8f00-7abc-8def-0123456789ab"}, "/department_id"),
        ("hospital", {"answers_id": "01938f5a-8f00-7abc-8def-0123456789ab"}, "/answers_id"),
        ("hospital", {"urgency": "soon"}, "/urgency"),
        ("hospital", {"reason": ""}, "/reason"),
        ("hospital", {"state": "accepted"}, "/state"),
    ],
)
def test_what_cannot_be_is_refused_by_field(ways: Ways, town, to, more, said):
    refused = ways.refer(to=getattr(town, to), **more)
    assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, [said])


def test_a_referral_stays_among_those_who_belong_together(ways: Ways, town):
    """Two stations of one hospital are not above one another; an alliance joins them."""
    assert kind(ways.refer(to=town.far_station)) == "not-in-one-alliance"
    with transaction():
        institutions.found_alliance(
            code="league", name="儿科联盟", kind="speciality", core_id=None, member_ids=[town.station, town.far_station]
        )
    assert ways.referred(to=town.far_station)["direction"] == "across"


def test_direction_is_known_by_what_an_institution_can_do(ways: Ways, town):
    with transaction():
        centre = institutions.open_institution(
            code="JJ-0200", name="卫生院", kind="health-centre", district="晋江市", parent_id=town.hospital
        )
        great = institutions.open_institution(
            code="FJ-0001", name="省立医院", kind="hospital", level="tertiary-a", district="福州市"
        )
        below, above = centre.id, great.id
        members = [town.station, town.hospital, below]
        institutions.found_alliance(code="c", name="医联体", kind="consortium", core_id=above, member_ids=members)
    assert ways.referred(to=below)["direction"] == "up"
    assert ways.referred(to=above)["direction"] == "up"
    assert ways.referred(by=town.doctor, to=above, of=town.son)["direction"] == "up"
    assert ways.referred(by=town.doctor, to=below, of=town.son)["direction"] == "down"
    assert ways.referred(by=town.doctor, to=town.station)["direction"] == "down"


def test_whoever_is_not_there_is_not_referred(ways: Ways, town):
    """No visit, no post, dead, or no longer a record of its own."""
    wanted = {"to_institution_id": town.hospital, "urgency": "stat", "reason": "胸痛"}
    path = f"residents/{town.wang.id}/referrals"
    assert ways.ask(path, ways.village_doctor, wanted).status_code == 404
    open_visit(town.wang.id, town.station)
    assert ways.ask(path, town.station_worker, wanted).status_code == 403
    with transaction():
        session().get_one(Resident, town.wang.id).died_on = date(2026, 11, 22)
    assert ways.ask(path, ways.village_doctor, wanted).status_code == 404
    with transaction():
        record = session().get_one(Resident, town.wang.id)
        record.died_on, record.merged_into_id = None, town.son.id
    assert ways.ask(path, ways.village_doctor, wanted).status_code == 404


def test_one_open_referral_to_one_department(ways: Ways, town):
    first = ways.referred()
    assert kind(ways.refer()) == "already-referred"
    ways.referred(department_id=cardiology(town))
    ways.act(first, "cancellations", ways.village_doctor)
    ways.referred()


def test_of_many_who_refer_at_once_one_does(app, ways: Ways, town):
    open_visit(town.wang.id, town.station)
    wanted = {"to_institution_id": town.hospital, "urgency": "stat", "reason": "胸痛"}
    headers = town.headers(ways.village_doctor)

    def refer() -> int:
        path = f"{A}/residents/{town.wang.id}/referrals"
        return app.test_client().post(path, json=wanted, headers=headers | new_deed()).status_code

    done = at_once(app, [refer] * 4)
    assert sorted(done) == [201, 409, 409, 409]


def test_clinical_words_are_sealed_under_the_persons_own_key(ways: Ways, town):
    made = ways.referred(reason="疑似冠心病")
    ways.act(made, "rejections", town.doctor, reason="无介入条件")
    with transaction("read"):
        row = session().scalars(select(Referral)).one()
        stored = [row.reason_sealed, row.decided_reason_sealed]
        stored += list(session().scalars(text("SELECT reason_sealed FROM referral_changes WHERE state = 'rejected'")))
    assert all(words.encode() not in bytes(one) for one in stored for words in ("疑似冠心病", "无介入条件"))
    with transaction():
        session().get_one(Resident, town.wang.id).destroy_key()
    shown = ways.see(f"referrals/{made['id']}", ways.village_doctor).json
    assert (shown["state"], shown["reason"], shown["decided_reason"]) == ("rejected", None, None)


def test_a_proxy_who_only_books_learns_that_there_is_one_not_why(ways: Ways, town):
    made = ways.referred()
    ways.act(made, "rejections", town.doctor, reason="请转精神科")
    path = f"referrals/{made['id']}"

    def words() -> list[str | None]:
        shown, steps = ways.see(path, town.son).json, ways.see(f"{path}/changes", town.son).json["items"]
        return [shown["reason"], shown["decided_reason"], steps[-1]["reason"]]

    give(town.son.id, town.wang.id, ["appointments:book"])
    assert ways.see(path, town.stranger).status_code == 404
    assert words() == [None, None, None]
    give(town.son.id, town.wang.id, ["records:read"])
    assert words() == ["血压控制不佳", "请转精神科", "请转精神科"]


def give(proxy_id: str, resident_id: str, scopes: list[str]) -> None:
    with transaction():
        grounds.open_ground(
            resident_id=resident_id, grantee_kind="resident", grantee_id=proxy_id, scopes=scopes, source="grant",
            source_id=proxy_id, until_at=None,
        )  # fmt: skip


@pytest.mark.case("Z13")
@pytest.mark.parametrize(
    ("deed", "body", "by", "receiver_reads"),
    [
        ("rejections", {"reason": "无床位"}, "doctor", None),
        ("cancellations", {}, "wang", None),
        ("completions", {"summary": "已调药"}, "doctor", "血压控制不佳"),
    ],
)
def test_both_sides_see_how_it_ended_and_then_no_more(ways: Ways, town, deed, body, by, receiver_reads):
    """A void referral tells the receiver nothing of the resident from that moment on; a fulfilled one for a fortnight."""
    made = ways.referred()
    ways.act(made, "acceptances", town.doctor)
    assert ways.act(made, deed, getattr(town, by), **body).status_code == 201
    path = f"referrals/{made['id']}"
    shown = ways.see(path, town.doctor).json
    name = "王*英" if receiver_reads else None
    assert (shown["reason"], shown["display_name"]) == (receiver_reads, name)
    assert ways.see(path, ways.village_doctor).json["reason"] == "血压控制不佳"
    ways.later(seconds=GRACE.total_seconds() - 1)
    assert (ways.see(path, town.doctor).status_code, ways.see(path, ways.village_doctor).status_code) == (200, 200)
    ways.later(seconds=1)
    assert (ways.see(path, town.doctor).status_code, ways.see(path, ways.village_doctor).status_code) == (404, 404)
    assert ways.work(town.doctor, state=shown["state"]) == []
    assert ways.see(path, town.wang).json["reason"] == "血压控制不佳"  # it is theirs


def test_a_death_cancels_what_is_open(ways: Ways, town):
    made = ways.referred()
    with transaction():
        outbox.announce("resident.died", resident_id=town.wang.id)
    assert ways.state(made) == "cancelled"
    assert ways.history(made, ways.village_doctor) == ["requested", "cancelled"]


def test_the_record_of_a_merged_person_shows_it_too(ways: Ways, town):
    made = ways.referred()
    with transaction():
        session().get_one(Resident, town.wang.id).merged_into_id = town.son.id
    assert ways.see(f"residents/{town.son.id}/referrals", town.son).json["items"][0]["id"] == made["id"]
    assert ways.act(made, "acceptances", town.doctor).status_code == 201
    slot = ways.clinic().slots[0]["id"]
    booked = ways.act(made, "bookings", town.doctor, slot_id=slot).json
    assert (booked["state"], booked["appointment"]["resident_id"]) == ("booked", town.son.id)
