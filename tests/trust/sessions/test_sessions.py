"""What a session is worth: while it lasts, when it ends, and on a device that is new."""

import io
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from healthcode.core import clock as city_clock
from healthcode.core import logs, outbox, signing
from healthcode.core.db import session, transaction
from healthcode.core.http import COOKIE, Credentials
from healthcode.core.outbox import Event
from healthcode.core.problems import NotSignedIn
from healthcode.core.trail import TrailRow
from healthcode.registry.residents.models import Resident
from healthcode.trust.sessions import service
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.problems import ReportsNotYetOpen
from tests.support.sign_in import Visitor, at_once, bearer, newest_digits

OWN = "/api/v1/sessions"


def caller_of(signed_in):
    with transaction("read"):
        return service.resolve(Credentials(signed_in["access_token"], None, ""))


def reports_are_open(signed_in) -> bool:
    try:
        service.make_sure_reports_are_open(caller_of(signed_in))
    except ReportsNotYetOpen:
        return False
    return True


def is_in(visitor: Visitor, signed_in) -> bool:
    return visitor.client.get(OWN, headers=bearer(signed_in)).status_code == 200


def refresh(visitor: Visitor, signed_in):
    return visitor.client.post("/api/v1/tokens", json={"refresh_token": signed_in["refresh_token"]})


@pytest.fixture
def wang(visitor, town) -> Visitor:
    return replace(visitor, phone=town.wang.phone)


# Access tokens and refresh tokens


def test_an_access_token_ends_and_the_refresh_token_gets_the_next(visitor, clock, app):
    signed_in = visitor.sign_in()
    clock.advance(seconds=app.config["SETTINGS"].access_token_seconds)
    assert not is_in(visitor, signed_in)
    renewed = refresh(visitor, signed_in)
    assert renewed.status_code == 201
    assert renewed.json["refresh_token"] != signed_in["refresh_token"]
    assert is_in(visitor, renewed.json)


def test_an_access_token_holds_no_right(visitor):
    claims = signing.read(visitor.sign_in()["access_token"], use="token", typ="at+jwt")
    assert claims.keys() == {"iss", "iat", "exp", "sid", "kind"}


def test_a_refresh_token_used_twice_ends_the_session_for_both(visitor):
    signed_in = visitor.sign_in()
    thief = refresh(visitor, signed_in).json
    assert is_in(visitor, thief)
    assert refresh(visitor, signed_in).status_code == 401
    assert not is_in(visitor, thief)
    assert refresh(visitor, thief).status_code == 401
    with transaction("read"):
        ended = session().scalars(select(Event).where(Event.name == "session.ended")).one()
        assert ended.facts["reason"] == "refresh-token-reused"


def test_of_many_who_bring_the_same_refresh_token_at_once_at_most_one_gets_anything(app: Flask, visitor):
    signed_in = visitor.sign_in()
    clients = [replace(visitor, client=app.test_client(use_cookies=False)) for _ in range(10)]
    outcomes = at_once(app, [lambda one=one: refresh(one, signed_in) for one in clients])
    winners = [answer.json for answer in outcomes if answer.status_code == 201]
    assert len(winners) == 1
    assert not is_in(visitor, winners[0])  # the others were a second use: the session is over


def test_a_session_lasts_thirty_days_and_not_longer(visitor, clock, app):
    signed_in = visitor.sign_in()
    clock.advance(days=app.config["SETTINGS"].refresh_token_days, seconds=-10)
    last = refresh(visitor, signed_in)
    assert last.json["expires_in"] == 10
    clock.advance(seconds=10)
    assert not is_in(visitor, last.json)
    assert refresh(visitor, last.json).status_code == 401


@pytest.mark.parametrize("text", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "é" * 10, "." * 9000])
def test_a_bearer_that_is_no_token_is_refused(visitor, text):
    headers = {"Authorization": f"Bearer {text}".encode("latin-1", "replace").decode("latin-1")}
    assert visitor.client.get(OWN, headers=headers).status_code == 401


