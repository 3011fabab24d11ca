"""A journey by the API alone: sent up with a place, seen at the hospital, sent back down."""

from tests.pathways.conftest import Ways, kind, ways

__all__ = ["ways"]

A = "/api/v1"


def test_a_station_refers_upward_and_gets_the_resident_back(ways: Ways, client, town):
    # At the station Wang shows her code, and the doctor sends her up with a place of tomorrow's clinic.
    town.visit(client, town.wang, town.station_scanner)
    clinic = ways.clinic(title="心内科")
    wanted = {
        "to_institution_id": town.hospital,
        "urgency": "urgent",
        "reason": "血压控制不佳，请心内科评估",
        "slot_id": clinic.slots[0]["id"],
    }
    made = ways.ask(f"residents/{town.wang.id}/referrals", ways.village_doctor, wanted)
    assert (made.status_code, made.json["state"], made.json["direction"]) == (201, "booked", "up")
    up = made.json
    assert [one["id"] for one in clinic.of(town.wang)] == [up["appointment"]["id"]]
    assert [one["id"] for one in ways.work(town.doctor)] == [up["id"]]

    # The next day she is checked in by her code, and seen: the referral is completed with the appointment.
    ways.on_the_day()
    verification = town.visit(client, town.wang, town.hospital_scanner)
    arrived = client.post(
        f"{A}/check-ins", json={"verification_id": verification["id"]}, headers=town.hospital_scanner.headers
    )
    assert (arrived.status_code, arrived.json["id"]) == (201, up["appointment"]["id"])
    assert kind(ways.act(up, "cancellations", town.wang)) == "wrong-state"  # she is here
    done = ways.ask(f"appointments/{up['appointment']['id']}/completions", town.doctor)
    assert done.json["state"] == "fulfilled"
    assert ways.state(up) == "completed"
    summary = ways.act(up, "completions", town.doctor, summary="已加用氨氯地平，两周后社区复查").json
    assert summary["summary"] == "已加用氨氯地平，两周后社区复查"

    # And the hospital sends her back down, in answer.
    back = {"to_institution_id": town.station, "urgency": "routine", "reason": "回社区随访", "answers_id": up["id"]}
    down = ways.ask(f"residents/{town.wang.id}/referrals", town.doctor, back).json
    assert (down["state"], down["direction"], down["answers_id"]) == ("requested", "down", up["id"])
    assert kind(ways.act(down, "acceptances", ways.village_doctor)) == "accepted"
    assert kind(ways.act(down, "completions", ways.village_doctor, summary="血压 128/80")) == "completed"

    # She reads both, and who did what.
    own = ways.see(f"residents/{town.wang.id}/referrals", town.wang).json["items"]
    assert [(one["direction"], one["state"]) for one in own] == [("down", "completed"), ("up", "completed")]
    assert ways.history(up) == ["booked", "completed"]
    assert ways.history(down) == ["requested", "accepted", "completed"]
    deeds = client.get(f"{A}/residents/{town.wang.id}/accesses", headers=town.headers(town.wang)).json["items"]
    said = {one["deed"] if "deed" in one else one["what"] for one in deeds}
    assert {"转诊", "接收转诊", "完成转诊"} <= said
