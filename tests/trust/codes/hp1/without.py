"""Guards taken away, one at a time, each with attacks that only it was holding.

Most are mistakes that published readers have made: obeying the header's algorithm, normalising before checking, taking
whatever the CBOR library takes. test_attacks.py shows that each of them lets an attack through.
"""

from collections.abc import Callable
from hashlib import sha256
from hmac import digest
from types import SimpleNamespace
from unicodedata import normalize

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from healthcode.trust.codes.hp1 import armour, cbor, cose, forms, verify, windows
from healthcode.trust.codes.hp1.cose import Sign1
from healthcode.trust.codes.hp1.phone_key import PhoneKey
from healthcode.trust.codes.hp1.verify import Keys, VerifyingKey
from tests.trust.codes.hp1 import mint

Patch = pytest.MonkeyPatch


def lenient_cbor(patch: Patch) -> None:
    patch.setattr(cbor, "decode", lambda data: cbor2.loads(data))


def stripping_tags(patch: Patch) -> None:
    def bare(*given):
        """The library's hooks get (content, …) or (…, tag), with tuples and frozen maps inside."""
        content = next((thing.value for thing in given if isinstance(thing, cbor2.CBORTag)), given[0])
        return [dict(part) if part == {} else part for part in content] if isinstance(content, tuple) else content

    known = {1: bare, 55799: bare}
    patch.setattr(cbor, "decode", lambda data: cbor2.loads(data, tag_hook=bare, semantic_decoders=known))


def foreign_values(patch: Patch) -> None:
    patch.setattr(cbor, "_plain", lambda value, depth: value)
    patch.setattr(forms, "_moment", lambda value: value)


def coercing_moments(patch: Patch) -> None:
    patch.setattr(cbor, "_plain", lambda value, depth: value)
    patch.setattr(forms, "_moment", lambda value: int(value))


def any_algorithm(patch: Patch) -> None:
    patch.setattr(cbor, "_plain", lambda value, depth: value)
    patch.setattr(forms, "_is", lambda value, expected: None)


def obeying_the_header(patch: Patch) -> None:
    honest = Sign1.is_signed_by

    def is_signed_by(self, key):
        alg = cbor2.loads(self.protected)[1]
        if alg == 5:
            secret = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            mac = digest(secret, cbor2.dumps(["MAC0", self.protected, b"", self.payload]), sha256)
            return self.signature.startswith(mac)
        return alg in (0, None, "none") or honest(self, key)

    any_algorithm(patch)
    patch.setattr(Sign1, "is_signed_by", is_signed_by)
    patch.setattr(cose, "SIGNATURE_BYTES", 32)
    patch.setattr(cose, "open_sign1", lambda value: Sign1(value[0], value[2], value[3]))


def taking_der(patch: Patch) -> None:
    def open_sign1(value):
        signature = value[3]
        if len(signature) != 64:
            signature = b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(signature))
        return Sign1(value[0], value[2], signature)

    patch.setattr(cose, "open_sign1", open_sign1)


def any_signature(patch: Patch) -> None:
    patch.setattr(Sign1, "is_signed_by", lambda self, key: True)


def any_dates(patch: Patch) -> None:
    patch.setattr(VerifyingKey, "is_good_at", lambda self, moment: True)


def any_form(patch: Patch) -> None:
    patch.setattr(verify, "_key", lambda kid, form, iss, moment, keys, issuer: keys.find(kid))


def any_kid(patch: Patch) -> None:
    by_length = {bytes: bytes, str: str, int: int}
    patch.setattr(forms, "_sized", lambda value, size: by_length[type(value)](value))
    key = Keys.find(mint.KEYS, b"\x03")
    patch.setattr(Keys, "find", lambda self, kid: key)


def any_label(patch: Patch) -> None:
    patch.setattr(forms, "_exactly", lambda found, keys: None)


def any_length(patch: Patch) -> None:
    patch.setattr(forms, "_sized", lambda value, size: value)


def any_city(patch: Patch) -> None:
    patch.setattr(forms, "_city", lambda value: mint.ISS)


def any_phone_key(patch: Patch) -> None:
    def from_confirmation(cnf):
        return PhoneKey(cnf[1][-2], bool(cnf[1][-3]))

    patch.setattr(forms, "PhoneKey", SimpleNamespace(from_confirmation=from_confirmation))


def any_audience(patch: Patch) -> None:
    patch.setattr(verify, "_judge_audience", lambda signed_for, expected: None)