def test_a_token_signed_for_a_session_that_never_was_is_refused(visitor):
    for claims in (
        {"sid": "nowhere", "kind": "resident"},
        {"sid": 5, "kind": "resident"},
        {"kind": "resident"},
        {"sid": "x", "kind": []},
    ):
        text = signing.sign("token", claims, typ="at+jwt", lifetime_seconds=60)
        assert visitor.client.get(OWN, headers={"Authorization": f"Bearer {text}"}).status_code == 401


# Cookies


OUR_PAGE = {"Origin": "http://localhost"}


def sign_in_by_cookie(visitor: Visitor, **more: object):
    asked = visitor.client.post("/api/v1/one-time-passwords", json={"phone": visitor.phone}, headers=OUR_PAGE)
    assert asked.status_code == 202, asked.json
    body = {"phone": visitor.phone, "one_time_password": newest_digits(visitor.phone), "transport": "cookie", **more}
    return visitor.client.post(OWN, json=body, headers=OUR_PAGE)


@pytest.fixture
def browser(app: Flask, wang) -> Visitor:
    return replace(wang, client=app.test_client())


def test_our_own_pages_get_a_cookie_that_no_script_can_read(browser):
    answer = sign_in_by_cookie(browser)
    assert answer.status_code == 201
    assert answer.json["access_token"] is None
    assert answer.json["refresh_token"] is None
    said = answer.headers["Set-Cookie"]
    assert said.startswith(f"{COOKIE}=resident.")
    assert "HttpOnly" in said
    assert "SameSite=Strict" in said
    assert browser.client.get(OWN).status_code == 200


def test_over_https_the_cookie_never_leaves_unencrypted(app: Flask, browser):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], public_url="https://code.example.org")
    assert "Secure" in sign_in_by_cookie(browser).headers["Set-Cookie"]


@pytest.mark.case("O7")
def test_a_cookie_that_somebody_planted_is_never_taken_over(app: Flask, browser):
    browser.client.set_cookie(COOKIE, "resident.planted-by-an-attacker")
    answer = sign_in_by_cookie(browser)
    assert answer.status_code == 201
    assert "planted" not in answer.headers["Set-Cookie"]
    attacker = app.test_client()
    attacker.set_cookie(COOKIE, "resident.planted-by-an-attacker")
    assert attacker.get(OWN).status_code == 401


@pytest.mark.case("O7")
def test_signing_in_again_makes_a_new_session_and_ends_the_one_it_replaces(app: Flask, browser):
    first = sign_in_by_cookie(browser)
    old = browser.client.get_cookie(COOKIE).value
    second = sign_in_by_cookie(browser)
    assert browser.client.get_cookie(COOKIE).value != old
    assert second.json["session_id"] != first.json["session_id"]
    other = app.test_client()
    other.set_cookie(COOKIE, old)
    assert other.get(OWN).status_code == 401


@pytest.mark.case("O7")
@pytest.mark.parametrize("name", ["access_token", "token", "session", COOKIE])
def test_a_token_in_an_address_opens_nothing(visitor, name):
    token = visitor.sign_in()["access_token"]
    assert visitor.client.get(f"{OWN}?{name}={token}").status_code == 401


@pytest.mark.case("O7")
def test_what_opens_something_is_neither_logged_nor_stored(app: Flask, browser, monkeypatch):
    monkeypatch.setattr(sys, "stderr", heard := io.StringIO())
    logs.configure(as_json=True)
    sign_in_by_cookie(browser)
    cookie = browser.client.get_cookie(COOKIE).value
    bearer_visitor = replace(browser, client=app.test_client(use_cookies=False))
    signed_in = bearer_visitor.sign_in()
    is_in(bearer_visitor, signed_in)
    refresh(bearer_visitor, signed_in)
    secrets = [cookie, signed_in["access_token"], signed_in["refresh_token"], browser.phone[-11:]]
    said = heard.getvalue()
    assert '"door": "sessions.sign_in"' in said
    assert not [secret for secret in secrets if secret in said]
    with transaction("read") as current:
        for table in SessionRow.metadata.sorted_tables:
            for row in current.execute(select(table)):
                flat = " ".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row)
                assert not [secret for secret in secrets if secret in flat], table.name


