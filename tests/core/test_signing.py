"""Tokens that must be read, and a great many that must not."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from healthcode.core import clock, p256, signing
from healthcode.core.keyring import Keyring, Use
from healthcode.core.secrets import Vault
from healthcode.core.signing import BadKey, BadToken, TokenExpired, TokenForged, TokenNotForThis, TokenUnreadable

START = datetime(2026, 3, 1, 4, tzinfo=UTC)
NOW = int(START.timestamp())
TYP = "healthcode-access+jwt"
KINDS: list[tuple[Use, str, str | None]] = [
    ("token", TYP, None),
    ("token", "healthcode-refresh+jwt", None),
    ("token", TYP, "https://his.example"),
    ("lists", "healthcode-keys+jwt", None),
    ("lists", "healthcode-revocations+jwt", None),
    ("lists", "healthcode-time+jwt", None),
    ("trail", "healthcode-checkpoint+jwt", None),
    ("receipt", "healthcode-receipt+jwt", None),
]


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyring]:
    clock.freeze(START)
    ring = Keyring(tmp_path_factory.mktemp("signing") / "keys", Vault({"2026": b"n" * 32}, b"i" * 32))
    ring.ensure()
    yield ring
    clock.thaw()


@pytest.fixture(autouse=True)
def _configured(ring: Keyring) -> Iterator[None]:
    clock.freeze(START)
    signing.configure(ring, "JJ")
    yield
    clock.thaw()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def by_hand(header: dict[str, Any] | str, claims: dict[str, Any] | str, sign: Callable[[bytes], bytes]) -> str:
    """A token put together without any library, so that it may be wrong in every way."""
    parts = [b64((part if isinstance(part, str) else json.dumps(part)).encode()) for part in (header, claims)]
    data = ".".join(parts)
    return f"{data}.{b64(sign(data.encode()))}"


def ours(
    ring: Keyring, claims: dict[str, Any] | str | None = None, header: dict[str, Any] | None = None, **changed: Any
) -> str:
    """A token by our own key, with other claims or another header than `signing.sign` would give it."""
    key = ring.signer("token")
    right = {"iss": "JJ", "iat": NOW, "exp": NOW + 60, "sub": "a"}
    head = {"alg": "ES256", "typ": TYP, "kid": key.kid} | (header or {})
    return by_hand(head, claims if claims is not None else right | changed, lambda data: ring.sign_raw(key, data))


def read(text: str) -> dict[str, Any]:
    return signing.read(text, use="token", typ=TYP)


# What is good


def test_what_was_signed_is_read() -> None:
    text = signing.sign("token", {"sub": "a", "sid": "b"}, typ=TYP, lifetime_seconds=900)
    assert read(text) == {"iss": "JJ", "iat": NOW, "exp": NOW + 900, "sub": "a", "sid": "b"}


def test_a_token_made_by_hand_in_the_right_form_is_read(ring: Keyring) -> None:
    """Without this, every refusal below might have another cause than the one it is about."""
    assert read(ours(ring))["sub"] == "a"


def test_another_reader_agrees_with_what_we_sign(ring: Keyring) -> None:
    text = signing.sign("lists", {"keys": []}, typ="healthcode-keys+jwt", lifetime_seconds=60)
    key = ring.signer("lists")
    claims = jwt.decode(
        text, key.public, algorithms=["ES256"], issuer="JJ", options={"verify_exp": False, "verify_iat": False}
    )
    assert claims == {"iss": "JJ", "iat": NOW, "exp": NOW + 60, "keys": []}
    assert jwt.get_unverified_header(text) == {"alg": "ES256", "typ": "healthcode-keys+jwt", "kid": key.kid}


@pytest.mark.case("K2")
def test_tokens_signed_before_a_rotation_are_read_after_it(ring: Keyring) -> None:
    before = signing.sign("token", {}, typ=TYP, lifetime_seconds=900)
    ring.rotate("token", at_once=True)
    after = signing.sign("token", {}, typ=TYP, lifetime_seconds=900)
    assert read(before)
    assert read(after)
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]


@pytest.mark.case("K1", "Q9")
def test_a_token_by_a_leaked_key_is_refused_at_once(ring: Keyring) -> None:
    text = signing.sign("token", {}, typ=TYP, lifetime_seconds=900)
    ring.retire(ring.signer("token").kid, leaked=True)
    with pytest.raises(TokenExpired):
        read(text)


@pytest.mark.case("Q9")
def test_a_token_by_a_key_that_retired_long_ago_is_refused(ring: Keyring) -> None:
    text = ours(ring, exp=NOW + 10 * 86_400)
    ring.rotate("token", at_once=True)
    clock.advance(hours=23)
    assert read(text)
    clock.advance(hours=1)
    with pytest.raises(TokenExpired):
        read(text)


# Purposes


@pytest.mark.case("Q10")
def test_of_all_pairs_of_purposes_only_the_diagonal_is_read() -> None:
    for use, typ, audience in KINDS:
        claims = {} if audience is None else {"aud": audience}
        text = signing.sign(use, claims, typ=typ, lifetime_seconds=60)
        for asked in KINDS:
            if asked == (use, typ, audience):
                assert signing.read(text, use=use, typ=typ, audience=audience)
            else:
                with pytest.raises(TokenNotForThis):
                    signing.read(text, use=asked[0], typ=asked[1], audience=asked[2])


@pytest.mark.case("Q10")
@pytest.mark.parametrize("use", ["pass", "ticket", "card"])
def test_a_key_of_codes_signs_no_token(ring: Keyring, use: Use) -> None:
    key = ring.signer(use)
    header = {"alg": "ES256", "typ": TYP, "kid": key.kid}
    text = by_hand(header, {"iss": "JJ", "iat": NOW, "exp": NOW + 60}, lambda data: ring.sign_raw(key, data))
    for asked in ("pass", "ticket", "card", "token", "lists", "trail", "receipt"):
        with pytest.raises(BadToken):
            signing.read(text, use=asked, typ=TYP)  # type: ignore[arg-type]


@pytest.mark.case("Q10")
def test_a_key_of_lists_signs_no_access_token_even_in_its_clothes(ring: Keyring) -> None:
    key = ring.signer("lists")
    claims = {"iss": "JJ", "iat": NOW, "exp": NOW + 60}
    honest = by_hand({"alg": "ES256", "typ": TYP, "kid": key.kid}, claims, lambda data: ring.sign_raw(key, data))
    with pytest.raises(TokenNotForThis):
        read(honest)
    lying = by_hand(
        {"alg": "ES256", "typ": TYP, "kid": ring.signer("token").kid}, claims, lambda data: ring.sign_raw(key, data)
    )
    with pytest.raises(TokenForged):
        read(lying)


def test_another_city_is_another_issuer(ring: Keyring) -> None:
    for issuer in ("XM", "", "jj", None, ["JJ"]):
        with pytest.raises(BadToken):
            read(ours(ring, iss=issuer))


@pytest.mark.parametrize("aud", ["other", "", ["https://his.example"], None, 1])
def test_the_audience_is_the_one_expected(ring: Keyring, aud: object) -> None:
    with pytest.raises(BadToken):
        signing.read(ours(ring, aud=aud), use="token", typ=TYP, audience="https://his.example")
    with pytest.raises(BadToken):
        signing.read(ours(ring), use="token", typ=TYP, audience="https://his.example")


# Algorithms


def _public_as_text(ring: Keyring) -> list[bytes]:
    public = ring.signer("token").public
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return [pem, pem.strip(), der, point, json.dumps(p256.public_jwk(public)).encode()]


@pytest.mark.case("Q7")
@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None, 0, False])
def test_no_algorithm_is_no_signature(ring: Keyring, alg: object) -> None:
    header = {"alg": alg, "typ": TYP, "kid": ring.signer("token").kid}
    claims = {"iss": "JJ", "iat": NOW, "exp": NOW + 60}
    for signature in (b"", bytes(64), b"x" * 64):
        with pytest.raises(BadToken):
            read(by_hand(header, claims, lambda _, signature=signature: signature))  # type: ignore[misc]
    with pytest.raises(BadToken):
        read(ours(ring, header={"alg": alg}))  # even over a good signature


@pytest.mark.case("Q7")
@pytest.mark.parametrize(
    ("alg", "hashed"), [("HS256", hashlib.sha256), ("HS384", hashlib.sha384), ("HS512", hashlib.sha512)]
)
def test_the_public_key_is_nobodys_password(ring: Keyring, alg: str, hashed: Any) -> None:
    claims = {"iss": "JJ", "iat": NOW, "exp": NOW + 60}
    for secret in _public_as_text(ring):
        for named in (alg, "ES256"):
            header = {"alg": named, "typ": TYP, "kid": ring.signer("token").kid}
            with pytest.raises(BadToken):
                read(by_hand(header, claims, lambda data, secret=secret: hmac.digest(secret, data, hashed)))  # type: ignore[misc]
            with pytest.raises(BadToken):
                read(
                    by_hand(
                        header,
                        claims,
                        lambda data, secret=secret: hmac.digest(secret, data, hashed).ljust(64, b"\0")[:64],
                    )
                )  # type: ignore[misc]


@pytest.mark.case("B16")
def test_an_algorithm_taken_from_the_header_would_be_seen(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bug, planted: the header says how the key is to be used, and the key is what everybody knows."""
    hashes = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}

    def header(text: str, _most: int) -> dict[str, Any]:
        return json.loads(base64.urlsafe_b64decode(text.split(".")[0] + "=="))

    def verified(text: str, public_key: Any) -> dict[str, Any]:
        data, _, signature = text.rpartition(".")
        known = public_key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        algorithm = hashes.get(header(text, 0)["alg"])
        if algorithm is None or b64(hmac.digest(known, data.encode(), algorithm)) != signature:
            raise TokenForged()
        return json.loads(base64.urlsafe_b64decode(data.split(".")[1] + "=="))

    monkeypatch.setattr(signing, "_header", header)
    monkeypatch.setattr(signing, "_verified", verified)
    for alg, hashed in hashes.items():
        with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
            test_the_public_key_is_nobodys_password(ring, alg, hashed)


