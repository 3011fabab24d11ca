"""A scanner asks, a phone answers, the server reads both."""

import pytest

from healthcode.trust.codes.hp1 import forms, refusals
from healthcode.trust.codes.hp1.cose import signer
from healthcode.trust.codes.hp1.verify import verify, verify_station_request
from tests.trust.codes.hp1 import mint
from tests.trust.codes.hp1.mint import KEYS, NOW


def ask(**changes):
    fields = {"station_id": mint.STATION, "station_name": mint.STATION_NAME, "iat": NOW, "cnonce": mint.CNONCE}
    return forms.write_station_request(**fields | {"sign": signer(mint.DEVICE)} | changes)


@pytest.mark.case("Q5")
def test_the_phone_answers_what_the_scanner_asked():
    seen = forms.read_station_request(ask())  # the phone: it knows no device key
    answer = forms.write_pass(
        certificate=mint.certificate(), iat=NOW + 20, sign=signer(mint.PHONE), audience=seen.audience
    )
    asked = verify_station_request(ask(), device_key=mint.DEVICE.public_key(), now=NOW + 21)
    assert asked.station_name == mint.STATION_NAME
    found = verify(answer, keys=KEYS, now=NOW + 21, issuer=mint.ISS, audience=asked.audience)
    assert (found.subject, found.code.audience.aud) == (mint.PASS_ID, mint.STATION)


@pytest.mark.case("Q5")
def test_an_answer_given_at_one_station_is_worthless_at_the_next():
    here, there = ask(), ask(station_id="JJ-0043")
    answer = forms.write_pass(
        certificate=mint.certificate(),
        iat=NOW,
        sign=signer(mint.PHONE),
        audience=forms.read_station_request(here).audience,
    )
    with pytest.raises(refusals.WrongStation):
        verify(answer, keys=KEYS, now=NOW, audience=forms.read_station_request(there).audience)


@pytest.mark.case("Q5")
def test_a_request_of_another_device_is_forged():
    with pytest.raises(refusals.Forged):
        verify_station_request(ask(sign=signer(mint.STRANGER)), device_key=mint.DEVICE.public_key(), now=NOW)


@pytest.mark.case("Q5")
def test_a_request_lives_three_minutes():
    lived = []
    for age in range(-60, 240):
        try:
            verify_station_request(ask(), device_key=mint.DEVICE.public_key(), now=NOW + age)
            lived.append(age)
        except (refusals.NotReady, refusals.Expired):
            pass
    assert lived == list(range(-30, 181))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("station_id", "h"),
        ("station_id", "J" * 24),
        ("station_id", "../"),
        ("station_name", ""),
        ("station_name", "站" * 41),
        ("station_name", "evil\u202ename"),
        ("iat", 1.5),
        ("cnonce", b"seven77"),
    ],
)
def test_a_scanner_cannot_ask_out_of_bounds(field, value):
    with pytest.raises(ValueError):
        ask(**{field: value})


def test_the_longest_request_still_fits():
    assert len(ask(station_id="J" * 23, station_name="站" * 40)) <= 512
