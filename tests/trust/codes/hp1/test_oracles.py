"""Libraries that others wrote read our good envelopes and refuse the bad ones: we did not invent a dialect.

Two of Python, and one of JavaScript: @auth0/cose, which shares no line with anything that runs here.
"""

import sys
from collections.abc import Iterator
from unittest.mock import Mock

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from healthcode.core import p256
from healthcode.trust.codes.hp1 import armour, cbor, cose, forms
from healthcode.trust.codes.hp1.cose import signer
from healthcode.trust.codes.hp1.phone_key import PhoneKey
from tests.support.databases import missing
from tests.support.node import consult, is_as_it_came
from tests.trust.codes.hp1 import mint

# cwt wants certvalidator for certificate chains, which no code carries; below it, oscrypto cannot read the version of
# OpenSSL 3.0.10 and later and refuses to be imported.
sys.modules.setdefault("certvalidator", Mock())
try:
    import cwt
    from pycose import keys as pycose_keys
    from pycose import messages as pycose_messages
except ImportError as why:
    missing(str(why))

# Both are handed the decoded array: they expect a list inside a tag, and the CBOR library gives a tuple there.
SIGN1 = 18


def envelopes():
    phone = PhoneKey.of(mint.PHONE.public_key())
    cert = forms.write_certificate(
        kid=b"\x01", iss="JJ", pass_id=mint.PASS_ID, exp=mint.EXP, phone=phone, sign=signer(mint.PASS_KEY)
    )
    showing = forms.write_pass(certificate=cert, iat=mint.NOW, sign=signer(mint.PHONE))
    ticket = forms.write_ticket(
        kid=b"\x02",
        iss="JJ",
        pass_id=mint.PASS_ID,
        exp=mint.EXP,
        ticket_id=mint.TICKET_ID,
        sign=signer(mint.TICKET_KEY),
    )
    card = forms.write_card(kid=b"\x03", iss="JJ", card_id=mint.CARD_ID, iat=mint.NOW, sign=signer(mint.CARD_KEY))
    decompressed = forms.read(showing).certificate.phone.public_key()
    return {
        "certificate": (cert, mint.PASS_KEY.public_key()),
        "pass": (armour.unwrap(showing), decompressed),
        "ticket": (armour.unwrap(ticket), mint.TICKET_KEY.public_key()),
        "card": (armour.unwrap(card), mint.CARD_KEY.public_key()),
    }


def by_pycose(data: bytes, key: ec.EllipticCurvePublicKey) -> bytes | None:
    message = pycose_messages.Sign1Message.from_cose_obj(cbor2.loads(data), allow_unknown_attributes=True)
    point = key.public_numbers()
    message.key = pycose_keys.EC2Key(crv="P_256", x=point.x.to_bytes(32, "big"), y=point.y.to_bytes(32, "big"))
    return message.payload if message.verify_signature() else None


def by_cwt(data: bytes, key: ec.EllipticCurvePublicKey) -> bytes | None:
    point = key.public_numbers()
    kid = cbor2.loads(cbor2.loads(data)[0]).get(4, b"the phone")
    cose_key = {1: 2, 2: kid, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
    try:
        return cwt.COSE.new().decode(cbor2.CBORTag(SIGN1, cbor2.loads(data)), keys=[cwt.COSEKey.new(cose_key)])
    except cwt.VerifyError:
        return None


ORACLES = [by_pycose, by_cwt]
FORMS = ["certificate", "pass", "ticket", "card"]


@pytest.mark.case("Q6", "Q7")
@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("form", FORMS)
def test_another_library_reads_what_we_sign(oracle, form):
    data, key = envelopes()[form]
    assert oracle(data, key) == cose.open_sign1(cbor.decode(data)).payload


@pytest.mark.case("Q6", "Q7")
@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("form", FORMS)
def test_another_library_refuses_what_was_touched(oracle, form):
    data, key = envelopes()[form]
    parts = cbor2.loads(data)
    changed = bytes([*parts[2][:-1], parts[2][-1] ^ 1])
    touched = cbor2.dumps([parts[0], {}, changed, parts[3]])
    other_signature = cbor2.dumps([parts[0], {}, parts[2], bytes([parts[3][0] ^ 1]) + parts[3][1:]])
    assert oracle(touched, key) is None
    assert oracle(other_signature, key) is None
    assert oracle(data, mint.STRANGER.public_key()) is None


def tampered(data: bytes) -> Iterator[tuple[str, bytes]]:
    """One bit turned in every byte that is signed, or signs; another algorithm in the header; r and s changed over."""
    protected, _, payload, signature = cbor2.loads(data)
    parts = {"protected": protected, "payload": payload, "signature": signature}
    for name, whole in parts.items():
        for place, byte in enumerate(whole):
            bent = whole[:place] + bytes([byte ^ (1 << place % 8)]) + whole[place + 1 :]
            yield f"{name}[{place}]", sealed(**(parts | {name: bent}))
    for alg in (-35, -36, -8, -37, 5, 6):  # ES384, ES512, EdDSA, PS256, HS256, HS384
        head = protected.replace(b"\x01\x26", b"\x01" + cbor2.dumps(alg), 1)
        yield f"alg {alg}", sealed(head, payload, signature)
    yield "s, r", sealed(protected, payload, signature[32:] + signature[:32])
    yield "no signature", sealed(protected, payload, b"")
    yield "zeros", sealed(protected, payload, bytes(64))


def sealed(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return cbor2.dumps([protected, {}, payload, signature])


@pytest.mark.case("Q6", "Q7")
def test_a_library_of_javascript_reads_what_we_sign_and_refuses_every_touch():
    questions, expected, names = [], [], []
    for form, (data, key) in envelopes().items():
        jwk, stranger = p256.public_jwk(key), p256.public_jwk(mint.STRANGER.public_key())
        attempts = [("as signed", data, jwk), ("another's key", data, stranger)]
        attempts += [(name, bent, jwk) for name, bent in tampered(data)]
        for name, bent, by in attempts:
            names.append(f"{form}: {name}")
            questions.append({"data": bent.hex(), "jwk": by})
            expected.append(cbor2.loads(data)[2].hex() if name == "as signed" else None)
    answers = consult("cose", questions)
    assert len(questions) > 600
    assert [name for name, told, wanted in zip(names, answers, expected, strict=True) if told != wanted] == []


def test_the_library_of_javascript_is_as_it_came():
    assert is_as_it_came("auth0-cose/cose.mjs")


@pytest.mark.case("Q7")
@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("form", FORMS)
def test_another_library_takes_no_other_algorithm(oracle, form):
    """It may refuse as it likes; it must not read."""
    data, key = envelopes()[form]
    for name, bent in tampered(data):
        if name.startswith("alg") or name == "protected[0]":
            try:
                read = oracle(bent, key)
            except Exception:
                read = None
            assert read is None, name


@pytest.mark.parametrize("form", FORMS)
def test_we_write_the_bytes_that_the_mint_writes(form):
    """The mint composes bytes by hand; up to the signature they must be the same."""
    ours, _ = envelopes()[form]
    theirs = {"certificate": mint.certificate, "ticket": lambda: mint.ticket(exp=mint.EXP)}
    theirs |= {"card": lambda: mint.card(iat=mint.NOW)}
    if form != "pass":
        assert ours[:-64] == theirs[form]()[:-64]
    else:
        cert = cbor.encode(cbor2.loads(cbor2.loads(ours)[0])[13])
        assert ours[:-64] == mint.showing(cert=cert)[:-64]
