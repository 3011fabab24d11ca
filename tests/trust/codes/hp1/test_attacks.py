"""Every attack of the table fails, and each guard is shown to be the one that stops it."""

import re

import pytest

from healthcode.trust.codes.hp1 import digits, forms, verify
from healthcode.trust.codes.hp1.refusals import Refusal
from tests.trust.codes.hp1 import attacks, mint, requests_and_digits
from tests.trust.codes.hp1.attacks import Try
from tests.trust.codes.hp1.without import LETS_IN

EVERY_TRY = attacks.every_try()


def as_parameters(table):
    return [pytest.param(item, id=item.name, marks=[pytest.mark.case(*item.cases)]) for item in table]


def answer(item: Try, keys: verify.KeyTable = mint.KEYS, issuer: str | None = mint.ISS) -> str:
    audience = forms.UNBOUND if item.challenge is None else forms.Audience(*item.challenge)
    try:
        verify.verify(item.text, keys=keys, now=item.now, issuer=issuer, audience=audience)
    except Refusal as refusal:
        return refusal.slug
    return "ok"


@pytest.mark.parametrize("item", as_parameters(EVERY_TRY))
def test_every_try_gets_its_answer(item):
    assert answer(item) == item.expect, item.why


def test_every_name_is_used_once():
    names = [item.name for item in EVERY_TRY]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("item", as_parameters(requests_and_digits.requests()))
def test_every_request_gets_its_answer(item):
    try:
        verify.verify_station_request(item.text, device_key=mint.DEVICE.public_key(), now=item.now)
        got = "ok"
    except Refusal as refusal:
        got = refusal.slug
    assert got == item.expect, item.why


@pytest.mark.parametrize("item", as_parameters(requests_and_digits.typed()))
def test_every_line_of_digits_gets_its_answer(item):
    try:
        got = "ok" if digits.read(item.text) == item.text else "changed"
    except Refusal as refusal:
        got = refusal.slug
    assert got == item.expect, item.why


@pytest.mark.case("Q4", "Q5", "Q6", "Q7", "Q8", "Q9", "Q10")
@pytest.mark.parametrize("take_away", LETS_IN, ids=lambda guard: guard.__name__)
def test_without_its_guard_the_attack_succeeds(take_away, monkeypatch):
    held = {item.name: item for item in attacks.attacks()}
    names = set(LETS_IN[take_away].split())
    assert not [name for name in names if answer(held[name]) == "ok"]
    with monkeypatch.context() as patch:
        take_away(patch)
        assert [name for name in names if answer(held[name]) != "ok"] == []


@pytest.mark.case("Q9")
def test_without_the_city_named_another_citys_card_is_taken():
    item = next(item for item in EVERY_TRY if item.name == "iss-other-city")
    assert answer(item) == "code-not-ours"
    assert answer(item, issuer=None) == "ok"


@pytest.mark.case("Q18")
@pytest.mark.parametrize(
    ("name", "loose"),
    [
        ("digits-newline", r"[0-9]{20}\n?"),
        ("digits-space-around", r" ?[0-9]{20}"),
        ("digits-full-width", r"\d{20}"),
        ("digits-arabic", r"\d{20}"),
        ("digits-one-full-width", r"\d{20}"),
    ],
)
def test_without_its_alphabet_other_digits_get_past_it(name, loose, monkeypatch):
    """The next wall is the prefix or the check digit, which say so in other words."""
    text = next(item.text for item in requests_and_digits.typed() if item.name == name)
    with pytest.raises(Refusal, match="not twenty digits"):
        digits.read(text)
    monkeypatch.setattr(digits, "_TWENTY", re.compile(loose))
    with pytest.raises((Refusal, ValueError)) as caught:
        digits.read(text)
    assert "not twenty digits" not in str(caught.value)