@pytest.mark.case("Q7")
@pytest.mark.parametrize(
    "alg", ["ES384", "ES512", "ES256K", "RS256", "PS256", "EdDSA", "HS256", "es256", "ES256 ", "ES256\x00", ["ES256"]]
)
def test_a_good_signature_under_another_name_is_refused(ring: Keyring, alg: object) -> None:
    with pytest.raises(BadToken):
        read(ours(ring, header={"alg": alg}))


@pytest.mark.case("Q7")
def test_a_signature_on_another_curve_or_by_a_stranger_is_refused(ring: Keyring) -> None:
    header = {"alg": "ES256", "typ": TYP, "kid": ring.signer("token").kid}
    claims = {"iss": "JJ", "iat": NOW, "exp": NOW + 60}
    stranger = p256.generate()
    with pytest.raises(TokenForged):
        read(by_hand(header, claims, lambda data: p256.sign(stranger, data)))
    koblitz = ec.generate_private_key(ec.SECP256K1())
    with pytest.raises(TokenForged):
        read(by_hand(header, claims, lambda data: p256.sign(koblitz, data)))


# Headers


@pytest.mark.case("Q8")
@pytest.mark.parametrize(
    "kid",
    [
        "../../dev/null", "/dev/null", "..\\..\\nul", "' or 1=1 --", "token-000000000000", "token-202600000000\n", "01",
        "TOKEN-202600000000", "lists-202600000000", "", "k" * 5_000, "token-２０２６00000000", None, 1,
        True, ["a"], {"a": 1},
    ],
)  # fmt: skip
def test_a_kid_is_a_name_in_a_table_and_nothing_else(ring: Keyring, kid: object) -> None:
    with pytest.raises(BadToken):
        read(ours(ring, header={"kid": kid}))