@pytest.mark.case("Z22")
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=str,
)
def test_another_site_cannot_use_the_cookie(browser, headers):
    signed_in = sign_in_by_cookie(browser).json
    assert browser.client.delete(f"{OWN}/{signed_in['session_id']}", headers=headers).status_code == 403
    assert browser.client.get(OWN).status_code == 200


@pytest.mark.case("Z22")
@pytest.mark.parametrize("headers", [OUR_PAGE, {"Sec-Fetch-Site": "same-origin"}], ids=str)
def test_our_own_page_can(browser, headers):
    signed_in = sign_in_by_cookie(browser).json
    assert browser.client.delete(f"{OWN}/{signed_in['session_id']}", headers=headers).status_code == 204


@pytest.mark.case("Z22")
def test_no_other_origin_is_told_it_may_read(browser):
    sign_in_by_cookie(browser)
    answer = browser.client.get(OWN, headers={"Origin": "https://evil.example"})
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
    assert browser.client.options(OWN).status_code == 405


def test_a_stale_cookie_does_not_stand_in_the_way_of_signing_in(browser, clock):
    sign_in_by_cookie(browser)
    clock.advance(days=31)
    assert browser.client.get(OWN).status_code == 401
    assert sign_in_by_cookie(browser).status_code == 201


# Signing out, and one's other devices


@pytest.mark.case("O9")
def test_signing_out_clears_the_browser(browser):
    sign_in_by_cookie(browser)
    cookie = browser.client.get_cookie(COOKIE).value
    answer = browser.client.delete(f"{OWN}/current", headers=OUR_PAGE)
    assert answer.status_code == 204
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert browser.client.get_cookie(COOKIE) is None
    browser.client.set_cookie(COOKIE, cookie)
    assert browser.client.get(OWN).status_code == 401


@pytest.mark.case("O9")
def test_a_kiosk_signs_out_after_five_minutes_and_is_never_known_again(browser, clock):
    answer = sign_in_by_cookie(browser, is_shared=True)
    assert answer.json["device_secret"] is None
    clock.advance(seconds=299)
    assert browser.client.get(OWN).status_code == 200
    clock.advance(seconds=300)
    assert browser.client.get(OWN).status_code == 401


def test_signing_out_tells_the_other_rooms(visitor):
    signed_in = visitor.sign_in()
    assert visitor.client.delete(f"{OWN}/current", headers=bearer(signed_in)).status_code == 204
    assert not is_in(visitor, signed_in)
    with transaction("read"):
        ended = session().scalars(select(Event).where(Event.name == "session.ended")).one()
        assert ended.facts == {"session_id": signed_in["session_id"], "kind": "resident", "reason": "signed-out"}
    assert "one-time-password.requested" in outbox.heard_names()


def test_a_resident_sees_and_ends_their_own_devices(app: Flask, wang):
    at_home = wang.sign_in(label="家里的手机")
    elsewhere = replace(wang, device_secret=None).sign_in(label="平板")
    listed = wang.client.get(OWN, headers=bearer(at_home)).json["items"]
    assert {(row["label"], row["is_current"]) for row in listed} == {("家里的手机", True), ("平板", False)}
    assert wang.client.delete(f"{OWN}/{elsewhere['session_id']}", headers=bearer(at_home)).status_code == 204
    assert not is_in(wang, elsewhere)
    assert len(wang.client.get(OWN, headers=bearer(at_home)).json["items"]) == 1


def test_a_stranger_cannot_end_or_confirm_somebody_elses_session(visitor, wang, town):
    hers = wang.sign_in()
    stranger = bearer(replace(visitor, phone=town.stranger.phone).sign_in())
    nobodys = bearer(replace(visitor, phone="13900000042").sign_in())
    for headers in (stranger, nobodys, town.headers(town.clerk), town.hospital_scanner.headers):
        assert visitor.client.delete(f"{OWN}/{hers['session_id']}", headers=headers).status_code == 404
    city_clock.advance(days=2)
    late = bearer(refresh(visitor, replace(visitor, phone=town.stranger.phone).sign_in()).json)
    assert visitor.client.post(f"{OWN}/{hers['session_id']}/confirmations", headers=late).status_code in (403, 404)
    assert refresh(wang, hers).status_code == 201


