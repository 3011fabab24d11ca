"""Everything that is tried against the text of a code, with what must become of it: one table.

The tests run it, and make_vectors.py writes it out for other implementers.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest
from typing import Any

import cbor2
import jwt
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.trust.codes.hp1 import mint
from tests.trust.codes.hp1.mint import (
    NOW,
    PASS_ID,
    bound_showing,
    card,
    certificate,
    certificate_claims,
    showing,
    showing_head,
    text,
    ticket,
)

UNREADABLE, NOT_OURS = "code-unreadable", "code-not-ours"
NOT_READY, EXPIRED, MISMATCH = "code-not-ready", "code-expired", "challenge-mismatch"
Challenge = tuple[str, bytes]
CHALLENGE: Challenge = (mint.STATION, mint.CNONCE)


@dataclass(frozen=True)
class Try:
    """A text, read at `now` by a verifier waiting for `challenge`; `expect` is "ok" or the problem's slug."""

    name: str
    text: str
    expect: str
    why: str
    cases: tuple[str, ...]
    now: int = NOW
    challenge: Challenge | None = None


def every_try() -> list[Try]:
    groups = (good, algorithms, kids, numbers, shapes, signatures, moments, forms, audiences, texts)
    return [item for group in groups for item in group()]


def attacks() -> list[Try]:
    return [item for item in every_try() if item.expect != "ok"]


def good() -> Iterator[Try]:
    yield Try("pass", text(showing()), "ok", "a phone's showing, read in its second", ("Q4",))
    yield Try(
        "pass-bound", text(bound_showing()), "ok", "the answer to a station's request", ("Q5",), challenge=CHALLENGE
    )
    yield Try("ticket", text(ticket()), "ok", "made by the city a moment ago", ("Q4",))
    yield Try("card", text(card()), "ok", "printed yesterday", ("Q10",))
    yield Try("pass-59-old", text(showing(iat=NOW - 59)), "ok", "59 s old", ("Q4", "Q11"))
    yield Try("pass-60-old", text(showing(iat=NOW - 60)), "ok", "60 s old: the end belongs to the window", ("Q4",))
    yield Try("pass-29-ahead", text(showing(iat=NOW + 29)), "ok", "the phone's clock is 29 s ahead", ("Q11",))
    yield Try("pass-30-ahead", text(showing(iat=NOW + 30)), "ok", "30 s ahead: the end belongs to the window", ("Q11",))
    yield Try("pass-other-s", text(mint.other_s(showing())), "ok", "s → n − s: the same (pass id, iat)", ("Q1",))
    yield Try(
        "pass-certificate-ends-now",
        text(showing(cert=certificate(certificate_claims(exp=NOW)))),
        "ok",
        "the end of a certificate belongs to it",
        ("Q4",),
    )
    yield Try("ticket-last-second", text(ticket(exp=NOW)), "ok", "its end belongs to it", ("Q4",))


def algorithms() -> Iterator[Try]:
    """The verifier pins ES256 to the key; the header is compared, never obeyed."""
    point = mint.CARD_KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    for name, alg in (
        ("none", 0),
        ("none-null", None),
        ("none-text", "none"),
        ("ES384", -35),
        ("EdDSA", -8),
        ("ES256K", -47),
    ):
        yield _unreadable(f"alg-{name}-pass", showing(protected=showing_head(certificate(), alg=alg)), "Q7")
        cert = certificate(protected={1: alg, 4: b"\x01"})
        yield _unreadable(f"alg-{name}-certificate", showing(cert=cert), "Q7")
        yield _unreadable(f"alg-{name}-ticket", ticket(protected={1: alg, 4: b"\x02"}), "Q7")
    for alg, expect in ((5, UNREADABLE), (-7, NOT_OURS)):
        head, body = cbor2.dumps({1: alg, 4: b"\x03"}), cbor2.dumps({1: "JJ", 2: mint.CARD_ID, 6: NOW})
        mac = digest(point, cbor2.dumps(["MAC0", head, b"", body]), sha256)
        for length, tag in ((32, mac), (64, mac + mac)):
            data = card(body, protected=head, signature=tag)
            slug = expect if length == 64 else UNREADABLE
            yield Try(f"mac-{alg}-{length}", text(data), slug, "a MAC keyed with the public key", ("Q7",))