@pytest.mark.case("Q8")
def test_a_header_cannot_bring_its_own_key(ring: Keyring) -> None:
    mine = p256.generate()
    jwk = p256.public_jwk(mine.public_key())
    header = {"alg": "ES256", "typ": TYP, "kid": ring.signer("token").kid}
    claims = {"iss": "JJ", "iat": NOW, "exp": NOW + 60}
    url = "https://attacker.example/keys"
    for brought in ({"jwk": jwk}, {"jku": url}, {"x5u": url}, {"x5c": ["MIIB"]}, {"x5t": "AA"}):
        with pytest.raises(BadToken):
            read(by_hand(header | brought, claims, lambda data: p256.sign(mine, data)))
        with pytest.raises(TokenUnreadable):
            read(ours(ring, header=brought))  # refused over a good signature too


@pytest.mark.parametrize(
    "more",
    [
        {"crit": ["exp"]},
        {"b64": False},
        {"b64": False, "crit": ["b64"]},
        {"cty": "JWT"},
        {"zip": "DEF"},
        {"enc": "A128GCM"},
    ],
)
def test_a_header_holds_exactly_its_names(ring: Keyring, more: dict[str, object]) -> None:
    with pytest.raises(TokenUnreadable):
        read(ours(ring, header=more))


@pytest.mark.parametrize("missing", ["alg", "typ", "kid"])
def test_a_header_lacks_none_of_its_names(ring: Keyring, missing: str) -> None:
    key = ring.signer("token")
    header = {"alg": "ES256", "typ": TYP, "kid": key.kid}
    del header[missing]
    with pytest.raises(TokenUnreadable):
        read(by_hand(header, {"iss": "JJ", "iat": NOW, "exp": NOW + 60}, lambda data: ring.sign_raw(key, data)))


