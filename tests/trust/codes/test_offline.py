"""What a scanner verified while the line was down, sent afterwards."""

import pytest

from healthcode.core import outbox
from healthcode.core.db import session, transaction
from healthcode.trust.codes.models import Conflict
from tests.support.town import batch_of, bearer


@pytest.fixture
def shown(client, town):
    phone = town.phone(town.wang)
    phone.fetch(client)
    return phone


def item(clock, text, **more):
    return {"text": text, "read_at": clock.now().isoformat(), "step": "check-in", **more}


def send(client, scanner, batch):
    return client.post("/api/v1/verifications/batch", json=batch, headers=scanner.headers)


def conflicts() -> list[str]:
    with transaction("read"):
        return sorted(found.kind for found in session().query(Conflict))


def test_what_was_read_without_a_line_counts_when_it_is_back(client, town, shown, clock):
    batch = batch_of(1, [item(clock, shown.show())])
    clock.advance(hours=3)
    town.station_scanner.headers = bearer(town.app, "device", town.station_scanner.device_id)
    answer = send(client, town.station_scanner, batch)
    assert [judged["status"] for judged in answer.json["results"]] == ["accepted"]
    agenda = client.get(
        f"/api/v1/verifications/{answer.json['results'][0]['verification_id']}/agenda",
        headers=town.station_scanner.headers,
    )
    assert agenda.json["type"] == "/problems/verification-ended"


@pytest.mark.case("D4")
def test_a_batch_whose_answer_was_lost_is_sent_again(client, town, shown, clock):
    batch = batch_of(1, [item(clock, shown.show())])
    first, second = send(client, town.station_scanner, batch), send(client, town.station_scanner, batch)
    assert first.json == second.json
    assert conflicts() == []


@pytest.mark.case("Q3")
def test_one_showing_at_two_offline_stations_is_a_conflict_to_look_at(client, town, shown, clock):
    text = shown.show()
    here = send(client, town.station_scanner, batch_of(1, [item(clock, text)]))
    there = send(client, town.far_scanner, batch_of(1, [item(clock, text)]))
    assert here.json["results"][0]["status"] == "accepted"
    assert there.json["results"][0]["status"] == "conflict"
    assert there.json["results"][0]["verification_id"] == here.json["results"][0]["verification_id"]
    assert conflicts() == ["shown-twice"]


@pytest.mark.case("Q13")
def test_a_lost_phone_read_by_an_old_list_is_a_conflict(client, town, shown, clock):
    client.post(
        f"/api/v1/residents/{town.wang.id}/code-revocations", json={"reason": "lost"}, headers=town.headers(town.wang)
    )
    clock.advance(minutes=1)
    answer = send(client, town.station_scanner, batch_of(1, [item(clock, shown.show())]))
    assert answer.json["results"][0]["status"] == "conflict"
    assert conflicts() == ["revoked-before"]


def test_a_code_that_was_stopped_afterwards_was_good_then(client, town, shown, clock):
    reading = item(clock, shown.show())
    clock.advance(minutes=5)
    client.post(
        f"/api/v1/residents/{town.wang.id}/code-revocations", json={"reason": "lost"}, headers=town.headers(town.wang)
    )
    assert send(client, town.station_scanner, batch_of(1, [reading])).json["results"][0]["status"] == "accepted"


@pytest.mark.case("D4", "K13")
@pytest.mark.parametrize("damage", ["count", "hash", "dropped", "reordered"])
def test_a_damaged_batch_is_refused_whole(client, town, shown, clock, damage):
    first = item(clock, shown.show())
    clock.advance(seconds=15)
    batch = batch_of(1, [first, item(clock, shown.show())])
    broken = {
        "count": batch | {"count": 3},
        "hash": batch | {"hash": "0" * 64},
        "dropped": batch | {"items": batch["items"][:1]},
        "reordered": batch | {"items": batch["items"][::-1]},
    }[damage]
    assert send(client, town.station_scanner, broken).json["type"] == "/problems/batch-damaged"
    assert [judged["status"] for judged in send(client, town.station_scanner, batch).json["results"]] == [
        "accepted"
    ] * 2


@pytest.mark.case("D4")
def test_batches_come_in_their_order(client, town, shown, clock):
    early = send(client, town.station_scanner, batch_of(2, [item(clock, shown.show())]))
    assert (early.json["type"], early.json["expected"]) == ("/problems/batch-out-of-order", 1)


@pytest.mark.case("Q15", "D3")
def test_a_cloned_scanner_is_found_and_stopped(client, town, shown, clock):
    """Two devices share one key: their counts collide, and neither may go on."""
    send(client, town.station_scanner, batch_of(1, [item(clock, shown.show())]))
    clock.advance(seconds=15)
    forked = send(client, town.station_scanner, batch_of(1, [item(clock, shown.show())]))
    assert forked.json["type"] == "/problems/device-forked"
    assert town.station_scanner.read(client, shown.show()).status_code == 401


def test_rubbish_in_a_batch_is_refused_by_itself(client, town, shown, clock):
    good = item(clock, shown.show())
    answers = send(client, town.station_scanner, batch_of(1, [item(clock, "HC1:NONSENSE"), good])).json["results"]
    assert [(judged["status"], judged["problem"]) for judged in answers] == [
        ("refused", "code-not-ours"),
        ("accepted", None),
    ]


@pytest.mark.case("Q12")
def test_a_reading_from_the_future_or_long_ago_cannot_be_judged(client, town, shown, clock):
    now = clock.now()
    clock.advance(hours=1)
    tomorrow = item(clock, shown.show())
    clock.freeze(now)
    late = send(client, town.station_scanner, batch_of(1, [tomorrow]))
    assert late.json["results"][0]["problem"] == "code-not-ready"
    old = item(clock, shown.show())
    clock.advance(days=31)
    town.station_scanner.headers = bearer(town.app, "device", town.station_scanner.device_id)
    assert send(client, town.station_scanner, batch_of(2, [old])).json["results"][0]["problem"] == "code-expired"


def test_an_impossible_journey_is_put_before_a_person(client, town, shown, clock):
    """Twenty-five kilometres in fifteen seconds: two phones, or two people."""
    assert town.hospital_scanner.read(client, shown.show()).status_code == 201
    clock.advance(seconds=15)
    assert town.far_scanner.read(client, shown.show()).status_code == 201
    outbox.deliver()
    assert conflicts() == ["impossible-journey"]


def test_a_possible_journey_is_nobodys_business(client, town, shown, clock):
    town.hospital_scanner.read(client, shown.show())
    clock.advance(hours=1)
    town.far_scanner.read(client, shown.show())
    outbox.deliver()
    assert conflicts() == []
