"""The documents that scanners live by, and the API's own tokens, read by npm's jose with the published keys."""

import base64
import json
from typing import Any

import pytest

from healthcode.core import clock, signing
from healthcode.core.p256 import public_jwk
from tests.conftest import b64
from tests.support.node import consult, is_as_it_came
from tests.support.phones import fresh_key

PLACES = {"keys": "healthcode-keys+jwt", "revocations": "healthcode-revocations+jwt", "time": "healthcode-time+jwt"}
WELL_KNOWN = "/.well-known/healthcode"


@pytest.fixture
def published(client) -> dict[str, dict[str, Any]]:
    """The key set as anybody gets it, by kid."""
    body = client.get(f"{WELL_KNOWN}/keys").text.split(".")[1]
    return {key["kid"]: key for key in json.loads(unpadded(body))["keys"]}


@pytest.fixture
def documents(client, town) -> dict[str, str]:
    """Every kind of JWT that the city signs, by its type."""
    told = {typ: client.get(f"{WELL_KNOWN}/{name}").text for name, typ in PLACES.items()}
    return told | {"at+jwt": town.headers(town.wang)["Authorization"].removeprefix("Bearer ")}


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def header(token: str) -> dict[str, Any]:
    return json.loads(unpadded(token.split(".")[0]))


def question(token: str, typ: str, key: dict[str, Any], **more: Any) -> dict[str, Any]:
    jwk = {name: key[name] for name in ("kty", "crv", "x", "y")}
    return {"token": token, "jwk": jwk, "issuer": "JJ", "typ": typ, "now": clock.epoch()} | more


@pytest.mark.case("Q7", "Q10")
def test_jose_reads_them_with_the_published_keys(documents, published):
    asked = [question(token, typ, published[header(token)["kid"]]) for typ, token in documents.items()]
    claims = dict(zip(documents, consult("jose", asked), strict=True))
    assert claims["healthcode-keys+jwt"]["keys"] == list(published.values())
    assert claims["healthcode-revocations+jwt"]["version"] == 0
    assert claims["healthcode-time+jwt"]["now_ms"] == clock.epoch() * 1000
    assert claims["at+jwt"]["kind"] == "resident"
    assert {published[header(token)["kid"]]["use"] for token in documents.values()} == {"lists", "token"}


@pytest.mark.case("Q7", "Q10")
def test_jose_refuses_what_was_touched(documents, published):
    """A changed claim, a turned signature, another's key, another type, another city, and a moment after its end."""
    asked, expected = [], []
    for typ, token in documents.items():
        key = published[header(token)["kid"]]
        head, body, signature = token.split(".")
        claims = json.loads(unpadded(body))
        raw = unpadded(signature)
        for refused, told in (
            (
                question(
                    f"{head}.{b64(json.dumps(claims | {'iat': claims['iat'] - 1}).encode())}.{signature}", typ, key
                ),
                0,
            ),
            (question(f"{head}.{body}.{b64(raw[32:] + raw[:32])}", typ, key), 0),
            (question(token, typ, public_jwk(fresh_key().public_key())), 0),
            (question(f"{b64(json.dumps(header(token) | {'alg': 'none'}).encode())}.{body}.", typ, key), 1),
            (question(token, "application/json", key), 2),
            (question(token, typ, key, issuer="TY"), 2),
            (question(token, typ, key, now=claims["exp"]), 3),
        ):
            asked.append(refused)
            expected.append(_CODES[told])
    assert consult("jose", asked) == expected


_CODES = (
    "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    "ERR_JOSE_ALG_NOT_ALLOWED",
    "ERR_JWT_CLAIM_VALIDATION_FAILED",
    "ERR_JWT_EXPIRED",
)


@pytest.mark.case("Q7")
def test_a_forgery_with_the_public_key_as_a_secret_is_read_by_neither(documents, published):
    """HS256 under the bytes of the published key: whoever asks the header which algorithm it is would take it."""
    asked, keys = [], []
    for typ, token in documents.items():
        key = published[header(token)["kid"]]
        claims = json.loads(unpadded(token.split(".")[1]))
        for secret in (json.dumps(key), key["x"], key["x"] + key["y"]):
            asked.append({"sign": claims, "header": {"alg": "HS256", "typ": typ, "kid": key["kid"]}, "secret": secret})
            keys.append((typ, key))
    forged = consult("jose", asked)
    assert all(header(token)["alg"] == "HS256" for token in forged)
    told = consult("jose", [question(token, typ, key) for token, (typ, key) in zip(forged, keys, strict=True)])
    assert set(told) == {"ERR_JOSE_ALG_NOT_ALLOWED"}
    for token, (typ, key) in zip(forged, keys, strict=True):
        with pytest.raises(signing.BadToken):
            signing.read(token, use=key["use"], typ=typ)


def test_jose_is_as_it_came():
    assert is_as_it_came("jose/jose.mjs")