@pytest.mark.case("Q10")
@pytest.mark.parametrize("typ", ["JWT", "jwt", "", "at+jwt", TYP.upper(), TYP + " ", "application/" + TYP, None, [TYP]])
def test_the_type_is_exactly_the_one_expected(ring: Keyring, typ: object) -> None:
    with pytest.raises(BadToken):
        read(ours(ring, header={"typ": typ}))


# Times


@pytest.mark.parametrize("exp", ["9999999999", 9999999999.0, 1e300, True, None, [], {}, -1, 0, NOW - 1, NOW])
def test_an_expiry_is_a_whole_number_still_to_come(ring: Keyring, exp: object) -> None:
    with pytest.raises(BadToken):
        read(ours(ring, exp=exp))


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "9" * 19, "9" * 5_000, "0x7fffffff", "1_000_000_000_000"]
)
def test_an_expiry_that_is_no_number_is_refused(ring: Keyring, number: str) -> None:
    with pytest.raises(BadToken):
        read(ours(ring, claims=f'{{"iss":"JJ","iat":{NOW},"exp":{number}}}'))


@pytest.mark.parametrize("missing", ["exp", "iat", "iss"])
def test_a_required_claim_is_not_missing(ring: Keyring, missing: str) -> None:
    claims = {"iss": "JJ", "iat": NOW, "exp": NOW + 60}
    del claims[missing]
    with pytest.raises(BadToken):
        read(ours(ring, claims=claims))


def test_a_token_ends_by_the_citys_clock_to_the_second() -> None:
    text = signing.sign("token", {}, typ=TYP, lifetime_seconds=60)
    clock.advance(seconds=59.999)
    assert read(text)
    clock.advance(seconds=0.001)
    with pytest.raises(TokenExpired):
        read(text)


def test_a_token_from_the_future_is_refused_beyond_thirty_seconds(ring: Keyring) -> None:
    assert read(ours(ring, iat=NOW + 30))
    for early in ({"iat": NOW + 31}, {"nbf": NOW + 31}):
        with pytest.raises(TokenExpired):
            read(ours(ring, **early))


def test_a_token_does_not_end_before_it_begins(ring: Keyring) -> None:
    assert read(ours(ring, iat=NOW + 20, exp=NOW + 20))
    with pytest.raises(TokenUnreadable):
        read(ours(ring, iat=NOW + 20, exp=NOW + 19))