def kids() -> Iterator[Try]:
    """A kid is one byte, looked up in a fixed table."""
    for name, kid in (
        ("path", b"../../dev/null"),
        ("sql", b"' OR 1=1 --"),
        ("long", b"\x01" * 100),
        ("empty", b""),
        ("text", "\x01"),
        ("number", 1),
    ):
        yield _unreadable(f"kid-{name}-pass", showing(cert=certificate(protected={1: -7, 4: kid})), "Q8")
        yield _unreadable(f"kid-{name}-card", card(protected={1: -7, 4: kid}), "Q8")
    yield _not_ours("kid-unknown", showing(cert=certificate(kid=b"\xff")), "Q6", "Q8", why="no such key")
    yield _not_ours(
        "kid-unpublished", showing(cert=certificate(kid=b"\x20", key=mint.STRANGER)), "Q6", "Q9", why="no such key"
    )
    for name, kid, key in (
        ("retired", b"\x10", "retired"),
        ("standby", b"\x11", "standby"),
        ("ended", b"\x12", "ended"),
    ):
        cert = certificate(kid=kid, key=mint.private_key(key))
        yield _not_ours(f"kid-{name}", showing(cert=cert), "Q9", why="a key that is not in force at iat")
    cert = certificate(key=mint.private_key("pass of another year"))
    yield _not_ours("kid-reused", showing(cert=cert), "Q9", why="a kid that named another key once")
    cose_key = {1: 2, -1: 1, -2: b"\x01" * 32, -3: True}
    for name, label, value in (
        ("COSE_Key", -1, cose_key),
        ("x5chain", 33, b"\x30\x00"),
        ("x5u", 35, "https://evil.example/key"),
        ("crit", 2, [99]),
        ("content-type", 3, 0),
    ):
        yield _unreadable(f"header-{name}-card", card(protected=in_order({1: -7, 4: b"\x03", label: value})), "Q8")
        cert = certificate(protected=in_order({1: -7, 4: b"\x01", label: value}))
        yield _unreadable(f"header-{name}-certificate", showing(cert=cert), "Q8")


def in_order(header: dict[int, Any]) -> dict[int, Any]:
    """So that the label is what is wrong with it, not the order."""
    return {label: header[label] for label in sorted(header, key=cbor2.dumps)}


def numbers() -> Iterator[Try]:
    """Moments are integers; nothing else is nearly one."""
    for name, moment in (
        ("text", str(NOW)),
        ("float", float(NOW)),
        ("nan", float("nan")),
        ("infinity", float("inf")),
        ("null", None),
        ("true", True),
        ("zero", 0),
        ("negative", -NOW),
        ("huge", 2**63),
        ("bignum", 2**70),
        ("bytes", NOW.to_bytes(4, "big")),
        ("list", [NOW]),
    ):
        cert = certificate(certificate_claims(exp=moment))
        yield _unreadable(f"exp-{name}-certificate", showing(cert=cert), "Q6")
        yield _unreadable(f"exp-{name}-ticket", ticket(exp=moment), "Q6")
        yield _unreadable(f"iat-{name}-pass", showing(iat=moment), "Q6")
        yield _unreadable(f"iat-{name}-card", card(iat=moment), "Q6")
    yield _unreadable(
        "exp-missing-certificate", showing(cert=certificate({1: "JJ", 2: PASS_ID, 8: mint.confirmation(mint.PHONE)}))
    )
    yield _unreadable("exp-missing-ticket", ticket({1: "JJ", 2: PASS_ID, 7: mint.TICKET_ID}))
    yield _unreadable("iat-missing-pass", showing({3: "h"}))
    for name, iss in (("lower", "jj"), ("long", "JJJ"), ("empty", ""), ("umlaut", "Ä"), ("number", 7)):
        yield _unreadable(f"iss-{name}", card({1: iss, 2: mint.CARD_ID, 6: NOW}))
    yield _not_ours("iss-other-city", card({1: "XX", 2: mint.CARD_ID, 6: NOW}), why="another city")
    yield _unreadable("pass-id-short", ticket({1: "JJ", 2: PASS_ID[:15], 4: NOW + 60, 7: mint.TICKET_ID}))


