"""Stories of showing and reading: windows, keys, stations, and what replay is keyed on."""

import random

import pytest

from healthcode.trust.codes.hp1 import refusals
from healthcode.trust.codes.hp1.forms import Audience
from healthcode.trust.codes.hp1.verify import Keys, VerifyingKey, verify
from tests.trust.codes.hp1 import mint
from tests.trust.codes.hp1.mint import (
    DAY,
    KEYS,
    NOW,
    bound_showing,
    card,
    certificate,
    certificate_claims,
    showing,
    text,
    ticket,
)


def read(data, now=NOW, **rest):
    return verify(text(data), keys=KEYS, now=now, issuer=mint.ISS, **rest)


@pytest.mark.case("Q1")
def test_a_malleable_signature_is_the_same_showing():
    once, again = showing(), mint.other_s(showing())
    assert text(once) != text(again)
    assert read(once).replay_key == read(again).replay_key == mint.PASS_ID + NOW.to_bytes(8, "big")


@pytest.mark.case("Q1")
def test_a_certificate_with_another_signature_is_the_same_showing():
    """Only a phone can put another certificate into its showing; then (pass id, iat) is still the same."""
    again = showing(cert=mint.other_s(certificate()))
    assert read(again).replay_key == read(showing()).replay_key


@pytest.mark.case("Q1")
def test_two_showings_and_two_tickets_are_two():
    assert read(showing(iat=NOW - 15)).replay_key != read(showing()).replay_key
    other = {1: mint.ISS, 2: mint.PASS_ID, 4: NOW + 60, 7: b"another!"}
    assert read(ticket(other)).replay_key == b"another!" != read(ticket()).replay_key
    assert read(mint.other_s(ticket())).replay_key == read(ticket()).replay_key == mint.TICKET_ID


def test_a_card_is_no_showing_and_has_nothing_to_spend():
    assert read(card()).replay_key is None


def test_what_to_ask_the_revocation_list_for():
    assert read(showing()).revocation_prefixes == (mint.PASS_ID[:8],)
    assert read(ticket()).revocation_prefixes == (mint.PASS_ID[:8], mint.TICKET_ID)
    assert read(card()).revocation_prefixes == (mint.CARD_ID[:8],)


@pytest.mark.case("Q4")
def test_a_screenshot_is_worthless_after_a_minute():
    ages, data = random.Random(4), showing()
    for _ in range(1000):
        age = ages.randint(-7200, 7200)
        if -30 <= age <= 60:
            assert read(data, now=NOW + age).moment == NOW
        else:
            with pytest.raises(refusals.Expired if age > 0 else refusals.NotReady):
                read(data, now=NOW + age)


@pytest.mark.case("Q11")
def test_a_phone_with_a_wrong_clock_hears_of_its_clock():
    slugs = {}
    for skew in range(-600, 601, 5):
        try:
            slugs[skew] = read(showing(iat=NOW + skew)).form
        except refusals.Refusal as refusal:
            slugs[skew] = refusal.slug
    assert {skew for skew, slug in slugs.items() if slug == "pass"} == set(range(-60, 31, 5))
    assert {slugs[skew] for skew in slugs if skew > 30} == {"code-not-ready"}
    assert {slugs[skew] for skew in slugs if skew < -60} == {"code-expired"}


@pytest.mark.case("Q4")
def test_a_ticket_lives_its_minute():
    lived = [age for age in range(-60, 120) if _is_taken(ticket(exp=NOW + 60), NOW + age)]
    assert lived == list(range(-30, 61))


@pytest.mark.case("Q11")
def test_a_card_printed_a_moment_ahead_of_this_clock_is_taken():
    assert [ahead for ahead in (29, 30, 31) if _is_taken(card(iat=NOW + ahead), NOW)] == [29, 30]


@pytest.mark.case("Q4")
def test_a_certificate_lives_24_hours_and_5_minutes():
    begins, ends = NOW - DAY - 300, NOW
    cert = certificate(certificate_claims(exp=ends))
    taken = {at - ends: _is_taken(showing(cert=cert, iat=at), at) for at in (begins, begins + 1, ends, ends + 1)}
    assert taken == {-DAY - 300: False, -DAY - 299: True, 0: True, 1: False}


@pytest.mark.case("Q9")
def test_a_key_is_in_force_between_its_dates():
    key = VerifyingKey("card", mint.CARD_KEY.public_key(), NOW - 10, NOW + 10)
    table = Keys([(b"\x03", key)])
    taken = [at for at in range(NOW - 40, NOW + 40) if _is_taken(card(iat=NOW - 5), at, table)]
    assert taken == list(range(NOW - 10, NOW + 10))


@pytest.mark.case("Q9")
def test_a_card_is_not_older_than_its_key():
    for began, taken in ((NOW - 4, False), (NOW - 5, True)):
        table = Keys([(b"\x03", VerifyingKey("card", mint.CARD_KEY.public_key(), began))])
        assert _is_taken(card(iat=NOW - 5), NOW, table) is taken


@pytest.mark.case("Q9")
def test_a_kid_names_one_key_on_p256():
    key = VerifyingKey("card", mint.CARD_KEY.public_key(), 0)
    with pytest.raises(ValueError):
        Keys([(b"\x01", key), (b"\x01", key)])
    with pytest.raises(ValueError):
        Keys([(b"\x01\x02", key)])
    other = mint.ec.generate_private_key(mint.ec.SECP384R1()).public_key()
    with pytest.raises(ValueError):
        Keys([(b"\x01", VerifyingKey("card", other, 0))])


@pytest.mark.case("Q5")
def test_an_answer_is_good_at_its_station_for_its_request_only():
    asked, data = Audience(mint.STATION, mint.CNONCE), bound_showing()
    assert read(data, audience=asked).code.audience == asked
    with pytest.raises(refusals.WrongStation):
        read(data, audience=Audience("JJ-0043", mint.CNONCE))
    with pytest.raises(refusals.WrongStation):
        read(data)
    with pytest.raises(refusals.ChallengeMismatch) as caught:
        read(data, audience=Audience(mint.STATION, b"12345678"))
    assert caught.type is refusals.ChallengeMismatch  # the right station, an earlier request
    with pytest.raises(refusals.ChallengeMismatch):
        read(showing(), audience=asked)


@pytest.mark.case("Q6")
def test_a_forger_hears_what_a_stranger_hears():
    answers = set()
    for data in (showing(key=mint.STRANGER), showing(cert=certificate(kid=b"\x77")), card(signature=bytes(64))):
        with pytest.raises(refusals.NotOurs) as caught:
            read(data)
        answers.add(caught.value.slug)
    assert answers == {"code-not-ours"}


def _is_taken(data, now, keys=KEYS):
    try:
        verify(text(data), keys=keys, now=now)
    except refusals.Refusal:
        return False
    return True
