"""What a scanner verified while the line was down, sent afterwards."""

import pytest

from healthcode.core import outbox
from healthcode.core.db import session, transaction
from healthcode.trust.codes.models import Conflict
from tests.support.phones import new_deed
from tests.support.town import batch_of, bearer
from tests.trust.family.test_family import granted


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


def test_an_impossible_journey_is_seen_when_the_earlier_reading_is_sent_later(client, town, shown, clock):
    """Read at the hospital without a line; fifteen seconds later, with one, twenty-five kilometres away."""
    early = item(clock, shown.show())
    clock.advance(seconds=15)
    assert town.far_scanner.read(client, shown.show()).status_code == 201
    outbox.deliver()
    clock.advance(minutes=5)
    send(client, town.hospital_scanner, batch_of(1, [early]))
    outbox.deliver()
    assert conflicts() == ["impossible-journey"]


def looks(client, town) -> int:
    """What a desk of the station's institution gets of Wang's record."""
    return client.get(f"/api/v1/residents/{town.wang.id}", headers=town.headers(town.far_clerk)).status_code


def as_sent(client, town, reading) -> tuple[str, int]:
    """How a reading of the far scanner is judged, and what the desk beside it may see then."""
    judged = send(client, town.far_scanner, batch_of(1, [reading])).json["results"][0]
    return judged["status"], looks(client, town)


def test_a_visit_that_was_read_without_a_line_is_a_visit(client, town, shown, clock):
    assert as_sent(client, town, item(clock, shown.show())) == ("accepted", 200)


@pytest.mark.case("Q13")
def test_what_was_stopped_before_opens_nothing(client, town, shown, clock):
    """A stolen phone, shown to a scanner that claims to have been offline."""
    client.post(
        f"/api/v1/residents/{town.wang.id}/code-revocations",
        json={"reason": "stolen"},
        headers=town.headers(town.hotline),
    )
    clock.advance(minutes=1)
    assert as_sent(client, town, item(clock, shown.show())) == ("conflict", 404)


def test_a_card_without_its_second_check_opens_nothing(client, town, clock):
    """A photographed card, sent as if it had been read without a line."""
    deed = town.headers(town.hotline) | new_deed()
    card = client.post(f"/api/v1/residents/{town.wang.id}/cards", headers=deed).json["code"]
    assert as_sent(client, town, item(clock, card)) == ("accepted", 404)


@pytest.mark.parametrize(("is_bound", "status"), [(False, 404), (True, 200)])
def test_a_valuable_step_opens_with_a_code_made_for_the_station_alone(client, town, shown, clock, is_bound, status):
    request = town.far_scanner.ask()
    reading = item(clock, shown.show(request=request if is_bound else None)) | {"step": "collect"}
    assert as_sent(client, town, reading | ({"challenge": request} if is_bound else {})) == ("accepted", status)


def test_who_died_before_is_a_conflict(client, town, shown, clock):
    reading = item(clock, shown.show())
    certificate = {"died_on": "2026-11-22", "reason": "死亡证明"}
    client.post(f"/api/v1/residents/{town.wang.id}/deaths", json=certificate, headers=town.headers(town.city_admin))
    assert as_sent(client, town, reading) == ("conflict", 404)


def test_a_grant_that_ended_afterwards_stood_when_it_was_read(client, town, clock):
    """The son showed his mother's code on a mountain; she ended the grant before the line was back."""
    grant_id = granted(client, town)
    phone = town.phone(town.son)
    phone.fetch(client, for_resident=town.wang.id)
    early = item(clock, phone.show())
    clock.advance(seconds=30)
    client.post(f"/api/v1/grants/{grant_id}/endings", headers=town.headers(town.wang))
    clock.advance(seconds=15)
    late = item(clock, phone.show())
    judged = send(client, town.far_scanner, batch_of(1, [early, late])).json["results"]
    assert [one["status"] for one in judged] == ["accepted", "conflict"]
