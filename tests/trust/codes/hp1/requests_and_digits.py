"""The two smaller tables: what a scanner may show a phone, and what a person may type."""

from collections.abc import Iterator

import cbor2

from healthcode.trust.codes.hp1 import digits
from tests.trust.codes.hp1 import mint
from tests.trust.codes.hp1.attacks import EXPIRED, NOT_OURS, NOT_READY, UNREADABLE, Try
from tests.trust.codes.hp1.mint import NOW, station_request


def requests() -> Iterator[Try]:
    def request(data: bytes, name: str, expect: str, why: str, *cases: str) -> Try:
        return Try(name, mint.text(data, "HPS1:"), expect, why, cases or ("Q5",))

    def claims(**changes: object) -> dict[object, object]:
        given = {"id": mint.STATION, "name": mint.STATION_NAME, "iat": NOW, "cnonce": mint.CNONCE} | changes
        return {2: given["id"], 3: given["name"], 6: given["iat"], 39: given["cnonce"]}

    yield request(station_request(), "request", "ok", "asked this second by the enrolled device")
    yield request(station_request(iat=NOW - 180), "request-180-old", "ok", "the end belongs to the window")
    yield request(station_request(iat=NOW + 30), "request-30-ahead", "ok", "the device's clock is ahead")
    yield request(station_request(iat=NOW - 181), "request-181-old", EXPIRED, "asked too long ago")
    yield request(station_request(iat=NOW + 31), "request-31-ahead", NOT_READY, "asked in the future")
    yield request(station_request(key=mint.STRANGER), "request-other-device", NOT_OURS, "another device's key")
    yield request(station_request(signature=bytes(64)), "request-zero-signature", NOT_OURS, "no signature")
    changed = station_request(claims(name="another"), signature=station_request()[-64:])
    yield request(changed, "request-name-changed", NOT_OURS, "name changed after signing")
    for name, payload in (
        ("id-h", claims(id="h")),
        ("id-long", claims(id="J" * 24)),
        ("id-space", claims(id="JJ 42")),
        ("name-empty", claims(name="")),
        ("name-41", claims(name="站" * 41)),
        ("name-newline", claims(name="a\nb")),
        ("name-right-to-left", claims(name="a\u202eb")),
        ("cnonce-short", claims(cnonce=b"1234567")),
        ("iat-float", claims(iat=float(NOW))),
        ("extra-claim", claims() | {99: 1}),
        ("duplicate-key", b"\xa5" + cbor2.dumps(claims())[1:] + b"\x18\x27\x48" + b"\x01" * 8),
    ):
        yield request(station_request(payload), f"request-{name}", UNREADABLE, "not the one encoding of a request")
    for name, protected in (
        ("kid", {1: -7, 4: b"\x01"}),
        ("alg", {1: -35, 16: "hps1"}),
        ("typ", {1: -7, 16: 294}),
        ("no-typ", {1: -7}),
    ):
        yield request(
            station_request(protected=protected), f"request-header-{name}", UNREADABLE, "another header", "Q7"
        )
    yield Try("request-as-HP1", mint.text(station_request()), NOT_OURS, "not this prefix", ("Q10",))
    yield Try("code-as-request", mint.text(mint.card()), NOT_OURS, "not this prefix", ("Q10",))
    yield Try("card-in-request", mint.text(mint.card(), "HPS1:"), UNREADABLE, "a card is no request", ("Q10",))


def typed() -> Iterator[Try]:
    good = digits.draw(lambda _: 12_345_678_901_234_567)
    wrong_end = good[:-1] + str((int(good[-1]) + 1) % 10)
    elsewhere = "87" + good[2:-1]
    for name, text, expect, why in (
        ("digits", good, "ok", "prefix, chance, check digit"),
        ("digits-mistyped", wrong_end, UNREADABLE, "the check digit does not hold"),
        ("digits-other-prefix", elsewhere + digits.check_digit(elsewhere), NOT_OURS, "another prefix"),
        ("digits-19", good[:-1], UNREADABLE, "too few"),
        ("digits-21", good + "0", UNREADABLE, "too many"),
        ("digits-newline", good + "\n", UNREADABLE, "a newline at the end"),
        ("digits-spaces", digits.spoken(good), UNREADABLE, "a page takes its own spaces out"),
        ("digits-space-around", f" {good}", UNREADABLE, "a space"),
        ("digits-full-width", "".join(chr(0xFF10 + int(one)) for one in good), UNREADABLE, "full-width digits"),
        ("digits-arabic", "".join(chr(0x0660 + int(one)) for one in good), UNREADABLE, "Arabic-Indic digits"),
        ("digits-one-full-width", good[:-1] + chr(0xFF10 + int(good[-1])), UNREADABLE, "one full-width digit"),
        ("digits-superscript", good[:-1] + "²", UNREADABLE, "a superscript"),
        ("digits-zero-width", good[:10] + "\u200b" + good[10:], UNREADABLE, "a zero-width space"),
        ("digits-empty", "", UNREADABLE, "nothing"),
        ("digits-sql", "86' OR 1=1 --", UNREADABLE, "SQL"),
        ("digits-code", mint.text(mint.card()), UNREADABLE, "a code is not digits"),
        ("digits-5000", "8" * 5000, UNREADABLE, "far too many"),
    ):
        yield Try(name, text, expect, why, ("Q18",))