def test_the_eleventh_session_ends_the_oldest(wang, clock):
    opened = []
    for _ in range(11):
        opened.append(replace(wang, device_secret=None).sign_in())
        clock.advance(hours=2, minutes=30)
    assert refresh(wang, opened[0]).status_code == 401
    assert refresh(wang, opened[1]).status_code == 201


# New devices


@pytest.mark.case("O6")
def test_a_new_device_sees_no_report_for_a_day(wang, clock):
    signed_in = wang.sign_in()
    assert not reports_are_open(signed_in)
    clock.advance(hours=24, seconds=-1)
    signed_in |= refresh(wang, signed_in).json
    assert not reports_are_open(signed_in)
    clock.advance(seconds=1)
    assert reports_are_open(signed_in)


@pytest.mark.case("O6")
def test_signing_in_again_on_the_same_device_does_not_start_the_day_anew(wang, clock):
    first = wang.sign_in()
    clock.advance(hours=23)
    again = wang.sign_in()
    assert again["device_secret"] is None
    assert again["reports_open_at"] == first["reports_open_at"]
    clock.advance(hours=1)
    assert reports_are_open(refresh(wang, again).json)


@pytest.mark.case("O6")
def test_a_stolen_number_on_another_device_waits_and_the_owner_is_told(wang, town, clock):
    wang.sign_in()
    clock.advance(days=2)
    thief = replace(wang, device_secret=None, address="203.0.113.66").sign_in()
    assert not reports_are_open(thief)
    with transaction("read"):
        told = session().scalars(select(Event).where(Event.name == "session.opened").order_by(Event.id)).all()[-1]
        assert told.facts["resident_id"] == town.wang.id
        assert told.facts["is_new_device"] is True


@pytest.mark.case("O6")
def test_another_device_of_the_resident_can_confirm_a_new_one(wang, clock):
    phone = wang.sign_in()
    clock.advance(days=2)
    phone |= refresh(wang, phone).json
    tablet = replace(wang, device_secret=None)
    signed_in = tablet.sign_in()
    door = f"{OWN}/{signed_in['session_id']}/confirmations"
    assert wang.client.post(door, headers=bearer(signed_in)).status_code == 403  # not by itself
    assert wang.client.post(door, headers=bearer(phone)).status_code == 204
    assert reports_are_open(signed_in)
    assert wang.client.post(door, headers=bearer(phone)).status_code == 404  # nothing waits any more
    assert reports_are_open(tablet.sign_in())


@pytest.mark.case("O6")
def test_two_new_devices_cannot_confirm_each_other(wang):
    one, other = (replace(wang, device_secret=None).sign_in() for _ in range(2))
    for here, there in ((one, other), (other, one)):
        answer = wang.client.post(f"{OWN}/{there['session_id']}/confirmations", headers=bearer(here))
        assert answer.json["type"] == "/problems/reports-not-yet-open"


@pytest.mark.case("O6")
def test_a_lost_device_is_new_if_it_comes_back(wang, clock):
    lost = wang.sign_in()
    clock.advance(days=2)
    phone = replace(wang, device_secret=None)
    at_home = phone.sign_in()
    assert wang.client.delete(f"{OWN}/{lost['session_id']}", headers=bearer(at_home)).status_code == 204
    back = wang.sign_in()
    assert back["device_secret"] is not None
    assert not reports_are_open(back)


@pytest.mark.case("O6")
def test_a_device_known_to_one_account_is_new_to_another(wang, visitor, town, clock):
    wang.sign_in()
    clock.advance(days=2)
    other = replace(wang, phone=town.stranger.phone)
    assert not reports_are_open(other.sign_in())


@pytest.mark.case("O5")
def test_strangers_who_guess_do_not_lock_out_the_phone_that_is_known(wang):
    wang.sign_in()
    wang.ask()
    mine = newest_digits(wang.phone)
    for number in range(40):
        guesser = replace(wang, device_secret=None, address=f"198.51.100.{number}")
        guesser.ask()
        guesser.try_with("000000")
        guesser.try_with("000001")
    assert replace(wang, device_secret=None).try_with("000000").status_code == 429
    assert wang.try_with(mine).status_code == 201  # neither locked out nor was its code used up
    assert wang.ask().status_code == 202


