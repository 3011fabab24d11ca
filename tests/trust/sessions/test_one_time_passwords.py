"""Six digits by text message: who may ask, how often, and what a guesser gets."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from healthcode.core import clock as city_clock
from healthcode.core import outbox
from healthcode.core.db import session, transaction
from healthcode.trust.sessions import service, sms
from healthcode.trust.sessions.models import MessageDay, OneTimePassword
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.service import one_time_passwords
from healthcode.trust.sessions.service.one_time_passwords import PER_HOUR, digest_of
from tests.support.sign_in import Visitor, at_once, bearer, codes, newest_digits, wrong


def test_whoever_proves_a_phone_is_in(visitor):
    signed_in = visitor.sign_in()
    assert signed_in["resident_id"] is None
    answer = visitor.client.get("/api/v1/sessions", headers=bearer(signed_in))
    assert [row["id"] for row in answer.json["items"]] == [signed_in["session_id"]]


def test_a_known_phone_opens_its_residents_record(visitor, town):
    visitor.phone = town.wang.phone
    assert visitor.sign_in()["resident_id"] == town.wang.id


@pytest.mark.case("Z16")
def test_asking_tells_nobody_whether_a_phone_is_known(visitor, town):
    unknown = visitor.ask()
    known = Visitor(visitor.client, town.wang.phone).ask()
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data) == (202, b'{"expires_in":300}')
    hidden = {"X-Request-Id", "RateLimit"}
    assert {k: v for k, v in known.headers if k not in hidden} == {k: v for k, v in unknown.headers if k not in hidden}


@pytest.mark.case("Z16")
def test_asking_does_the_same_work_for_a_known_phone(visitor, town, count_statements):
    with count_statements() as for_unknown:
        visitor.ask()
    with count_statements() as for_known:
        Visitor(visitor.client, town.wang.phone).ask()
    assert for_known == for_unknown


@pytest.mark.case("Z16")
def test_a_wrong_code_tells_nobody_whether_a_phone_is_known(visitor, town, count_statements):
    known = Visitor(visitor.client, town.wang.phone)
    asked, never_asked = Visitor(visitor.client, "13900000005"), Visitor(visitor.client, "13900000006")
    answers, work = [], []
    for one in (known, asked):
        one.ask()
    for one, digits in ((known, wrong(newest_digits(known.phone))), (asked, wrong(newest_digits(asked.phone)))):
        with count_statements() as seen:
            answers.append(one.try_with(digits))
        work.append(list(seen))
    answers.append(never_asked.try_with("123456"))
    assert {answer.status_code for answer in answers} == {401}
    told = [{k: v for k, v in answer.json.items() if k != "instance"} for answer in answers]
    assert told[0] == told[1] == told[2]
    assert work[0] == work[1]


@pytest.mark.case("O1")
def test_a_guesser_gets_five_tries_and_then_the_code_is_dead(visitor):
    visitor.ask()
    digits = newest_digits(visitor.phone)
    for number in range(5):
        other_place = replace(visitor, address=f"198.51.100.{number}")
        assert other_place.try_with(wrong(digits)).status_code == 401
    assert visitor.try_with(digits).status_code == 401
    assert [code.tries for code in codes()] == [5]


@pytest.mark.case("O1")
def test_two_hundred_tries_from_as_many_addresses_are_looked_at_ten_times(visitor):
    for number in range(200):
        guesser = replace(visitor, address=f"198.51.100.{number}")
        if number % 4 == 0:
            guesser.ask()
        assert guesser.try_with("000000").status_code in (401, 429)
    looked_at = [code.tries for code in codes()]
    assert sum(looked_at) <= 10
    assert max(looked_at) <= 5  # of a million: a chance of 5 in 10^6 for one code


@pytest.mark.case("O1")
def test_guessing_goes_on_no_faster_in_the_next_hours(visitor, clock):
    for _hour in range(3):
        for number in range(40):
            guesser = replace(visitor, address=f"198.51.100.{number}")
            guesser.ask()
            guesser.try_with("000000")
        clock.advance(hours=1, seconds=1)
    assert sum(code.tries for code in codes()) <= 30


@pytest.mark.case("O2")
def test_of_two_hundred_parallel_tries_five_are_looked_at(app: Flask, visitor):
    visitor.ask()
    digits = newest_digits(visitor.phone)

    def guess(number: int, guessed: str):
        own = Visitor(app.test_client(use_cookies=False), visitor.phone, address=f"198.51.100.{number}")
        return lambda: own.try_with(guessed).status_code

    guesses = [guess(number, wrong(digits)) for number in range(200)]
    outcomes = at_once(app, guesses)
    assert guess(200, digits)() == 401
    assert set(outcomes) <= {401, 429, 503}
    assert [code.tries for code in codes()] == [5]


@pytest.mark.case("O2")
def test_the_statement_alone_holds_the_count_without_the_queue(app: Flask, visitor):
    visitor.ask()
    row = codes()[0]
    guessed = digest_of(row.phone_index, wrong(newest_digits(visitor.phone)))

    def attempt() -> bool | None:
        with transaction():
            return OneTimePassword.attempt(row.phone_index, None, guessed, city_clock.now())

    outcomes = at_once(app, [attempt] * 40)
    assert outcomes.count(False) == 5
    assert outcomes.count(None) == 35


@pytest.mark.case("O3")
def test_a_code_is_good_once(visitor):
    visitor.ask()
    digits = newest_digits(visitor.phone)
    assert visitor.try_with(digits).status_code == 201
    assert visitor.try_with(digits).status_code == 401


@pytest.mark.case("O3")
def test_of_many_who_bring_the_right_code_at_once_one_is_in(app: Flask, visitor):
    visitor.ask()
    digits = newest_digits(visitor.phone)
    clients = [Visitor(app.test_client(use_cookies=False), visitor.phone, address=f"198.51.100.{n}") for n in range(12)]
    outcomes = at_once(app, [lambda one=one: one.try_with(digits).status_code for one in clients])
    assert outcomes.count(201) == 1
    with transaction("read"):
        assert session().scalar(select(func.count()).select_from(SessionRow)) == 1


@pytest.mark.case("O3")
def test_a_code_is_good_for_its_own_phone_alone(visitor):
    visitor.ask()
    other = replace(visitor, phone="13900000002")
    other.ask()
    if newest_digits(other.phone) != newest_digits(visitor.phone):
        assert other.try_with(newest_digits(visitor.phone)).status_code == 401


@pytest.mark.case("O3")
def test_a_newer_code_ends_the_older_one(visitor):
    visitor.ask()
    older = newest_digits(visitor.phone)
    visitor.ask()
    newer = newest_digits(visitor.phone)
    assert (visitor.try_with(older).status_code == 401) or older == newer
    assert visitor.try_with(newer).status_code == 201 or older == newer


@pytest.mark.case("O3")
@pytest.mark.parametrize(("age", "status"), [(299, 201), (300, 401), (3600, 401)])
def test_a_code_is_over_after_five_minutes(visitor, clock, age, status):
    visitor.ask()
    digits = newest_digits(visitor.phone)
    clock.advance(seconds=age)
    assert visitor.try_with(digits).status_code == status


@pytest.mark.case("O4")
@pytest.mark.parametrize("phone", ["+12025550123", "+85212345678", "008612", "12345", "+861380013800", "+442071234567"])
def test_only_mobile_phones_of_the_country_get_messages(visitor, phone):
    assert replace(visitor, phone=phone).ask().status_code == 422
    assert codes() == []


@pytest.mark.case("O4")
def test_one_phone_is_not_flooded(visitor, clock):
    addresses = [replace(visitor, address=f"198.51.100.{n}") for n in range(10)]
    assert [one.ask().status_code for one in addresses] == [202] * PER_HOUR + [429] * (10 - PER_HOUR)
    clock.advance(hours=1, seconds=1)
    assert [one.ask().status_code for one in addresses].count(202) == 5
    clock.advance(hours=1, seconds=1)
    assert visitor.ask().status_code == 429  # ten in a day


@pytest.mark.case("O4")
def test_parallel_requests_for_one_phone_are_counted_too(app: Flask, visitor):
    clients = [Visitor(app.test_client(use_cookies=False), visitor.phone, address=f"198.51.100.{n}") for n in range(24)]
    at_once(app, [lambda one=one: one.ask().status_code for one in clients])
    assert len(codes()) == PER_HOUR


@pytest.mark.case("O4")
def test_one_address_asks_for_so_many_phones_an_hour(visitor, monkeypatch):
    visitor.sign_in()
    monkeypatch.setattr(one_time_passwords, "PER_ADDRESS", 20)
    outcomes = [replace(visitor, phone=f"138{n:08d}", device_secret=None).ask().status_code for n in range(22)]
    assert outcomes == [202] * 19 + [429] * 3
    assert visitor.ask().status_code == 202  # a device that is known is no pump


def _spent() -> int:
    with transaction("read"):
        return session().scalar(select(func.coalesce(func.sum(MessageDay.spent_fen), 0)))


@pytest.mark.case("O4")
def test_the_days_budget_is_a_wall_for_pumps_but_not_for_who_is_in(app: Flask, visitor, clock):
    signed_in = visitor.sign_in()
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], otp_daily_budget_fen=102, otp_price_fen=5)
    pumps = [Visitor(app.test_client(use_cookies=False), f"139{n:08d}", address=f"198.51.{n}.1") for n in range(60)]
    outcomes = at_once(app, [lambda one=one: one.ask().status_code for one in pumps])
    assert outcomes.count(202) == 19
    assert set(outcomes) == {202, 503}
    assert _spent() == 100
    renewed = visitor.client.post("/api/v1/tokens", json={"refresh_token": signed_in["refresh_token"]})
    assert renewed.status_code == 201
    refused = pumps[0].ask()
    assert refused.json["type"] == "/problems/messages-paused"
    clock.advance(seconds=int(refused.headers["Retry-After"]))  # midnight in the city
    assert replace(visitor, phone="13900000077").ask().status_code == 202


@pytest.mark.proof
@pytest.mark.case("O4")
def test_ten_thousand_requests_over_five_thousand_numbers_cost_no_more_than_the_budget(app: Flask):
    client = app.test_client(use_cookies=False)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], otp_daily_budget_fen=20_000, otp_price_fen=5)
    for number in range(10_000):
        Visitor(client, f"139{number % 5000:08d}", address=f"10.{number % 250}.{number // 250 % 250}.1").ask()
    assert 0 < _spent() <= 20_000


def test_no_messages_where_nothing_can_send_them(app: Flask, visitor):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], sms="none")
    assert visitor.ask().json["type"] == "/problems/messages-paused"
    assert codes() == []


class Provider:
    """A text message provider that is out of order at first."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.sent: list[tuple[str, str, str]] = []

    def send(self, phone, words, *, key):
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the provider is down")
        self.sent.append((phone, words.zh, key))
        return True


