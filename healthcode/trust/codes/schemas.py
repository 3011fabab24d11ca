"""What the doors of the code take and give."""

import base64
import hashlib
from typing import Any

from marshmallow import ValidationError as Wrong
from marshmallow import fields, validates_schema

from healthcode.core.schemas import MISSING, AskedWhole, Below, Id, In, ManyOf, Moment, OneOf, Out, Text, Whole, YesNo
from healthcode.registry.residents import service as residents
from healthcode.trust.codes.service.verifying import STEPS

# Keys and codes of the examples: they guard nothing, and docs/vectors/ holds them whole.
_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "Hk_a8qff20r9NCbSpobtmyQt43VeBOBev269jJwtoBY",
    "y": "hsM62k94TEzZ6BUKbMQNftb7tDelk7sVEukaqsn0k9o",
}
_CARD = (
    "HP1:MWGSLKC 4%988CKRX3*70SH97D0390W U%$FJLFYWJW 3N46+JAWY0EPD1BG27BUBQ 26SFE++Q7CFDLPIM117RGZASPD9*20HF/3"
    "Q%PC4V6W18.$UKND%E9D0DZTM3MIT9HOEJCZH$3EWA85-5AFPX21490ZEH"
)


class JwkIn(In):
    """A public key on P-256 as a JWK (RFC 7517), nothing private in it."""

    kty = OneOf("EC", required=True)
    crv = OneOf("P-256", required=True)
    x = Text(least=43, most=43, required=True, pattern=r"[A-Za-z0-9_-]{43}")
    y = Text(least=43, most=43, required=True, pattern=r"[A-Za-z0-9_-]{43}")


class KeyIn(In):
    public_key = Below(JwkIn, required=True)
    valid_from = Moment(metadata={"description": "when its 24 hours begin; now if left out, at most 8 days ahead"})


class PassesIn(In):
    example = {"keys": [{"public_key": _KEY, "valid_from": "2026-11-24T09:00:00+08:00"}]}

    keys = ManyOf(Below(KeyIn), most=8, required=True)


class PassOut(Out):
    pass_id = Id(required=True)
    certificate = fields.Method(
        "base64url", required=True, metadata={"type": "string", "description": "base64url, goes into every showing"}
    )
    valid_from = Moment(required=True)
    expires_at = Moment(required=True)

    def base64url(self, issued: Any) -> str:
        return base64.urlsafe_b64encode(issued.certificate).rstrip(b"=").decode()


class PassesOut(Out):
    passes = fields.List(fields.Nested(PassOut), required=True)


class TicketOut(Out):
    code = fields.String(
        attribute="text", required=True, metadata={"description": "HP1 text, draw it as QR in alphanumeric mode"}
    )
    expires_at = Moment(required=True)


class DigitsOut(Out):
    digits = fields.String(attribute="text", required=True)
    expires_at = Moment(required=True)


class CardOut(Out):
    card_id = Id(attribute="code_id", required=True)
    code = fields.String(attribute="text", required=True)


class PictureIn(In):
    example = {"text": _CARD, "format": "svg", "is_for_paper": True}

    text = Text(most=512, required=True, pattern=r"(?:HP1|HPS1):[0-9A-Z $%*+\-./:]+")
    format = OneOf("svg", "png", load_default="svg")
    is_for_paper = YesNo(load_default=False)


class RevocationIn(In):
    example = {"reason": "lost"}

    reason = OneOf("lost", "stolen", "replaced", "no-longer-needed", required=True)


class RevokedOut(Out):
    count = fields.Integer(required=True)


class CodeOut(Out):
    """A code that could still be shown, for the page "where is my code"."""

    id = Id(required=True)
    form = fields.String(required=True)
    issued_at = Moment(required=True)
    valid_from = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True)
    shown_by_id = Id(required=True, allow_none=True)


class CodesOut(Out):
    items = fields.List(fields.Nested(CodeOut), required=True)


class SecondCheckIn(In):
    """A look at the person, or a document's number as it is printed."""

    kind = OneOf("face", "document", required=True)
    document_kind = Text(most=40)
    country = Text(least=2, most=3, pattern=r"[A-Z]{2,3}")
    number = Text(most=40)

    @validates_schema
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("kind") == "document" and not {"document_kind", "number"} <= data.keys():
            raise Wrong({"number": [MISSING]})


