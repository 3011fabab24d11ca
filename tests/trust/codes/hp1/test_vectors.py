"""The files other implementers read say what this implementation does, and can be made again byte for byte."""

import json
from base64 import urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from healthcode.trust.codes.hp1 import cose, digits, forms
from healthcode.trust.codes.hp1.phone_key import PhoneKey
from healthcode.trust.codes.hp1.refusals import Refusal
from healthcode.trust.codes.hp1.verify import Keys, VerifyingKey, verify, verify_station_request
from tests.trust.codes.hp1 import make_vectors
from tests.trust.codes.hp1.make_vectors import FOLDER


def read(name):
    return json.loads((FOLDER / name).read_text("ascii"))


def public_key(entry):
    x, y = (urlsafe_b64decode(entry[name] + "=") for name in ("x", "y"))
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)


def vectors(name):
    return [pytest.param(vector, id=vector["name"]) for vector in read(name)["vectors"]]


def keys_of(name):
    return Keys(
        (bytes.fromhex(e["kid"]), VerifyingKey(e["form"], public_key(e), e["not_before"], e["expires"], e["retired"]))
        for e in read(name)["keys"]
    )


KEYS = keys_of("good.json")


def judge(vector):
    audience = forms.UNBOUND
    if vector["challenge"]:
        audience = forms.Audience(vector["challenge"]["station_id"], bytes.fromhex(vector["challenge"]["cnonce"]))
    return verify(vector["text"], keys=KEYS, now=vector["now"], issuer="JJ", audience=audience)


@pytest.mark.parametrize("vector", vectors("good.json"))
def test_a_good_vector_is_taken_with_its_fields(vector):
    found, fields = judge(vector), vector["fields"]
    assert (found.form, found.kid.hex()) == (fields["form"], fields["kid"])
    assert found.subject.hex() == fields.get("pass_id", fields.get("card_id"))
    assert (found.replay_key.hex() if found.replay_key else None) == fields["replay_key"]
    assert [prefix.hex() for prefix in found.revocation_prefixes] == fields["revocation_prefixes"]


@pytest.mark.case("Q6", "Q7", "Q8", "Q9", "Q10", "Q18")
@pytest.mark.parametrize("vector", vectors("bad.json"))
def test_a_bad_vector_is_refused_with_its_problem(vector):
    with pytest.raises(Refusal) as caught:
        judge(vector)
    assert caught.value.slug == vector["expect"]


@pytest.mark.parametrize("vector", vectors("station-requests.json"))
def test_a_request_vector_gets_its_answer(vector):
    device_key = public_key(read("station-requests.json")["device_key"])
    got, fields = "ok", None
    try:
        found = verify_station_request(vector["text"], device_key=device_key, now=vector["now"])
        fields = {"station_id": found.station_id, "station_name": found.station_name}
        fields |= {"iat": found.iat, "cnonce": found.cnonce.hex()}
    except Refusal as refusal:
        got = refusal.slug
    assert (got, fields) == (vector["expect"], vector.get("fields"))


@pytest.mark.parametrize("vector", vectors("digits.json"))
def test_a_digits_vector_gets_its_answer(vector):
    try:
        got = "ok" if digits.read(vector["text"]) == vector["text"] else "changed"
    except Refusal as refusal:
        got = refusal.slug
    assert got == vector["expect"]


def test_building_step_by_step():
    building = read("building.json")
    cert = bytes.fromhex(building["certificate"]["bytes"])
    assert forms.read_certificate(cert).phone == PhoneKey.of(public_key(building["phone_key"]))
    for steps in building["showings"]:
        audience = forms.Audience(steps["aud"], bytes.fromhex(steps["cnonce"]) if steps["cnonce"] else None)
        signed = []

        def sign(message, signed=signed, signature=steps["signature"]):
            signed.append(message.hex())
            return bytes.fromhex(signature)

        text = forms.write_pass(certificate=cert, iat=steps["iat"], sign=sign, audience=audience)
        assert (signed, text) == ([steps["to_be_signed"]], steps["text"])
        opened = forms.read(text).envelope
        assert (opened.protected.hex(), opened.payload.hex()) == (steps["protected"], steps["payload"])
        assert isinstance(opened, cose.Sign1)


def test_the_files_are_what_the_script_writes():
    for name, document in make_vectors.documents().items():
        assert (FOLDER / name).read_text("ascii") == make_vectors.written(document), f"{name}: run make_vectors again"
    assert {path.name for path in FOLDER.glob("*.json")} == set(make_vectors.documents())