@pytest.fixture
def provider(app: Flask):
    sms.register("city", provider := Provider(failures=1))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], sms="city")
    yield provider
    sms._adapters.pop("city")


def test_digits_wait_sealed_until_they_are_sent_and_are_then_gone(visitor, provider, clock):
    visitor.ask()
    digits = newest_digits(visitor.phone)
    (row,) = codes()
    assert digits.encode() not in row.digits_sealed
    outbox.deliver()
    assert provider.sent == []
    assert codes()[0].digits_sealed is not None  # the provider was down: it is tried again
    clock.advance(seconds=10)
    outbox.deliver()
    outbox.deliver()
    ((phone, said, _key),) = provider.sent
    assert phone.endswith(visitor.phone)
    assert digits in said
    assert codes()[0].digits_sealed is None
    with transaction("read"):
        assert service.recent_messages() == []
    assert visitor.try_with(digits).status_code == 201


def test_a_code_that_is_over_is_not_sent_any_more(visitor, provider, clock):
    visitor.ask()
    clock.advance(minutes=6)
    provider.failures = 0
    outbox.deliver()
    assert provider.sent == []


def test_what_is_over_is_forgotten(visitor, clock):
    visitor.sign_in()
    visitor.try_with("000000")
    clock.advance(days=3)
    with transaction():
        assert service.forget_old(city_clock.now()) > 0
    assert codes() == []
    with transaction("read"):
        assert session().scalar(select(func.count()).select_from(SessionRow)) == 1  # its device is still known
    clock.advance(days=500)
    with transaction():
        service.forget_old(city_clock.now())
    with transaction("read"):
        assert session().scalar(select(func.count()).select_from(SessionRow)) == 0


def test_a_message_names_the_code_and_warns(visitor):
    visitor.ask()
    with transaction("read"):
        (message,) = service.recent_messages()
    assert message.digits in message.words.zh
    assert message.digits in message.words.en
    assert message.at == city_clock.now()
