"""The doors of the code."""

from typing import Any

from healthcode.core.access import Anyone, Device, OnBehalf, SignedIn, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import Refused, WrongState
from healthcode.registry.devices.service import SCANNERS
from healthcode.trust.codes import problems, service
from healthcode.trust.codes.models import CodeBlock, Verification
from healthcode.trust.codes.schemas import (
    AppealIn,
    BatchIn,
    BlockIn,
    BlockOut,
    BlocksOut,
    CardOut,
    CodesOut,
    DigitsOut,
    DocumentVerificationIn,
    JudgedListOut,
    PassesIn,
    PassesOut,
    PictureIn,
    RevocationIn,
    RevokedOut,
    SinceAsked,
    TicketOut,
    VerificationIn,
    VerificationOut,
)
from healthcode.trust.codes.service.issuing import IssuedText

room = Room("codes", __name__, about="The one code: issued, shown, verified.")

_API = "/api/v1"
_JWT = File("application/jwt")
_PICTURE = File("image/svg+xml", others=("image/png",))
_DESK = Staff("clerk", "station_worker")
_COUNTER = Staff("clerk", "station_worker", "doctor", "nurse", "pharmacist", "cashier")
_CITY_DESK = Staff("hotline", "city_admin")
_CODE_PROBLEMS = (
    problems.CodeUnreadable,
    problems.CodeNotOurs,
    problems.CodeNotReady,
    problems.CodeExpired,
    problems.CodeAlreadyUsed,
    problems.CodeRevoked,
    problems.CodeNeedsSecondCheck,
    problems.SecondCheckFailed,
    problems.TooManyWrongTries,
    problems.ChallengeMismatch,
    problems.ChallengeNeeded,
)


@room.get("/.well-known/healthcode/keys", allow=Anyone(), reply=_JWT)
def key_set(caller: Caller) -> str:
    """The key set, signed: every key that verifies or verified."""
    return service.key_set()


@room.get("/.well-known/healthcode/revocations", allow=Anyone(), query=SinceAsked, reply=_JWT)
def revocation_list(caller: Caller, asked: dict[str, Any]) -> str:
    """The revocation list, signed: whole, or what changed since a version."""
    return service.revocation_list(**asked)


@room.get("/.well-known/healthcode/time", allow=Anyone(), reply=_JWT)
def time_statement(caller: Caller) -> str:
    """The city's time, signed."""
    return service.time_statement()