def shapes() -> Iterator[Try]:
    """One value, one encoding; every map holds exactly its keys; inside byte strings too."""
    good_card, body = card(), cbor2.dumps({1: "JJ", 2: mint.CARD_ID, 6: NOW})
    head = cbor2.dumps({1: -7, 4: b"\x03"})
    yield _unreadable("trailing-byte", good_card + b"\x00", "Q6", "Q18")
    yield _unreadable("trailing-code", good_card + good_card, "Q6", "Q18")
    yield _unreadable("trailing-in-payload", card(body + b"\x00"))
    yield _unreadable("trailing-in-protected", card(protected=head + b"\x00"))
    yield _unreadable("cut-short", good_card[:-1])
    yield _unreadable("nothing", b"")
    yield _unreadable("tagged-sign1", b"\xd2" + good_card)
    yield _unreadable("tagged-self-described", b"\xd9\xd9\xf7" + good_card)
    yield _unreadable("tag-in-payload", card(cbor2.dumps({1: "JJ", 2: mint.CARD_ID, 6: cbor2.CBORTag(1, NOW)})))
    yield _unreadable(
        "tag-decimal-huge", card(b"\xa3\x01\x62JJ\x02\x50" + mint.CARD_ID + b"\x06\xc4\x82\x1b" + b"\x7f" * 8 + b"\x01")
    )
    yield _unreadable("duplicate-key", card(b"\xa4" + body[1:] + b"\x06" + cbor2.dumps(NOW + 5)))
    yield _unreadable("duplicate-key-first", card(b"\xa4\x01\x62XX" + body[1:]))
    yield _unreadable("duplicate-alg", card(protected=b"\xa3\x01\x26\x01\x26\x04\x41\x03"))
    yield _unreadable("unsorted-payload", card({6: NOW, 1: "JJ", 2: mint.CARD_ID}))
    yield _unreadable("unsorted-protected", card(protected={4: b"\x03", 1: -7}))
    yield _unreadable("long-head", card(protected=b"\xa2\x01\x26\x04\x58\x01\x03"))
    yield _unreadable(
        "long-integer", card(b"\xa3\x01\x62JJ\x02\x50" + mint.CARD_ID + b"\x06\x1b" + NOW.to_bytes(8, "big"))
    )
    yield _unreadable("indefinite-map", card(b"\xbf" + body[1:] + b"\xff"))
    yield _unreadable("indefinite-array", b"\x9f" + good_card[1:] + b"\xff")
    yield _unreadable(
        "indefinite-bytes", b"\x84\x5f" + cbor2.dumps(head) + b"\xff" + good_card[1 + len(cbor2.dumps(head)) :]
    )
    yield _unreadable("indefinite-text", card(b"\xa3\x01\x7f\x62JJ\xff" + body[5:]))
    yield _unreadable("extra-claim", card({1: "JJ", 2: mint.CARD_ID, 6: NOW, 99: "admin"}))
    yield _unreadable("extra-claim-certificate", showing(cert=certificate(certificate_claims() | {99: 1})))
    yield _unreadable("extra-claim-pass", showing({3: "h", 6: NOW, 99: 1}))
    yield _unreadable("text-key", card({1: "JJ", 2: mint.CARD_ID, "6": NOW}))
    yield _unreadable("boolean-key", card(b"\xa3\xf5\x62JJ" + body[5:]))
    yield _unreadable("payload-not-a-map", card(cbor2.dumps([1, 2, 6])))
    yield _unreadable("payload-null", b"\x84" + cbor2.dumps(head) + b"\xa0\xf6" + good_card[-66:])
    yield _unreadable("protected-empty", card(protected=b""))
    yield _unreadable("array-of-five", b"\x85" + good_card[1:] + b"\x00")
    yield _unreadable("nested-arrays", b"\x81" * 300)
    yield _unreadable("nested-in-payload", card(b"\xa1\x06" + b"\x81" * 80 + b"\x00"))
    yield _unreadable("array-claims-2-to-63", b"\x9b\x7f" + b"\xff" * 7)
    yield _unreadable("unprotected-stuffed", card(unprotected=b"\xa1\x04\x41\x01"))
    yield _unreadable("unprotected-stuffed-pass", showing(unprotected=b"\xa1\x18\x63\x41\x01"))
    yield _unreadable("unprotected-stuffed-certificate", showing(cert=certificate(unprotected=b"\xa1\x04\x41\x01")))
    yield _unreadable("unprotected-list", card(unprotected=b"\x80"))
    yield _unreadable("unprotected-null", card(unprotected=b"\xf6"))
    yield _unreadable("typ-other", showing(protected=showing_head(certificate(), typ=293)))
    yield _unreadable("typ-text", showing(protected=showing_head(certificate(), typ="kb+cwt")))
    yield _unreadable("certificate-in-bytes", showing(protected=showing_head(cbor2.dumps(certificate()))))
    for name, change in (
        ("okp", {1: 1}),
        ("p384", {-1: 2}),
        ("k256", {-1: 8}),
        ("kty-true", {1: True}),
        ("crv-true", {-1: True}),
        ("short-x", {-2: b"\x01" * 31}),
        ("y-number", {-3: int(mint.confirmation(mint.PHONE)[1][-3])}),
        ("y-bytes", {-3: b"\x01" * 32}),
        ("private", {-4: b"\x01" * 32}),
    ):
        key = mint.confirmation(mint.PHONE)[1] | change
        cert = certificate(certificate_claims(cnf={1: key}))
        yield _unreadable(f"cnf-{name}", showing(cert=cert), "Q7")
    key = mint.confirmation(mint.PHONE)[1]
    for name, cnf in (
        ("extra-member", {1: key, 3: b"kid"}),
        ("key-alone", key),
        ("list", [key]),
        ("bytes", b"\x01"),
        ("key-bytes", {1: b"\x01"}),
    ):
        yield _unreadable(f"cnf-{name}", showing(cert=certificate(certificate_claims(cnf=cnf))), "Q7")
    off_curve = {1: {1: 2, -1: 1, -2: b"\xff" * 32, -3: False}}
    yield _unreadable("cnf-off-curve", showing(cert=certificate(certificate_claims(cnf=off_curve))), "Q6")
    yield _unreadable("compressed", zlib.compress(good_card), "Q18")


