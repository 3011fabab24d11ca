"""The writers, seen from outside: what they write is read again, fits its QR code, and keeps its bounds."""

import pytest
import qrcode
from cryptography.hazmat.primitives.asymmetric import ec
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import MODE_ALPHA_NUM, QRData

from healthcode.trust.codes.hp1 import forms
from healthcode.trust.codes.hp1.cose import signer
from healthcode.trust.codes.hp1.phone_key import PhoneKey
from healthcode.trust.codes.hp1.verify import verify
from tests.trust.codes.hp1 import mint
from tests.trust.codes.hp1.mint import EXP, ISS, KEYS, NOW, PASS_ID

CITY = {"iss": ISS}
PHONE = PhoneKey.of(mint.PHONE.public_key())


def certificate(**changes):
    fields = {"kid": b"\x01", "iss": ISS, "pass_id": PASS_ID, "exp": EXP, "phone": PHONE, "sign": signer(mint.PASS_KEY)}
    return forms.write_certificate(**fields | changes)


def ticket(**changes):
    fields = {"kid": b"\x02", "iss": ISS, "pass_id": PASS_ID, "exp": NOW + 60, "ticket_id": mint.TICKET_ID}
    return forms.write_ticket(**fields | {"sign": signer(mint.TICKET_KEY)} | changes)


def card(**changes):
    fields = {"kid": b"\x03", "iss": ISS, "card_id": mint.CARD_ID, "iat": NOW, "sign": signer(mint.CARD_KEY)}
    return forms.write_card(**fields | changes)


def showing(audience=forms.UNBOUND, **changes):
    fields = {"certificate": certificate(), "iat": NOW, "sign": signer(mint.PHONE), "audience": audience}
    return forms.write_pass(**fields | changes)


def qr_version(text, correction):
    code = qrcode.QRCode(error_correction=correction, mask_pattern=0)
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM))
    code.make(fit=True)
    return code.version


@pytest.mark.parametrize("audience", [forms.UNBOUND, forms.Audience("JJ-0042", mint.CNONCE)])
def test_a_phone_shows_what_the_city_certified(audience):
    found = verify(showing(audience), keys=KEYS, now=NOW, issuer=ISS, audience=audience)
    assert (found.form, found.subject, found.moment, found.kid) == ("pass", PASS_ID, NOW, b"\x01")
    assert found.code.audience == audience
    assert found.code.certificate.phone == PHONE
    assert found.code.certificate.exp == EXP


def test_a_ticket_and_a_card_are_read_as_they_were_written():
    found = verify(ticket(), keys=KEYS, now=NOW, issuer=ISS)
    assert (found.form, found.subject, found.code.ticket_id, found.moment) == ("ticket", PASS_ID, mint.TICKET_ID, NOW)
    found = verify(card(), keys=KEYS, now=NOW, issuer=ISS)
    assert (found.form, found.subject, found.moment) == ("card", mint.CARD_ID, NOW)


def test_a_certificate_is_read_by_itself():
    found = forms.read_certificate(certificate())
    assert (found.kid, found.iss, found.pass_id, found.exp, found.phone) == (b"\x01", ISS, PASS_ID, EXP, PHONE)


def test_a_pass_fits_version_11():
    text = showing()
    assert len(text) <= 366
    assert qr_version(text, ERROR_CORRECT_M) == 11


def test_the_longest_answer_to_a_station_fits_version_12():
    assert qr_version(showing(forms.Audience("J" * 23, mint.CNONCE)), ERROR_CORRECT_M) == 12


def test_a_ticket_fits_version_7_and_a_card_version_9():
    assert qr_version(ticket(), ERROR_CORRECT_M) <= 7
    assert qr_version(card(), ERROR_CORRECT_Q) <= 9


@pytest.mark.parametrize(
    ("write", "field", "value"),
    [
        (certificate, "kid", b"\x01\x02"),
        (certificate, "kid", b""),
        (certificate, "iss", "JJJ"),
        (certificate, "iss", "jj"),
        (certificate, "pass_id", b"\x01" * 15),
        (certificate, "exp", float(EXP)),
        (certificate, "exp", 2**32),
        (certificate, "exp", True),
        (showing, "iat", 0),
        (showing, "audience", forms.Audience("h", mint.CNONCE)),
        (showing, "audience", forms.Audience("JJ-0042")),
        (showing, "audience", forms.Audience("JJ 0042", mint.CNONCE)),
        (showing, "audience", forms.Audience("J" * 24, mint.CNONCE)),
        (showing, "audience", forms.Audience("JJ-0042", mint.CNONCE[1:])),
        (ticket, "ticket_id", b"\x01" * 9),
        (card, "card_id", b"\x01" * 17),
        (card, "sign", lambda message: mint.CARD_KEY.sign(message, ec.ECDSA(mint.SHA256()))),
    ],
)
def test_writers_keep_the_bounds_they_read_with(write, field, value):
    with pytest.raises(ValueError):
        write(**{field: value})


@pytest.mark.case("Q7")
def test_only_points_of_p256_become_a_phones_key():
    point = mint.PHONE.public_key().public_numbers()
    x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
    assert PhoneKey.of_point(x, y) == PHONE
    assert PhoneKey.of_point(x, y).public_key().public_numbers() == point
    for wrong in ((y, x), (x, bytes(32)), (bytes(32), bytes(32)), (x[1:], y), (x, y + b"\x00")):
        with pytest.raises(ValueError):
            PhoneKey.of_point(*wrong)
    for curve in (ec.SECP256K1(), ec.SECP384R1()):
        with pytest.raises(ValueError):
            PhoneKey.of(ec.generate_private_key(curve).public_key())


def test_every_second_key_has_an_odd_y_and_both_kinds_are_read():
    kinds = set()
    for number in range(16):
        key = mint.private_key(f"phone {number}")
        phone = PhoneKey.of(key.public_key())
        kinds.add(phone.y_is_odd)
        text = showing(certificate=certificate(phone=phone), sign=signer(key))
        assert verify(text, keys=KEYS, now=NOW).subject == PASS_ID
    assert kinds == {True, False}
