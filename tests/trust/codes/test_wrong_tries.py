"""Wrong tries: whoever guesses must wait, and whoever works is not kept from it."""

import pytest
from sqlalchemy import select

from healthcode.core import tidying
from healthcode.core.db import session, transaction
from healthcode.trust.codes.hp1 import digits as twenty
from healthcode.trust.codes.models import WrongTries
from tests.registry.people import identity, made, woman
from tests.support.phones import new_deed
from tests.support.town import bearer

TOO_MANY = "/problems/too-many-wrong-tries"


@pytest.fixture
def read(app, client, town):
    """What the hospital's scanner answers to a text; it signs in anew each time, because these stories are long."""

    def answer(text: str, **more):
        scanner = town.hospital_scanner
        scanner.headers = bearer(app, "device", scanner.device_id)
        return scanner.read(client, text, **more)

    return answer


@pytest.fixture
def at_desk(app, client, town):
    """The clerk types the number of a document in hand; the answer."""

    def answer(order: int):
        headers = bearer(app, "staff", town.clerk.id, town.clerk.institution_id)
        return client.post(
            "/api/v1/document-verifications", json=identity(order) | {"step": "register"}, headers=headers
        )

    return answer


@pytest.fixture
def spoken(client, town):
    """Twenty digits that are right."""

    def draw() -> str:
        path = f"/api/v1/residents/{town.wang.id}/digits"
        return client.post(path, headers=town.headers(town.wang)).json["digits"]

    return draw


def test_right_digits_end_a_series_of_wrong_ones(read, spoken, clock):
    """Four slips before lunch and four after it, with a right number between them, make nobody wait."""
    for _ in range(3):
        assert [read(twenty.draw()).status_code for _ in range(4)] == [422] * 4
        assert read(spoken()).status_code == 201
        clock.advance(minutes=5)


def test_slips_of_another_day_are_forgotten(read, clock):
    for _ in range(3):
        assert [read(twenty.draw()).status_code for _ in range(4)] == [422] * 4
        clock.advance(hours=25)
    assert [read(twenty.draw()).status_code for _ in range(6)] == [422] * 5 + [429]


@pytest.mark.case("Q18")
def test_whoever_goes_on_guessing_digits_waits_longer_and_longer(read, clock):
    """Waiting the time out brings one more try, not five."""
    for _ in range(4):
        read(twenty.draw())
    waits = []
    for _ in range(8):
        assert read(twenty.draw()).status_code == 422
        refused = read(twenty.draw())
        assert refused.json["type"] == TOO_MANY
        waits.append(int(refused.headers["Retry-After"]))
        clock.advance(seconds=waits[-1])
    assert waits == sorted(waits)
    assert waits[0] < 120
    assert waits[-1] > 3000


@pytest.mark.case("Q17")
def test_the_right_document_ends_a_cards_series(client, town, read, clock):
    registered = made(client.post("/api/v1/residents", json=woman(), headers=town.headers(town.clerk)))
    path = f"/api/v1/residents/{registered['id']}/cards"
    card = client.post(path, headers=town.headers(town.city_admin) | new_deed()).json["code"]

    def with_document(order: int) -> int:
        check = {"kind": "document", "document_kind": "resident-id", "number": identity(order)["number"]}
        clock.advance(seconds=1)
        return read(card, second_check=check).status_code

    for _ in range(3):
        assert [with_document(order) for order in (4, 6, 8, 10)] == [409] * 4
        assert with_document(2) == 201


def test_a_clerk_may_meet_people_whom_nobody_knows_yet(at_desk, clock):
    """In the first weeks of a city hardly anybody is: sixty an hour, a whole working day."""
    for order in range(0, 8 * 60, 2):
        assert at_desk(order).json["type"] == "/problems/nobody-found"
        clock.advance(minutes=2)


@pytest.mark.case("Q18")
def test_numbers_are_not_tried_out_at_a_desk(client, town, at_desk, clock):
    """Faster than people come to a desk: it must wait, and a number that is known to be right buys no further tries."""
    made(client.post("/api/v1/residents", json=woman(0), headers=town.headers(town.clerk)))
    tries = []
    for order in range(2, 302, 2):
        if order % 20 == 0:
            at_desk(0)
        tries.append(at_desk(order).status_code)
    assert tries == [404] * 100 + [429] * 50
    assert at_desk(0).json["type"] == TOO_MANY
    clock.advance(hours=1)
    assert at_desk(0).status_code == 201
    assert at_desk(2).json["type"] == "/problems/nobody-found"


def test_a_number_that_cannot_be_one_is_no_guess(client, town, clock):
    body = {"kind": "resident-id", "number": "350582195203080020", "step": "register"}
    headers = town.headers(town.clerk)
    for _ in range(120):
        answer = client.post("/api/v1/document-verifications", json=body, headers=headers)
        assert answer.json["type"] == "/problems/invalid"


def test_what_no_rule_asks_for_any_more_is_dropped(read, at_desk, clock):
    read(twenty.draw())
    at_desk(2)
    clock.advance(days=2, seconds=1)
    tidying.tidy()
    with transaction("read"):
        assert session().scalars(select(WrongTries)).all() == []
