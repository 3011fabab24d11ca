"""Many at once, against four processes: the database decides, every time."""

from collections import Counter
from collections.abc import Iterator

import pytest

from healthcode.core import clock
from healthcode.core.db import session, transaction
from healthcode.trust.codes.hp1 import forms
from healthcode.trust.codes.models import IssuedCode
from tests.conftest import settings_for
from tests.proof import invariants
from tests.proof.city import City, Pocket, inside, new_deed, pass_request, signed
from tests.support.phones import Phone, Scanner, fresh_key
from tests.support.servers import Answer, Crowd, Line, served

DESKS = 50
rounds = pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=pytest.mark.proof)])
few_rounds = pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.proof)])


@pytest.fixture(scope="module")
def crowd(city: City) -> Iterator[Crowd]:
    with Crowd(city.served, DESKS) as crowd:
        yield crowd


@pytest.fixture(scope="module")
def desks(city: City) -> list[Scanner]:
    return city.scanners(DESKS)


@pytest.fixture
def pocket(city: City) -> Pocket:
    return city.pockets(1)[0]


def outcomes(answers: list[Answer]) -> Counter[str]:
    return Counter(
        "taken" if answer.status == 201 else str(answer.body["type"]).rpartition("/")[2] for answer in answers
    )


def next_showing(city: City, pocket: Pocket) -> tuple[Phone, int]:
    if pocket.needs_pass():
        pocket.fetch(city.served.line())
    return pocket.show()


def race_for_a_showing(city: City, crowd: Crowd, desks: list[Scanner], pocket: Pocket, **more: object) -> Counter[str]:
    """Fifty desks read one showing at one instant; every second one holds another text of it."""
    phone, moment = next_showing(city, pocket)
    texts = [signed(phone, moment), signed(phone, moment)]
    answers = crowd.all(lambda line, n: city.read(line, desks[n], texts[n % 2], **more))
    for answer in answers:
        if answer.status == 201:
            city.told.verified[phone.pass_id, moment].add(answer.body["id"])
    return outcomes(answers)


@rounds
@pytest.mark.case("Q1", "Q2", "I17", "B17")
def test_of_fifty_desks_that_read_a_showing_one_takes_it(city, crowd, desks, pocket, rounds):
    worked = city.served.processor_seconds()
    for turn in range(rounds):
        assert race_for_a_showing(city, crowd, desks, pocket) == {"taken": 1, "code-already-used": DESKS - 1}, turn
    now = city.served.processor_seconds()
    assert all(now[pid] > before for pid, before in worked.items()), "not every process took part"
    assert invariants.broken(city) == []


@few_rounds
@pytest.mark.case("Q2")
def test_a_desk_that_asks_many_times_at_once_gets_one_verification(city, crowd, desks, pocket, rounds):
    """Its answers were lost, so it asks again and again: each time it is told the same."""
    for _ in range(rounds):
        phone, moment = next_showing(city, pocket)
        code = signed(phone, moment)
        answers = crowd.all(lambda line, _, code=code: city.read(line, desks[0], code), 20)
        assert outcomes(answers) == {"taken": 20}
        city.told.verified[phone.pass_id, moment] |= {answer.body["id"] for answer in answers}
    assert invariants.broken(city) == []


@few_rounds
@pytest.mark.case("Q2", "Q5")
def test_of_twenty_phones_that_answer_one_request_one_counts(city, crowd, desks, rounds):
    pockets = city.pockets(20)
    for _ in range(rounds):
        request = desks[0].ask()
        audience = forms.read_station_request(request).audience
        shown = [next_showing(city, pocket) for pocket in pockets]
        texts = [signed(phone, moment, audience) for phone, moment in shown]

        def answered(line: Line, n: int, texts: list[str] = texts, request: str = request) -> Answer:
            return city.read(line, desks[0], texts[n], step="collect", challenge=request)

        answers = crowd.all(answered, len(pockets))
        assert outcomes(answers) == {"taken": 1, "challenge-mismatch": 19}
        (taken,) = (n for n, answer in enumerate(answers) if answer.status == 201)
        city.told.verified[shown[taken][0].pass_id, shown[taken][1]].add(answers[taken].body["id"])
    assert invariants.broken(city) == []