@pytest.mark.parametrize("iat", ["1", 1.5, None, True, [NOW]])
def test_the_moment_of_issue_is_a_whole_number(ring: Keyring, iat: object) -> None:
    with pytest.raises(TokenUnreadable):
        read(ours(ring, iat=iat))


@pytest.mark.case("Q9")
def test_a_token_older_than_its_key_is_refused(ring: Keyring) -> None:
    made = int(ring.signer("token").not_before.timestamp())
    assert read(ours(ring, iat=made))
    with pytest.raises(TokenExpired):
        read(ours(ring, iat=made - 1))


# Claims


@pytest.mark.parametrize("claim", ["sub", "jti"])
@pytest.mark.parametrize("value", [1, 1.5, None, True, ["a"], {"a": "b"}])
def test_a_subject_is_text(ring: Keyring, claim: str, value: object) -> None:
    with pytest.raises(TokenUnreadable):
        read(ours(ring, **{claim: value}))


@pytest.mark.parametrize(
    "claims",
    [
        f'{{"iss":"JJ","iat":{NOW},"exp":1,"exp":{NOW + 60}}}',  # twice
        f'[{{"iss":"JJ","iat":{NOW},"exp":{NOW + 60}}}]',
        '"JJ"',
        "null",
        "",
        "{",
        "\ufeff{}",
        f'{{"iss":"JJ","iat":{NOW},"exp":{NOW + 60},"a":{"[" * 2_000}{"]" * 2_000}}}',
    ],
)
def test_claims_are_one_plain_object(ring: Keyring, claims: str) -> None:
    with pytest.raises(BadToken):
        read(ours(ring, claims=claims))


@pytest.mark.parametrize("claims", [{"iss": "XM"}, {"exp": 1}, {"iat": 1}, {"sub": 1}, {"aud": ["a"]}])
def test_we_do_not_sign_what_we_would_not_read(claims: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"claims|set here"):
        signing.sign("token", claims, typ=TYP, lifetime_seconds=60)


# Forms and sizes


@pytest.mark.case("K13")
def test_a_token_of_two_megabytes_is_refused_without_being_read(ring: Keyring) -> None:
    huge = ours(ring, sub="a" * 2_000_000)
    began = time.perf_counter()
    with pytest.raises(TokenUnreadable):
        read(huge)
    assert time.perf_counter() - began < 0.05


def test_a_list_may_be_larger_if_the_reader_says_so() -> None:
    text = signing.sign("lists", {"ids": "a" * 80_000}, typ="healthcode-revocations+jwt", lifetime_seconds=60)
    with pytest.raises(TokenUnreadable):
        signing.read(text, use="lists", typ="healthcode-revocations+jwt")
    assert signing.read(text, use="lists", typ="healthcode-revocations+jwt", max_bytes=200_000)


def test_every_changed_character_is_noticed() -> None:
    text = signing.sign("token", {"sub": "a"}, typ=TYP, lifetime_seconds=60)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place, character in enumerate(text):
        if character == ".":
            continue
        neighbour = alphabet[alphabet.index(character) ^ 1]  # the lowest bit: also the unused bits at a part's end
        with pytest.raises(BadToken):
            read(text[:place] + neighbour + text[place + 1 :])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text + "=",
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: "Bearer " + text,
        lambda text: text + ".",
        lambda text: text.replace(".", "", 1),
        lambda text: text.replace(".", "..", 1),
        lambda text: text.rsplit(".", 1)[0] + ".",
        lambda text: text[:-1],
        lambda text: text + "A",
        lambda text: text.replace("e", "е", 1),  # Cyrillic
        lambda text: text.encode(),
        lambda text: None,
        lambda text: "." * 8_000,
        lambda text: "\ud800" + text,
    ],
)
def test_a_token_has_one_form(spoil: Callable[[str], Any]) -> None:
    text = signing.sign("token", {"sub": "a"}, typ=TYP, lifetime_seconds=60)
    with pytest.raises(TokenUnreadable):
        read(spoil(text))