class VerificationIn(In):
    example = {
        "code": _CARD,
        "step": "register",
        "second_check": {"kind": "document", "document_kind": "resident-id", "number": "11010519491231002X"},
    }

    code = Text(most=512, required=True)
    step = OneOf(*STEPS, required=True)
    challenge = Text(
        most=512, metadata={"description": "the station's own request (HPS1 text), if the phone answered one"}
    )
    second_check = Below(SecondCheckIn)


class DocumentVerificationIn(In):
    example = {"kind": "passport", "country": "DE", "number": "C01X00T47", "step": "register"}

    kind = Text(most=40, required=True)
    country = Text(least=2, most=3, pattern=r"[A-Z]{2,3}", metadata={"description": "of a passport"})
    number = Text(most=40, required=True)
    birth_order = Whole(least=1, most=9, metadata={"description": "of a newborn known by its mother's document"})
    step = OneOf(*STEPS, required=True)


# What each step of a visit needs to know of the person before it, and no more.
DISCLOSED: dict[str, tuple[str, ...]] = {
    "register": ("display_name", "sex", "age", "identity"),
    "check-in": ("display_name", "sex", "age"),
    "examine": ("display_name", "sex", "age"),
    "pay": ("display_name",),
    "collect": ("display_name", "age"),
    "release-records": ("display_name", "sex", "age"),
}


class CardShownOut(Out):
    """The masked card. Which members are there depends on the step."""

    display_name = fields.String()
    sex = fields.String()
    age = fields.Integer(allow_none=True)
    identity = fields.String()


class VerificationOut(Out):
    example = {
        "id": "0198f3c2-7d4e-7a6b-9c0d-1e2f30415263",
        "resident": {"display_name": "王*英", "sex": "female", "age": 74, "identity": "proved"},
        "form": "pass",
        "assurance": "shown",
        "step": "register",
        "is_shown_by_proxy": False,
        "verified_at": "2026-11-23T01:00:00+00:00",
        "expires_at": "2026-11-23T01:15:00+00:00",
    }

    id = Id(required=True)
    resident = fields.Nested(CardShownOut, required=True, attribute="disclosed")
    form = fields.String(required=True)
    assurance = fields.String(required=True)
    step = fields.String(required=True)
    is_shown_by_proxy = fields.Function(lambda verification: verification.shown_by_id is not None, required=True)
    verified_at = Moment(attribute="read_at", required=True)
    expires_at = Moment(required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The person, as far as this step needs."""
        if attr != "disclosed":
            return super().get_attribute(obj, attr, default)
        card = residents.masked_card(obj.resident)
        return {name: card[name] for name in DISCLOSED[obj.step]}


class ItemIn(In):
    text = Text(most=512, required=True)
    read_at = Moment(required=True)
    step = OneOf(*STEPS, required=True)
    challenge = Text(most=512)


class BatchIn(In):
    example = {
        "sequence": 1,
        "count": 1,
        "hash": hashlib.sha256(_CARD.encode()).hexdigest(),
        "items": [{"text": _CARD, "read_at": "2026-11-23T09:00:00+08:00", "step": "check-in"}],
    }

    sequence = Whole(least=1, most=10**9, required=True)
    count = Whole(least=1, most=100, required=True)
    digest = Text(least=64, most=64, required=True, pattern=r"[0-9a-f]{64}", data_key="hash")
    items = ManyOf(Below(ItemIn), most=100, required=True)


class JudgedOut(Out):
    status = fields.String(required=True)
    verification_id = Id(allow_none=True)
    problem = fields.String(allow_none=True)


class JudgedListOut(Out):
    results = fields.List(fields.Nested(JudgedOut), required=True)


class SinceAsked(In):
    since = AskedWhole(least=0, most=10**9)


class BlockIn(In):
    example = {"reason": "stolen"}

    reason = OneOf("lost", "stolen", required=True)


class AppealIn(In):
    example = {"text": "手机已经找到"}

    text = Text(most=500, required=True)


class BlockOut(Out):
    id = Id(required=True)
    resident_id = Id(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True)
    proposed_at = Moment(required=True)
    confirmed_at = Moment(required=True, allow_none=True)
    appealed_at = Moment(required=True, allow_none=True)
    lifted_at = Moment(required=True, allow_none=True)


class BlocksOut(Out):
    items = fields.List(fields.Nested(BlockOut), required=True)