def any_station(patch: Patch) -> None:
    any_audience(patch)
    patch.setattr(forms, "_station", lambda value: value)
    patch.setattr(forms, "_sized", lambda value, size: value)


def any_showing(patch: Patch) -> None:
    patch.setattr(windows, "judge_showing", lambda iat, now: None)


def any_certificate(patch: Patch) -> None:
    patch.setattr(windows, "judge_certificate", lambda exp, shown_at: None)


def any_card(patch: Patch) -> None:
    patch.setattr(windows, "judge_card", lambda iat, now: None)


def any_unprotected(patch: Patch) -> None:
    patch.setattr(cose, "open_sign1", lambda value: Sign1(value[0], value[2], value[3]))


def any_prefix(patch: Patch) -> None:
    patch.setattr(armour, "unwrap", lambda text, prefix="HP1:": base45.b45decode(text.partition(":")[2].encode()))


def normalising(patch: Patch) -> None:
    def unwrap(text, prefix="HP1:"):
        clean = normalize("NFKC", text).strip(" \n\ufeff\x00").removeprefix(prefix).removeprefix(prefix)
        return base45.b45decode(clean)

    patch.setattr(armour, "unwrap", unwrap)


LETS_IN: dict[Callable[[Patch], None], str] = {
    lenient_cbor: """
        trailing-byte trailing-code trailing-in-payload trailing-in-protected unsorted-payload unsorted-protected
        long-head long-integer indefinite-map indefinite-array indefinite-bytes indefinite-text duplicate-alg
        duplicate-key duplicate-key-first boolean-key""",
    stripping_tags: "tagged-sign1 tagged-self-described tag-in-payload",
    foreign_values: """
        exp-float-certificate exp-float-ticket iat-float-pass iat-float-card exp-nan-certificate exp-nan-ticket""",
    coercing_moments: "exp-text-certificate exp-text-ticket iat-text-pass iat-text-card",
    any_algorithm: """
        alg-none-pass alg-none-null-pass alg-none-text-ticket alg-ES384-certificate alg-EdDSA-ticket alg-ES256K-ticket
        typ-other typ-text""",
    obeying_the_header: "mac-5-32 mac-5-64 alg-none-pass alg-none-null-ticket alg-none-text-certificate",
    taking_der: "signature-der-card signature-der-pass signature-der-certificate",
    any_signature: """
        signature-zero-card signature-zero-pass signature-zero-certificate another-phone certificate-self-signed
        phone-key-mirrored iat-changed kid-reused mac--7-64 certificate-signature-moved""",
    any_dates: "kid-retired kid-standby kid-ended",
    any_form: """
        form-pass-by-ticket-key form-pass-by-card-key form-ticket-by-pass-key form-ticket-by-card-key
        form-card-by-pass-key form-card-by-ticket-key""",
    any_kid: "kid-path-card kid-sql-card kid-long-card kid-empty-card kid-text-card kid-number-card",
    any_label: """
        extra-claim extra-claim-certificate extra-claim-pass h-with-cnonce header-x5u-card header-COSE_Key-card
        header-crit-certificate header-x5chain-certificate header-content-type-card""",
    any_length: "pass-id-short",
    any_city: "iss-lower iss-long iss-empty iss-umlaut iss-number iss-other-city",
    any_phone_key: "cnf-okp cnf-p384 cnf-k256 cnf-kty-true cnf-crv-true cnf-y-number cnf-private cnf-extra-member",
    any_audience: """
        bound-without-request bound-other-challenge bound-other-station free-to-a-request ticket-to-a-request
        card-to-a-request""",
    any_station: "aud-one-letter aud-path aud-newline aud-full-width aud-long cnonce-short cnonce-text",
    any_showing: "pass-61-old pass-hour-old pass-31-ahead pass-600-ahead ticket-61-old ticket-too-long",
    any_certificate: "certificate-ended certificate-not-begun certificate-too-long",
    any_card: "card-of-tomorrow",
    any_unprotected: """
        unprotected-stuffed unprotected-stuffed-pass unprotected-stuffed-certificate unprotected-list""",
    any_prefix: "text-HP10 text-hp1 text-hP1 text-cyrillic text-HC1 text-HPS1",
    normalising: """
        text-bom text-full-width-colon text-full-width-prefix text-newline-after text-newline-before text-prefix-twice
        text-full-width-digit text-no-prefix text-null-character text-space-before""",
}