@pytest.mark.case("Q6")
@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.binary(min_size=64, max_size=64))
def test_nothing_but_a_bad_token_comes_of_noise(header: str, claims: str, signature: bytes) -> None:
    texts = [
        header,
        f"{b64(header.encode('utf-8', 'replace'))}.{b64(claims.encode('utf-8', 'replace'))}.{b64(signature)}",
    ]
    for text in texts:
        with pytest.raises(BadToken):
            read(text)
        with pytest.raises(BadToken):
            signing.claimed_issuer(text)


@pytest.mark.case("Q6")
@settings(max_examples=300, deadline=None)
@given(header=st.dictionaries(st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jwk"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("ES256") | st.just(TYP),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=4,
)))  # fmt: skip
def test_no_strange_header_breaks_the_reader(header: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        read(by_hand(header, {"iss": "JJ", "iat": NOW, "exp": NOW + 60}, lambda _: b"x" * 64))


def test_a_refusal_repeats_neither_the_token_nor_the_library(ring: Keyring) -> None:
    for text in ("marker.marker.marker", ours(ring, sub=1), ours(ring, exp=1), ours(ring, header={"alg": "marker"})):
        with pytest.raises(BadToken) as refused:
            read(text)
        assert str(refused.value) == type(refused.value).text
        assert refused.value.__cause__ is None
        assert refused.value.__context__ is None or refused.value.__suppress_context__


# What devices assert


DEVICE = "0195500c-3b45-7000-8000-000000000001"
AUDIENCE = "https://code.example/api/v1/device-sessions"


@pytest.fixture(scope="module")
def device_key() -> p256.PrivateKey:
    return p256.generate()


def asserted(private: p256.PrivateKey, header: dict[str, Any] | None = None, **changed: Any) -> str:
    claims = {
        "iss": DEVICE,
        "sub": DEVICE,
        "aud": AUDIENCE,
        "iat": NOW,
        "exp": NOW + 300,
        "jti": "0123456789abcdef",
    } | changed
    claims = {name: value for name, value in claims.items() if value is not ...}
    return by_hand({"alg": "ES256"} | (header or {}), claims, lambda data: p256.sign(private, data))


def heard(text: str, key: p256.PrivateKey) -> dict[str, Any]:
    return signing.read_assertion(text, key.public_key(), audience=AUDIENCE, issuer=DEVICE)


def test_a_device_is_believed_when_its_key_signed(device_key: p256.PrivateKey) -> None:
    text = asserted(device_key)
    assert signing.claimed_issuer(text) == DEVICE
    assert heard(text, device_key)["jti"] == "0123456789abcdef"
    assert heard(asserted(device_key, iat=...), device_key)
    assert heard(asserted(device_key, header={"typ": "client-authentication+jwt", "kid": "mine"}), device_key)


def test_a_library_that_devices_use_is_understood(device_key: p256.PrivateKey) -> None:
    claims = {"iss": DEVICE, "sub": DEVICE, "aud": AUDIENCE, "exp": NOW + 60, "jti": "0123456789abcdef"}
    assert heard(jwt.encode(claims, device_key, algorithm="ES256"), device_key)


@pytest.mark.case("Q15")
def test_a_device_is_not_believed_by_anothers_key(device_key: p256.PrivateKey) -> None:
    with pytest.raises(TokenForged):
        heard(asserted(p256.generate()), device_key)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "other-device"}, {"sub": "other-device"}, {"iss": ...}, {"sub": ...}, {"sub": 1},
        {"aud": ...}, {"aud": "https://elsewhere.example"}, {"aud": [AUDIENCE]}, {"aud": ""},
        {"exp": ...}, {"exp": NOW - 30}, {"exp": NOW + 331}, {"exp": str(NOW + 60)}, {"exp": NOW + 60.5}, {"exp": None},
        {"iat": NOW + 31}, {"iat": str(NOW)}, {"nbf": NOW + 31}, {"nbf": "0"},
        {"jti": ...}, {"jti": ""}, {"jti": "short"}, {"jti": "j" * 129}, {"jti": 12345678}, {"jti": "\ud800" * 8},
        {"jti": "0123456789\n"},
    ],
)  # fmt: skip
def test_an_assertion_lacks_nothing_and_lies_about_nothing(
    device_key: p256.PrivateKey, changed: dict[str, Any]
) -> None:
    with pytest.raises(BadToken):
        heard(asserted(device_key, **changed), device_key)