@room.post(
    f"{_API}/residents/<id:resident_id>/passes",
    allow=OnBehalf("codes:show"),
    body=PassesIn,
    reply=PassesOut,
    problems=(problems.KeyNotUsable, problems.CodeBlocked, problems.TooManyCodes),
    once=True,
)
def issue_passes(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Certify a phone's keys, one for each day it may be offline."""
    return {"passes": service.issue_passes(caller, resident_id=resident_id, **wanted)}


@room.post(
    f"{_API}/residents/<id:resident_id>/tickets",
    allow=OnBehalf("codes:show"),
    reply=TicketOut,
    problems=(problems.CodeBlocked, problems.TooManyCodes),
)
def issue_ticket(caller: Caller, resident_id: str) -> IssuedText:
    """A code for a phone without a key of its own: one minute, one use."""
    return service.issue_ticket(caller, resident_id=resident_id)


@room.post(
    f"{_API}/residents/<id:resident_id>/digits",
    allow=OnBehalf("codes:show"),
    reply=DigitsOut,
    problems=(problems.CodeBlocked, problems.TooManyCodes),
    rate="30/hour",
)
def issue_digits(caller: Caller, resident_id: str) -> IssuedText:
    """Twenty digits to type or say: three minutes, one use."""
    return service.issue_digits(caller, resident_id=resident_id)


@room.post(
    f"{_API}/residents/<id:resident_id>/cards",
    allow=_DESK | _CITY_DESK,
    reply=CardOut,
    problems=(problems.CodeBlocked, problems.TooManyCodes),
    once=True,
)
def issue_card(caller: Caller, resident_id: str) -> IssuedText:
    """A card to print for somebody at the desk; it ends the card before it."""
    return service.issue_card(caller, resident_id=resident_id)


@room.ask(f"{_API}/code-images", allow=SignedIn(), body=PictureIn, reply=_PICTURE, is_trailed=False)
def draw(caller: Caller, wanted: dict[str, Any]) -> File:
    """A code or a station's request as a QR picture, for clients that cannot draw."""
    mimetype = "image/svg+xml" if wanted["format"] == "svg" else "image/png"
    return File(mimetype, service.draw(wanted["text"], form=wanted["format"], on_paper=wanted["is_for_paper"]))


@room.get(f"{_API}/residents/<id:resident_id>/codes", allow=OnBehalf("codes:show"), reply=CodesOut)
def list_codes(caller: Caller, resident_id: str) -> dict[str, Any]:
    """Every code that could still be shown, and on whose phone."""
    return {"items": service.codes_of(caller, resident_id=resident_id)}


@room.post(
    f"{_API}/residents/<id:resident_id>/code-revocations",
    allow=OnBehalf("codes:revoke") | _CITY_DESK | _DESK,
    body=RevocationIn,
    reply=RevokedOut,
)
def revoke_all(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> dict[str, int]:
    """Stop every code of this resident; after a lost or stolen phone its sign-ins too."""
    return {"count": service.report_lost(caller, resident_id=resident_id, **wanted)}


@room.post(f"{_API}/codes/<id:code_id>/revocations", allow=OnBehalf("codes:show"), body=RevocationIn, status=204)
def revoke(caller: Caller, code_id: str, wanted: dict[str, Any]) -> None:
    """Stop one code."""
    service.revoke_code(caller, code_id=code_id, **wanted)


@room.post(
    f"{_API}/verifications",
    allow=Device(*SCANNERS),
    body=VerificationIn,
    reply=VerificationOut,
    problems=_CODE_PROBLEMS,
    rate="6000/minute",
)
def verify(caller: Caller, wanted: dict[str, Any]) -> Verification | Refused:
    """Read a code before this device, for this step."""
    return service.verify(caller, **wanted)


@room.post(
    f"{_API}/document-verifications",
    allow=_COUNTER,
    body=DocumentVerificationIn,
    reply=VerificationOut,
    problems=(problems.NobodyFound, problems.CodeRevoked, problems.TooManyWrongTries),
)
def verify_document(caller: Caller, wanted: dict[str, Any]) -> Verification | Refused:
    """A document in the hand of the staff, instead of a code."""
    return service.verify_document(caller, **wanted)


@room.post(
    f"{_API}/verifications/batch",
    allow=Device(*SCANNERS),
    body=BatchIn,
    reply=JudgedListOut,
    problems=(problems.BatchDamaged, problems.BatchOutOfOrder, problems.DeviceForked),
    max_body=1024 * 1024,
)
def take_batch(caller: Caller, wanted: dict[str, Any]) -> dict[str, Any] | Refused:
    """What this scanner verified while the line was down."""
    results = service.take_batch(caller, **wanted)
    return results if isinstance(results, Refused) else {"results": results}


@room.get(f"{_API}/residents/<id:resident_id>/code-blocks", allow=OnBehalf("codes:show") | _CITY_DESK, reply=BlocksOut)
def list_blocks(caller: Caller, resident_id: str) -> dict[str, Any]:
    """Blocks on this resident's codes, with their reasons."""
    return {"items": service.blocks_of(caller, resident_id=resident_id)}


@room.post(f"{_API}/residents/<id:resident_id>/code-blocks", allow=_CITY_DESK, body=BlockIn, reply=BlockOut)
def propose_block(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> CodeBlock:
    """The first of two people reports a code as lost or stolen."""
    return service.propose_block(caller, resident_id=resident_id, **wanted)


@room.post(
    f"{_API}/code-blocks/<id:block_id>/confirmations",
    allow=_CITY_DESK,
    reply=BlockOut,
    problems=(problems.ConfirmedByTheSame, WrongState),
)
def confirm_block(caller: Caller, block_id: str) -> CodeBlock:
    """The second person confirms; the resident's codes are stopped."""
    return service.confirm_block(caller, block_id=block_id)


@room.post(f"{_API}/code-blocks/<id:block_id>/lifts", allow=_CITY_DESK, reply=BlockOut, problems=(WrongState,))
def lift_block(caller: Caller, block_id: str) -> CodeBlock:
    """A desk lifts the block; new codes can be issued."""
    return service.lift_block(caller, block_id=block_id)


@room.post(
    f"{_API}/code-blocks/<id:block_id>/appeals",
    allow=OnBehalf("codes:show"),
    body=AppealIn,
    reply=BlockOut,
    problems=(WrongState,),
)
def appeal_block(caller: Caller, block_id: str, wanted: dict[str, Any]) -> CodeBlock:
    """The resident says why the block is wrong."""
    return service.appeal_block(caller, block_id=block_id, **wanted)