@pytest.mark.case("O5")
def test_a_device_secret_that_is_not_hers_makes_nobody_known(wang, visitor, town):
    visitor.sign_in()
    guesser = replace(wang, device_secret=visitor.device_secret)
    for _ in range(8):
        guesser.ask()
    assert guesser.ask().status_code == 429
    assert [guesser.try_with("000000").status_code for _ in range(6)][-1] == 429


# Who is behind a session


def change(resident_id: str, **columns) -> None:
    with transaction():
        session().execute(update(Resident).where(Resident.id == resident_id).values(**columns))


def test_the_session_of_somebody_who_died_is_over(wang, town):
    signed_in = wang.sign_in()
    change(town.wang.id, died_on=city_clock.today())
    assert not is_in(wang, signed_in)
    assert wang.sign_in()["resident_id"] is None  # the phone proves a phone, no more


def test_the_session_of_somebody_who_was_erased_is_over(wang, town):
    signed_in = wang.sign_in()
    change(town.wang.id, key_wrapped=None, phone_index=None)
    assert not is_in(wang, signed_in)


def test_a_session_follows_a_merge_and_comes_back_when_it_is_undone(wang, town):
    signed_in = wang.sign_in()
    change(town.wang.id, merged_into_id=town.stranger.id)
    assert caller_of(signed_in).id == town.stranger.id
    again = wang.sign_in()
    assert again["resident_id"] == town.stranger.id
    change(town.stranger.id, died_on=city_clock.today())
    assert not is_in(wang, signed_in)
    change(town.stranger.id, died_on=None)
    change(town.wang.id, merged_into_id=None)
    assert caller_of(signed_in).id == caller_of(again).id == town.wang.id


def test_a_session_of_nobodys_phone_is_over_once_the_phone_is_somebodys(visitor, town):
    """Whoever registers the phone in it is behind it at once and for good; for all others it opens nothing."""
    signed_in = visitor.sign_in()
    caller = caller_of(signed_in)
    assert (caller.kind, caller.id) == ("resident", None)
    assert caller.row.phone.endswith(visitor.phone)
    change(town.child.id, phone_index=caller.row.phone_index)
    assert not is_in(visitor, signed_in)
    afterwards = visitor.sign_in()
    assert caller_of(afterwards).id == town.child.id
    change(town.child.id, phone_index=None)
    assert caller_of(afterwards).id == town.child.id
    assert caller_of(signed_in).id is None


def test_who_is_asking_costs_one_statement(app: Flask, town, count_statements):
    for headers in (town.headers(town.wang), town.headers(town.clerk), town.hospital_scanner.headers):
        bearer_text = headers["Authorization"].removeprefix("Bearer ")
        with transaction("read"), count_statements() as seen:
            assert service.resolve(Credentials(bearer_text, None, "")).is_known
        assert len(seen) == 1


def test_nobody_is_nobody_and_a_wrong_bearer_is_refused(app: Flask):
    with transaction("read"):
        assert not service.resolve(Credentials(None, None, "")).is_known
        for cookie in ("x", "resident.x", "staff.", "device.x", "admin.x", "é.é"):
            assert not service.resolve(Credentials(None, cookie, "")).is_known
        with pytest.raises(NotSignedIn):
            service.resolve(Credentials("x", None, ""))


def test_signing_in_is_on_the_residents_trail(wang, town):
    signed_in = wang.sign_in()
    with transaction("read"):
        rows = session().scalars(select(TrailRow).where(TrailRow.resident_id == town.wang.id)).all()
        assert [(row.door, row.purpose, row.subject_id) for row in rows] == [
            ("sessions.sign_in", "sign-in", signed_in["session_id"])
        ]


def test_being_seen_is_written_once_a_minute(wang, clock, count_statements):
    signed_in = wang.sign_in()
    for seconds, writes in ((59, 0), (1, 1), (1, 0), (60, 1)):
        clock.advance(seconds=seconds)
        with count_statements() as seen:
            assert is_in(wang, signed_in)
        assert len([statement for statement in seen if statement.startswith("UPDATE sessions")]) == writes
    with transaction("read"):
        row = session().get_one(SessionRow, signed_in["session_id"])
        assert city_clock.now() - row.seen_at < timedelta(minutes=1)
