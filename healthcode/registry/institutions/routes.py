"""The doors of institutions."""

from typing import Any

from healthcode.core.access import Anyone, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.registry.institutions import schemas, service
from healthcode.registry.institutions.models import Post
from healthcode.registry.institutions.problems import NotForYourself, PostAlreadyHeld, StaffUnknown

room = Room("institutions", __name__, prefix="/api/v1", about="Where care is given, and who works there.")

ADMINISTRATORS = Staff("institution_admin", "city_admin")


@room.get("/institutions", allow=Anyone(), query=schemas.InstitutionsAsked, reply=schemas.FoundPageOut)
def find(caller: Caller, asked: dict[str, Any]) -> dict[str, Any]:
    """Find institutions, by kind and district, or the nearest ones."""
    found = service.find(**asked)
    return {
        "items": [_public(item.institution, distance_m=item.distance_m) for item in found.items],
        "next": found.next,
    }


@room.get("/institutions/<id:institution_id>", allow=Anyone(), reply=schemas.InstitutionDetailOut)
def show(caller: Caller, institution_id: str) -> dict[str, Any]:
    """One institution with its departments, alliances and opening hours."""
    detail = service.show(institution_id)
    return _public(
        detail.institution,
        opening_hours=detail.institution.opening_hours,
        is_open_now=detail.is_open_now,
        departments=detail.departments,
        alliances=detail.alliances,
    )


@room.get(
    "/institutions/<id:institution_id>/staff",
    allow=ADMINISTRATORS,
    query=schemas.ColleaguesAsked,
    reply=schemas.ColleaguesPageOut,
)
def colleagues(caller: Caller, institution_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Who works at an institution, and in which posts."""
    found = service.colleagues(caller, institution_id=institution_id, after=asked.get("after"), limit=asked["limit"])
    rows = [
        {"id": item.member.id, "username": item.member.username, "name": item.member.name, "posts": item.posts}
        for item in found.items
    ]
    return {"items": rows, "next": found.next}


@room.post(
    "/institutions/<id:institution_id>/posts",
    allow=ADMINISTRATORS,
    body=schemas.PostIn,
    reply=schemas.PostOut,
    problems=(StaffUnknown, NotForYourself, PostAlreadyHeld),
)
def appoint(caller: Caller, institution_id: str, wanted: dict[str, Any]) -> Post:
    """Give somebody a post at an institution."""
    return service.appoint(caller, institution_id=institution_id, **wanted)


@room.delete("/posts/<id:post_id>", allow=ADMINISTRATORS)
def dismiss(caller: Caller, post_id: str) -> None:
    """End a post. Every right that came of it ends with it."""
    service.dismiss(caller, post_id=post_id)


def _public(institution: Any, **more: Any) -> dict[str, Any]:
    """The columns that are public, and what the door adds."""
    shown = schemas.InstitutionOut().fields
    return {name: getattr(institution, name) for name in shown} | more
