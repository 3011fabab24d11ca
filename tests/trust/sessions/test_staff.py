"""Signing in to work: password, authenticator, and a post in force."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from healthcode.core import clock as city_clock
from healthcode.core import ids
from healthcode.core.caller import by_itself
from healthcode.core.db import session, transaction
from healthcode.registry.institutions import service as institutions
from healthcode.trust.sessions import passwords, totp
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.models import SignInFailure
from tests.support.sign_in import PASSWORD, TOTP_SECRET, Colleague, at_once, bearer, digits_now, wrong

RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("epoch", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_authenticators_show_what_rfc_6238_says(epoch, digits):
    assert totp.digits_at(RFC_SECRET, epoch // 30) == digits
    assert totp.step_of(RFC_SECRET, digits, epoch) == epoch // 30


@pytest.mark.parametrize(("late", "is_taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_an_authenticator_may_be_one_step_off(late, is_taken):
    epoch = 1_800_000_000
    assert (totp.step_of(RFC_SECRET, totp.digits_at(RFC_SECRET, epoch // 30), epoch + late) is not None) is is_taken


def test_a_password_is_kept_as_argon2id_and_never_twice_the_same():
    one, other = (passwords.hash_of(PASSWORD, memory_kib=64) for _ in range(2))
    assert one.startswith("$argon2id$")
    assert one != other
    assert passwords.is_right(PASSWORD, one, memory_kib=64)
    assert not passwords.is_right(PASSWORD + " ", one, memory_kib=64)
    assert not passwords.is_right(PASSWORD, None, memory_kib=64)
    assert not passwords.is_right(PASSWORD, "not a hash", memory_kib=64)


def appoint(colleague: Colleague, institution_id: str | None, role: str, until_at: datetime | None = None) -> str:
    with transaction():
        post = institutions.appoint(
            by_itself("test"), institution_id=institution_id, username=colleague.username, role=role, until_at=until_at
        )
        return post.id


@pytest.fixture
def clerk(colleague: Colleague, town) -> Colleague:
    appoint(colleague, town.hospital, "clerk")
    return colleague


def own_sessions(colleague: Colleague, signed_in) -> int:
    return colleague.client.get("/api/v1/sessions", headers=bearer(signed_in)).status_code


def test_a_clerk_signs_in_to_work_at_the_hospital(clerk, town):
    answer = clerk.sign_in(digits_now())
    assert answer.status_code == 201, answer.json
    assert answer.json["institution_id"] == town.hospital
    assert own_sessions(clerk, answer.json) == 200


@pytest.mark.case("O8")
@pytest.mark.parametrize("missing", ["password", "totp"])
def test_neither_factor_can_be_left_out(clerk, missing):
    body = {"username": clerk.username, "password": PASSWORD, "totp": digits_now()}
    del body[missing]
    assert clerk.client.post("/api/v1/staff-sessions", json=body).status_code == 422


@pytest.mark.case("O8")
def test_the_password_alone_and_the_authenticator_alone_open_nothing(clerk):
    assert clerk.sign_in(wrong(digits_now())).status_code == 401
    assert clerk.sign_in(digits_now(), password="guessed").status_code == 401


@pytest.mark.case("O8")
def test_no_door_resets_or_recovers_a_factor(app: Flask):
    doors = {rule.rule for rule in app.url_map.iter_rules()}
    assert not [rule for rule in doors if any(word in rule for word in ("reset", "recover", "forgot"))]
    openers = {
        rule for rule in doors if rule.startswith("/api/v1") and rule.endswith(("-sessions", "/sessions", "/tokens"))
    }
    assert openers == {"/api/v1/sessions", "/api/v1/staff-sessions", "/api/v1/device-sessions", "/api/v1/tokens"}


@pytest.mark.case("O3")
def test_an_authenticators_digits_are_good_once(clerk, clock):
    assert clerk.sign_in(digits_now()).status_code == 201
    assert clerk.sign_in(digits_now()).status_code == 401
    assert clerk.sign_in(digits_now(-1)).status_code == 401  # nor any before
    clock.advance(seconds=30)
    assert clerk.sign_in(digits_now()).status_code == 201


@pytest.mark.case("O3")
def test_of_many_who_bring_the_same_digits_at_once_one_is_in(app: Flask, clerk):
    digits = digits_now()
    places = [replace(clerk, client=app.test_client(use_cookies=False), address=f"198.51.100.{n}") for n in range(8)]
    outcomes = at_once(app, [lambda one=one: one.sign_in(digits).status_code for one in places])
    assert outcomes.count(201) == 1


@pytest.mark.case("Z16")
def test_an_unknown_username_and_a_wrong_password_are_one_answer_and_one_amount_of_work(
    clerk, count_statements, monkeypatch
):
    checks = []
    check = passwords.is_right
    monkeypatch.setattr(passwords, "is_right", lambda *a, **k: checks.append(1) or check(*a, **k))
    answers, work = [], []
    for username in (clerk.username, "nobody.here"):
        with count_statements() as seen:
            answers.append(clerk.sign_in(digits_now(), password="wrong", username=username))
        work.append(len(seen))
    told = [{k: v for k, v in answer.json.items() if k != "instance"} for answer in answers]
    assert told[0] == told[1]
    assert answers[0].status_code == answers[1].status_code == 401
    assert work[0] == work[1]
    assert len(checks) == 2


@pytest.mark.case("O5")
def test_wrong_tries_wait_longer_and_longer_at_their_own_place_only(clerk, clock):
    known = clerk.sign_in(digits_now()).json["device_secret"]
    clock.advance(seconds=30)
    attacker = replace(clerk, address="203.0.113.66")
    assert [attacker.sign_in("000000").status_code for _ in range(6)] == [401] * 5 + [429]
    waits = []
    for _ in range(4):
        waits.append(int(attacker.sign_in("000000").headers["Retry-After"]))
        clock.advance(seconds=waits[-1])
        assert attacker.sign_in("000000").status_code == 401
    assert waits == [30, 60, 120, 240]
    assert attacker.sign_in(digits_now()).status_code == 429  # not even the right ones
    assert clerk.sign_in(digits_now(), device_secret=known).status_code == 201


@pytest.mark.case("O5")
def test_a_whole_botnet_does_not_lock_out_the_device_that_is_known(clerk, clock):
    known = clerk.sign_in(digits_now()).json["device_secret"]
    clock.advance(seconds=30)
    for number in range(60):
        replace(clerk, address=f"198.51.100.{number}").sign_in("000000", password="guess")
    stranger = replace(clerk, address="203.0.113.9")
    assert stranger.sign_in(digits_now()).status_code == 429
    assert clerk.sign_in(digits_now(), device_secret=known).status_code == 201


def test_a_right_try_ends_the_series(clerk, clock):
    for _ in range(4):
        clerk.sign_in("000000")
    assert clerk.sign_in(digits_now()).status_code == 201
    with transaction("read"):
        counts = {row.count for row in session().scalars(select(SignInFailure))}
    assert counts == {0, 4}  # the place is forgiven; the account still remembers what strangers tried


@pytest.mark.case("Z10")
def test_sessions_end_when_the_post_ends(app: Flask, colleague, town, clock):
    post_id = appoint(colleague, town.hospital, "clerk")
    opened = []
    for _ in range(5):
        opened.append(colleague.sign_in(digits_now()).json)
        clock.advance(seconds=30)
    assert {own_sessions(colleague, one) for one in opened} == {200}
    with transaction():
        institutions.dismiss(by_itself("test"), post_id=post_id)
    assert {own_sessions(colleague, one) for one in opened} == {401}
    assert colleague.sign_in(digits_now()).status_code == 401


@pytest.mark.case("Z10")
def test_a_post_ends_by_its_date_without_any_job(colleague, town, clock):
    appoint(colleague, town.hospital, "clerk", until_at=city_clock.now() + timedelta(minutes=10))
    signed_in = colleague.sign_in(digits_now()).json
    clock.advance(seconds=599)
    assert own_sessions(colleague, signed_in) == 200
    clock.advance(seconds=1)
    assert own_sessions(colleague, signed_in) == 401


@pytest.mark.case("Z10")
def test_who_left_one_institution_still_works_at_the_other(app: Flask, colleague, town, clock):
    left = appoint(colleague, town.hospital, "doctor")
    appoint(colleague, town.station, "clerk")
    at_hospital = colleague.sign_in(digits_now(), institution_id=town.hospital).json
    clock.advance(seconds=30)
    at_station = colleague.sign_in(digits_now(), institution_id=town.station).json
    with transaction():
        institutions.dismiss(by_itself("test"), post_id=left)
    assert own_sessions(colleague, at_hospital) == 401
    assert own_sessions(colleague, at_station) == 200
    assert roles_of(app, at_station) == {"clerk"}


def roles_of(app: Flask, signed_in) -> set[str]:
    from healthcode.core.http import Credentials
    from healthcode.trust.sessions import service

    with transaction("read"):
        return set(service.resolve(Credentials(signed_in["access_token"], None, "")).roles)


def test_roles_of_one_institution_do_not_follow_to_another(app: Flask, colleague, town):
    appoint(colleague, town.hospital, "doctor")
    appoint(colleague, town.hospital, "institution_admin")
    appoint(colleague, town.station, "clerk")
    appoint(colleague, None, "auditor")
    at_hospital = colleague.sign_in(digits_now(), institution_id=town.hospital).json
    assert roles_of(app, at_hospital) == {"doctor", "institution_admin", "auditor"}


def test_who_works_at_two_places_says_where_and_the_digits_are_still_good(colleague, town):
    appoint(colleague, town.hospital, "clerk")
    appoint(colleague, town.station, "clerk")
    unsaid = colleague.sign_in(digits_now())
    assert unsaid.status_code == 409
    assert set(unsaid.json["institution_ids"]) == {town.hospital, town.station}
    assert colleague.sign_in(digits_now(), institution_id=town.far_station).status_code == 401
    # A place that is not theirs used the digits up; the next ones open.
    city_clock.advance(seconds=30)
    assert colleague.sign_in(digits_now(), institution_id=town.station).json["institution_id"] == town.station


def test_a_city_post_has_no_institution(app: Flask, colleague):
    appoint(colleague, None, "hotline")
    signed_in = colleague.sign_in(digits_now()).json
    assert signed_in["institution_id"] is None
    assert roles_of(app, signed_in) == {"hotline"}


@pytest.mark.case("O9")
@pytest.mark.parametrize(("is_shared", "minutes"), [(False, 15), (True, 5)])
def test_an_unattended_screen_is_signed_out(clerk, clock, is_shared, minutes):
    signed_in = clerk.sign_in(digits_now(), transport="bearer", is_shared=is_shared).json
    for _ in range(3):  # reads alone keep it open
        clock.advance(minutes=minutes - 2)
        signed_in |= clerk.client.post("/api/v1/tokens", json={"refresh_token": signed_in["refresh_token"]}).json
        assert own_sessions(clerk, signed_in) == 200
    clock.advance(minutes=minutes)
    assert own_sessions(clerk, signed_in) == 401
    assert clerk.client.post("/api/v1/tokens", json={"refresh_token": signed_in["refresh_token"]}).status_code == 401


@pytest.mark.case("O9")
def test_looking_is_use_too(app: Flask, clerk, clock, count_statements):
    browser = app.test_client()
    body = {"username": clerk.username, "password": PASSWORD, "totp": digits_now(), "transport": "cookie"}
    assert browser.post("/api/v1/staff-sessions", json=body).status_code == 201
    for _ in range(4):
        clock.advance(minutes=10)
        assert browser.get("/api/v1/sessions").status_code == 200
    with count_statements() as seen:
        browser.get("/api/v1/sessions")
    assert not [statement for statement in seen if statement.startswith("UPDATE sessions")]  # within the minute
    clock.advance(minutes=15)
    assert browser.get("/api/v1/sessions").status_code == 401


def test_a_working_day_ends(clerk, clock):
    signed_in = clerk.sign_in(digits_now()).json
    for _ in range(12 * 6 - 1):
        clock.advance(minutes=10)
        answer = clerk.client.post("/api/v1/tokens", json={"refresh_token": signed_in["refresh_token"]})
        assert answer.status_code == 201
        signed_in |= answer.json
    clock.advance(minutes=10)
    assert clerk.client.post("/api/v1/tokens", json={"refresh_token": signed_in["refresh_token"]}).status_code == 401


@pytest.mark.case("Z23")
def test_nobody_can_sign_in_as_somebody_else(clerk, town):
    for field in ("resident_id", "as", "account_id", "on_behalf_of"):
        body = {"username": clerk.username, "password": PASSWORD, "totp": digits_now(), field: town.wang.id}
        assert clerk.client.post("/api/v1/staff-sessions", json=body).status_code == 422
    signed_in = clerk.sign_in(digits_now()).json
    with transaction("read"):
        row = session().get_one(SessionRow, signed_in["session_id"])
        assert (row.kind, row.account_id) == ("staff", clerk.id)


def test_a_sealed_authenticator_belongs_to_one_account(app: Flask):
    from healthcode.core.secrets import Unreadable

    staff_id = ids.new()
    sealed = totp.seal(TOTP_SECRET, staff_id=staff_id)
    assert totp.unseal(sealed, staff_id=staff_id) == TOTP_SECRET
    with pytest.raises(Unreadable):
        totp.unseal(sealed, staff_id=ids.new())
    assert totp.as_text(b"12345678901234567890") == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert len(totp.new_secret()) == 20
