"""The family's doors."""

from typing import Any

from healthcode.core.access import OnBehalf, SignedIn, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.problems import WrongState
from healthcode.registry.residents import service as residents
from healthcode.trust.family import problems, service
from healthcode.trust.family.models import Grant
from healthcode.trust.family.schemas import GrantOut, GrantsOut, GuardianIn, InvitationIn, MeOut, PaperGrantIn, ReasonIn

room = Room("family", __name__, prefix="/api/v1", about="Who may act for whom.")

# A scope that no grant can hold: only the resident's own.
_OWNER = OnBehalf("grants:manage")
_DESK = Staff("clerk", "station_worker")
_CITY_DESK = Staff("hotline", "city_admin")


@room.get("/me", allow=SignedIn(), reply=MeOut)
def me(caller: Caller) -> dict[str, Any]:
    """Who is signed in, and for whom they may act."""
    is_resident = caller.kind == "resident"
    return {
        "kind": caller.kind,
        "resident_id": caller.id if is_resident else None,
        "display_name": residents.show(caller, resident_id=caller.id)["name"] if is_resident and caller.id else None,
        "roles": sorted(caller.roles),
        "institution_id": caller.institution_id,
        "acting_for": service.acting_for(caller),
    }


@room.get("/grants", allow=SignedIn(), reply=GrantsOut)
def list_grants(caller: Caller) -> dict[str, Any]:
    """Every grant you gave, were given, or are invited to."""
    return {"items": service.grants_of(caller) if caller.kind == "resident" and caller.id else []}


@room.post(
    "/residents/<id:resident_id>/grants",
    allow=_OWNER,
    body=InvitationIn,
    reply=GrantOut,
    problems=(problems.TooManyGrants, problems.NotYourself, problems.UntilIsPast),
    once=True,
    rate="20/hour",
)
def invite(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> Grant:
    """Invite somebody, by phone, to act for you."""
    return service.invite(caller, resident_id=resident_id, **wanted)


@room.post(
    "/grants/<id:grant_id>/acceptances", allow=_OWNER, reply=GrantOut, problems=(problems.UntilIsPast, WrongState)
)
def accept(caller: Caller, grant_id: str) -> Grant:
    """Agree to act for somebody who invited you."""
    return service.accept(caller, grant_id=grant_id)


@room.post("/grants/<id:grant_id>/endings", allow=_OWNER, reply=GrantOut)
def end(caller: Caller, grant_id: str) -> Grant:
    """End a grant that you gave or were given, at once."""
    return service.end(caller, grant_id=grant_id)


@room.post("/residents/<id:resident_id>/grants/<id:grant_id>/endings", allow=_CITY_DESK, body=ReasonIn, reply=GrantOut)
def end_for_reason(caller: Caller, resident_id: str, grant_id: str, wanted: dict[str, Any]) -> Grant:
    """A city desk ends a grant, with a reason that the resident sees."""
    return service.end_for_reason(caller, resident_id=resident_id, grant_id=grant_id, **wanted)


@room.post(
    "/guardianships",
    allow=_DESK,
    body=GuardianIn,
    reply=GrantOut,
    problems=(problems.NotAChild, problems.TooManyGrants, problems.NotYourself),
    once=True,
)
def record_guardian(caller: Caller, wanted: dict[str, Any]) -> Grant:
    """Record, with the papers in hand, who looks after a child."""
    return service.record_guardian(caller, **wanted)


@room.post(
    "/paper-grants",
    allow=_DESK,
    body=PaperGrantIn,
    reply=GrantOut,
    problems=(problems.TooManyGrants, problems.NotYourself, problems.UntilIsPast),
    once=True,
)
def record_paper_grant(caller: Caller, wanted: dict[str, Any]) -> Grant:
    """Record a grant on paper; both people were verified at this desk."""
    return service.record_paper_grant(caller, **wanted)