def signatures() -> Iterator[Try]:
    for name, spoil in (
        ("der", as_der),
        ("short", lambda raw: raw[:-1]),
        ("long", lambda raw: raw + b"\x00"),
        ("empty", lambda raw: b""),
    ):
        yield _unreadable(f"signature-{name}-card", card(signature=spoil(card()[-64:])))
        yield _unreadable(f"signature-{name}-pass", showing(signature=spoil(showing()[-64:])))
        cert = certificate(signature=spoil(certificate()[-64:]))
        yield _unreadable(f"signature-{name}-certificate", showing(cert=cert))
    n = mint.N.to_bytes(32, "big")
    r, s = card()[-64:-32], card()[-32:]
    for name, signature in (
        ("zero", bytes(64)),
        ("r-zero", bytes(32) + s),
        ("s-zero", r + bytes(32)),
        ("s-n", r + n),
        ("ones", b"\xff" * 64),
        ("swapped", s + r),
    ):
        yield _not_ours(f"signature-{name}-card", card(signature=signature), "Q6")
        yield _not_ours(f"signature-{name}-pass", showing(signature=signature), "Q6")
        yield _not_ours(f"signature-{name}-certificate", showing(cert=certificate(signature=signature)), "Q6")
    yield _not_ours("another-phone", showing(key=mint.OTHER_PHONE), "Q6", why="signed by another phone")
    own = certificate(certificate_claims(cnf=mint.confirmation(mint.OTHER_PHONE)), key=mint.OTHER_PHONE)
    yield _not_ours(
        "certificate-self-signed", showing(cert=own, key=mint.OTHER_PHONE), "Q6", why="a phone certifies itself"
    )
    flipped = mint.confirmation(mint.PHONE)
    flipped[1][-3] = not flipped[1][-3]
    yield _not_ours(
        "phone-key-mirrored", showing(cert=certificate(certificate_claims(cnf=flipped))), "Q6", why="−y, not y"
    )
    moved = certificate(signature=certificate(certificate_claims(sub=mint.CARD_ID))[-64:])
    yield _not_ours(
        "certificate-signature-moved", showing(cert=moved), "Q6", why="the signature of another certificate"
    )
    changed = showing({3: "h", 6: NOW + 1}, signature=showing()[-64:])
    yield _not_ours("iat-changed", changed, "Q4", "Q6", why="iat changed after signing")