def send_one_key(city: City, crowd: Crowd, pocket: Pocket, *, size: int, **more: str) -> list[Answer]:
    """The same deed under the same key from so many clients at one instant."""
    deed, body = new_deed(), pass_request(Phone(dict(pocket.headers), pocket.resident_id))

    def send(line: Line, _: int) -> Answer:
        answer = line.post(f"/api/v1/residents/{pocket.resident_id}/passes", body, {**pocket.headers, **deed, **more})
        city.told.count(answer)
        return answer

    answers = crowd.all(send, size)
    issued = {answer.body["passes"][0]["pass_id"] for answer in answers if answer.status == 201}
    city.told.passes[deed["Idempotency-Key"]] |= issued
    return answers


@few_rounds
@pytest.mark.case("M12", "I8", "B2")
def test_one_key_from_twenty_clients_at_once_has_one_effect(city, crowd, pocket, rounds):
    for _ in range(rounds):
        answers = send_one_key(city, crowd, pocket, size=20)
        assert outcomes(answers).keys() <= {"taken", "still-running"}
        assert len({answer.data for answer in answers if answer.status == 201}) == 1
    assert invariants.broken(city) == []


@pytest.mark.case("M12", "I8")
def test_one_key_with_two_bodies_at_once_serves_one_of_them(city, crowd, pocket):
    deed = new_deed()
    bodies = [pass_request(Phone(dict(pocket.headers), pocket.resident_id, fresh_key())) for _ in range(2)]
    path = f"/api/v1/residents/{pocket.resident_id}/passes"
    answers = crowd.all(lambda line, n: line.post(path, bodies[n % 2], {**pocket.headers, **deed}), 20)
    assert outcomes(answers) == {"taken": 10, "idempotency-key-reused": 10}
    city.told.passes[deed["Idempotency-Key"]] |= {
        answer.body["passes"][0]["pass_id"] for answer in answers if answer.status == 201
    }
    assert invariants.broken(city) == []


@few_rounds
@pytest.mark.case("Q2")
def test_twenty_digits_said_at_many_desks_at_once_count_once(city, crowd, desks, pocket, rounds):
    for _ in range(rounds):
        answer = city.served.ask("POST", f"/api/v1/residents/{pocket.resident_id}/digits", None, pocket.headers)
        answers = crowd.all(lambda line, n, said=answer.body["digits"]: city.read(line, desks[n], said), 20)
        assert outcomes(answers) == {"taken": 1, "code-already-used": 19}
    assert invariants.broken(city) == []


@few_rounds
@pytest.mark.case("Q13")
def test_no_code_slips_through_while_a_block_is_confirmed(city, crowd, rounds):
    """A thief's phone asks for passes in the very instant in which the second person confirms."""
    hotline, admin = (city.town.headers(who) for who in (city.town.hotline, city.town.city_admin))
    for _ in range(rounds):
        (pocket,) = city.pockets(1)
        path = f"/api/v1/residents/{pocket.resident_id}"
        block = city.served.ask("POST", f"{path}/code-blocks", {"reason": "stolen"}, hotline).body["id"]
        bodies = [pass_request(Phone(dict(pocket.headers), pocket.resident_id, fresh_key())) for _ in range(11)]

        def act(line: Line, n: int, pocket=pocket, block=block, path=path, bodies=bodies) -> Answer:
            if n == 5:
                return line.post(f"/api/v1/code-blocks/{block}/confirmations", None, admin)
            return line.post(f"{path}/passes", bodies[n], {**pocket.headers, **new_deed()})

        answers = crowd.all(act, len(bodies))
        assert answers[5].status == 201, answers[5].body
        assert {answer.status for answer in answers} <= {201, 409}
        with transaction("read"):
            alive = IssuedCode.alive(clock.now()).where(IssuedCode.resident_id == pocket.resident_id)
            assert session().scalars(alive).all() == []
    assert invariants.broken(city) == []


@pytest.mark.proof
@pytest.mark.case("B1", "B17")
def test_the_race_sees_a_memory_that_looks_first(settings, another_postgres):
    """The bug, planted: with the unique key out of the way, several desks take one showing."""
    planted = settings_for(another_postgres, settings.folder)
    with (
        inside(planted) as (app, town),
        served(planted, processes=4, target="tests.proof.planted:looks_first") as running,
    ):
        city = City(app, planted, town, running, another_postgres)
        with Crowd(running, DESKS) as crowd:
            desks, pocket = city.scanners(DESKS), city.pockets(1)[0]
            assert any(race_for_a_showing(city, crowd, desks, pocket)["taken"] > 1 for _ in range(10))