@pytest.mark.case("Q7", "Q8")
@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"jwk": {}}, {"jku": "https://a.example"}, {"x5u": "https://a.example"},
     {"crit": []}, {"b64": False},
     {"typ": TYP}, {"typ": "healthcode-challenge+jwt"}, {"typ": ["JWT"]}],
)  # fmt: skip
def test_an_assertion_has_a_plain_header(device_key: p256.PrivateKey, header: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        heard(asserted(device_key, header=header), device_key)


@pytest.mark.case("Q10")
def test_a_devices_assertion_is_no_token_of_ours_nor_the_other_way_round(
    ring: Keyring, device_key: p256.PrivateKey
) -> None:
    with pytest.raises(BadToken):
        read(asserted(device_key))
    public = ring.signer("token").public
    claims = {"sub": "JJ", "aud": AUDIENCE, "jti": "0123456789"}
    text = signing.sign("token", claims, typ=TYP, lifetime_seconds=60)
    with pytest.raises(TokenNotForThis):
        signing.read_assertion(text, public, audience=AUDIENCE, issuer="JJ")


@pytest.mark.parametrize("iss", [1, None, "", "short", "d" * 200, "a b c d e f", "\ud800" * 8, "../../../etc"])
def test_a_name_that_no_device_has_is_not_looked_up(device_key: p256.PrivateKey, iss: object) -> None:
    with pytest.raises(BadToken):
        signing.claimed_issuer(asserted(device_key, iss=iss))


# Public keys from outside


def test_a_public_key_survives_being_written_and_read() -> None:
    for _ in range(50):
        public = p256.generate().public_key()
        jwk = signing.public_jwk(public)
        assert set(jwk) == {"kty", "crv", "x", "y"}
        assert signing.load_jwk(jwk) == public


_GOOD = p256.public_jwk(p256.generate().public_key())


@pytest.mark.case("Q7")
@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "EC", "crv": "P-256", "x": _GOOD["x"]},
        _GOOD | {"d": "AA"},
        _GOOD | {"kid": "1"},
        _GOOD | {"kty": "RSA"},
        _GOOD | {"kty": ["EC"]},
        _GOOD | {"crv": "P-384"},
        _GOOD | {"crv": "secp256k1"},
        _GOOD | {"x": _GOOD["y"]},  # off the curve
        _GOOD | {"x": "A" * 43, "y": "A" * 43},  # the origin
        _GOOD | {"x": _GOOD["x"] + "="},
        _GOOD | {"x": _GOOD["x"][:-1]},
        _GOOD | {"x": "A" + _GOOD["x"]},
        _GOOD | {"x": "_" * 43},  # not below the field's prime, and a loose last bit
        _GOOD | {"x": "_" * 42 + "8"},  # not below the field's prime
        _GOOD | {"x": "+" + _GOOD["x"][1:]},
        _GOOD | {"x": 1},
        _GOOD | {"x": None},
        _GOOD | {"x": "A" * 1_000_000},
        {"kty": "oct", "k": "AA"},
    ],
)
def test_a_public_key_has_one_form(jwk: dict[str, Any]) -> None:
    with pytest.raises(BadKey):
        signing.load_jwk(jwk)


@pytest.mark.case("Q7")
def test_a_public_key_is_not_written_in_a_second_way() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(_GOOD["x"][-1])
    for loose in (1, 2, 3):  # bits beyond the 32 bytes, which a lenient decoder drops
        with pytest.raises(BadKey):
            signing.load_jwk(_GOOD | {"x": _GOOD["x"][:-1] + alphabet[last | loose]})


def test_nothing_is_signed_before_the_keys_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_keyring", None)
    with pytest.raises(RuntimeError):
        signing.sign("token", {}, typ=TYP, lifetime_seconds=60)