def as_der(signature: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def moments() -> Iterator[Try]:
    day = mint.DAY
    yield Try("pass-61-old", text(showing(iat=NOW - 61)), EXPIRED, "a screenshot shown 61 s later", ("Q4",))
    yield Try("pass-hour-old", text(showing(iat=NOW - 3600)), EXPIRED, "a screenshot shown later", ("Q4",))
    yield Try("pass-31-ahead", text(showing(iat=NOW + 31)), NOT_READY, "the phone's clock is 31 s ahead", ("Q11",))
    yield Try("pass-600-ahead", text(showing(iat=NOW + 600)), NOT_READY, "the phone's clock is 10 min ahead", ("Q11",))
    yield Try("ticket-61-old", text(ticket(exp=NOW - 1)), EXPIRED, "one second after its end", ("Q4",))
    yield Try("ticket-too-long", text(ticket(exp=NOW + 91)), NOT_READY, "a ticket with more than its 60 s", ("Q4",))
    yield Try("card-of-tomorrow", text(card(iat=NOW + day)), NOT_READY, "made in the future", ("Q11",))
    for name, exp, expect, why in (
        ("ended", NOW - 1, EXPIRED, "shown after the certificate's end"),
        ("not-begun", NOW + day + 300, NOT_READY, "shown before exp − 24 h − 5 min"),
        ("too-long", NOW + 365 * day, NOT_READY, "a certificate never lives longer than 24 h"),
    ):
        cert = certificate(certificate_claims(exp=exp))
        yield Try(f"certificate-{name}", text(showing(cert=cert)), expect, why, ("Q4",))
    just = certificate(certificate_claims(exp=NOW + day + 299))
    yield Try("certificate-just-begun", text(showing(cert=just)), "ok", "the first second of its 24 h 5 min", ("Q4",))
    ended = certificate(certificate_claims(exp=NOW - 30))
    yield Try(
        "certificate-ended-since", text(showing(cert=ended, iat=NOW - 40)), "ok", "judged at iat, not now", ("Q4",)
    )
    key = mint.private_key("ended")
    cert = certificate(certificate_claims(exp=NOW), kid=b"\x12", key=key)
    yield Try(
        "key-ended-since",
        text(showing(cert=cert, iat=NOW - 3601)),
        "ok",
        "keys are judged at iat",
        ("Q9",),
        now=NOW - 3590,
    )
    early = card(iat=NOW - 31 * day)
    yield Try("card-before-its-key", text(early), NOT_OURS, "older than the key that signed it", ("Q9",))


def forms() -> Iterator[Try]:
    """Every form signed with every key, and every form's bytes in every other's place: only the diagonal holds."""
    kid_of = {"pass": (b"\x01", mint.PASS_KEY), "ticket": (b"\x02", mint.TICKET_KEY), "card": (b"\x03", mint.CARD_KEY)}
    for named, (kid, key) in kid_of.items():
        if named != "pass":
            cert = certificate(kid=kid, key=key)
            yield _not_ours(f"form-pass-by-{named}-key", showing(cert=cert), "Q10", why="a key of another form")
        if named != "ticket":
            yield _not_ours(f"form-ticket-by-{named}-key", ticket(kid=kid, key=key), "Q10", why="a key of another form")
        if named != "card":
            yield _not_ours(f"form-card-by-{named}-key", card(kid=kid, key=key), "Q10", why="a key of another form")
    yield _unreadable("form-certificate-alone", certificate(), "Q10")
    yield _unreadable("form-request-as-code", mint.station_request(), "Q10")
    yield _unreadable("form-ticket-as-certificate", showing(cert=ticket()), "Q10")
    yield _unreadable("form-card-as-certificate", showing(cert=card()), "Q10")
    yield _unreadable("form-pass-as-certificate", showing(cert=showing()), "Q10")
    yield _unreadable("form-certificate-with-card-kid", card(certificate_claims()), "Q10")


def audiences() -> Iterator[Try]:
    other = (mint.STATION, b"\x99" * 8)
    elsewhere = ("JJ-0043", mint.CNONCE)
    bound, free = text(bound_showing()), text(showing())
    yield Try("bound-without-request", bound, MISMATCH, "meant for a station, shown to anyone", ("Q5",))
    yield Try("bound-other-challenge", bound, MISMATCH, "an answer to an earlier request", ("Q5",), challenge=other)
    yield Try("bound-other-station", bound, MISMATCH, "relayed to another station", ("Q5",), challenge=elsewhere)
    yield Try(
        "free-to-a-request", free, MISMATCH, "made beforehand, the request not signed", ("Q5",), challenge=CHALLENGE
    )
    yield Try("ticket-to-a-request", text(ticket()), MISMATCH, "a ticket cannot answer", ("Q5",), challenge=CHALLENGE)
    yield Try("card-to-a-request", text(card()), MISMATCH, "a card cannot answer", ("Q5",), challenge=CHALLENGE)
    for name, payload in (
        ("h-with-cnonce", {3: "h", 6: NOW, 39: mint.CNONCE}),
        ("station-without-cnonce", {3: mint.STATION, 6: NOW}),
        ("cnonce-short", {3: mint.STATION, 6: NOW, 39: mint.CNONCE[:7]}),
        ("cnonce-text", {3: mint.STATION, 6: NOW, 39: "01234567"}),
        ("aud-one-letter", {3: "x", 6: NOW, 39: mint.CNONCE}),
        ("aud-list", {3: ["h"], 6: NOW}),
        ("aud-path", {3: "../etc", 6: NOW, 39: mint.CNONCE}),
        ("aud-newline", {3: "JJ-0042\n", 6: NOW, 39: mint.CNONCE}),
        ("aud-full-width", {3: "ＪＪ-0042", 6: NOW, 39: mint.CNONCE}),
        ("aud-long", {3: "J" * 24, 6: NOW, 39: mint.CNONCE}),
    ):
        asked = None if payload[3] == "h" else CHALLENGE
        yield Try(name, text(showing(payload)), UNREADABLE, "not an audience", ("Q5", "Q6"), challenge=asked)


def texts() -> Iterator[Try]:
    """What a camera may bring."""
    good_text = text(card())
    body = good_text[4:]
    digit = re.search("[0-9]", body)[0]
    token = jwt.encode({"sub": "1", "exp": NOW + 60}, "k" * 32, algorithm="HS256")
    for name, foreign in (
        ("HP10", "HP10:" + body),
        ("hp1", "hp1:" + body),
        ("hP1", "hP1:" + body),
        ("no-prefix", body),
        ("space-before", " " + good_text),
        ("newline-before", "\n" + good_text),
        ("bom", "\ufeff" + good_text),
        ("full-width-colon", "HP1：" + body),
        ("full-width-prefix", "ＨＰ１:" + body),
        ("cyrillic", "НР1:" + body),
        ("HC1", "HC1:" + body),
        ("shc", "shc:/5676290952432060346029243740446031222959532654603460292540772804336028"),
        ("HPS1", "HPS1:" + body),
        ("api-token", token),
        ("url", "https://evil.example/?q=HP1:" + body[:20]),
        ("javascript", "javascript:alert(1)"),
        ("script", "<script>alert('HP1:')</script>"),
        ("sql", "HP1'; DROP TABLE residents; --"),
        ("umlaut", "ÄÖÜ"),
        ("digits", "86123456789012345678"),
        ("empty", ""),
        ("null-character", "\x00HP1:" + body),
    ):
        yield Try(f"text-{name}", foreign, NOT_OURS, "not this prefix", ("Q10", "Q18"))
    for name, broken in (
        ("prefix-twice", "HP1:" + good_text),
        ("prefix-only", "HP1:"),
        ("lower-case-body", "HP1:" + body.lower()),
        ("newline-after", good_text + "\n"),
        ("space-after", good_text + " "),
        ("comma", good_text[:20] + "," + good_text[21:]),
        ("null-inside", good_text[:20] + "\x00" + good_text[21:]),
        ("full-width-digit", "HP1:" + body.replace(digit, chr(0xFF10 + int(digit)), 1)),
        ("lone-surrogate", good_text[:20] + "\ud800" + good_text[21:]),
        ("base45-overflow", "HP1::::" + body),
        ("base45-two-overflow", good_text[: 4 + len(body) // 3 * 3] + "::"),
        ("base45-one-left", "HP1:" + body[: len(body) // 3 * 3] + "A"),
        ("length-513", "HP1:" + "0" * 509),
        ("length-4296", "HP1:" + "0" * 4292),
        ("length-4296-foreign", "https://evil.example/".ljust(4296, "A")),
        ("two-megabytes", "HP1:" + "0" * 2_000_000),
        ("five-thousand-nested", "HP1:" + text(b"\x81" * 5000)[4:]),
        ("script-inside", "HP1:<script>alert(1)</script>"),
        ("sql-inside", "HP1:' OR 1=1 --"),
    ):
        yield Try(f"text-{name}", broken, UNREADABLE, "not the bytes of this format", ("Q6", "Q18"))


def _unreadable(name: str, data: bytes, *cases: str, why: str = "not the one encoding of a form") -> Try:
    return Try(name, text(data), UNREADABLE, why, cases or ("Q6",))


def _not_ours(name: str, data: bytes, *cases: str, why: str = "no signature of the named key") -> Try:
    return Try(name, text(data), NOT_OURS, why, cases or ("Q6",))
