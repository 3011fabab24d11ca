"""What the code's room hears."""

import math
from datetime import datetime

from sqlalchemy import delete, select

from healthcode.core.caller import Caller
from healthcode.core.db import changed, session
from healthcode.core.outbox import Happening, hears
from healthcode.core.tidying import forgets
from healthcode.registry.institutions import service as institutions
from healthcode.trust.codes.models import Conflict, Showing, Verification
from healthcode.trust.codes.service.offline import KEPT, note_conflict
from healthcode.trust.codes.service.revoking import revoke_all_of, revoke_under

FASTEST = 300.0  # km/h between two readings; faster than anybody travels from one desk to the next
NEARBY = 1.0  # km; below it clocks and addresses are not exact enough to say anything


@hears("session.ended")
def stop_codes_of_the_phone(happening: Happening) -> None:
    """Who signs out, or reports a phone lost, takes its passes along."""
    if happening.facts.get("kind") == "resident":
        revoke_under(session_id=happening.facts["session_id"], reason="signed-out")


@hears("grant.ended")
def stop_codes_under_the_grant(happening: Happening) -> None:
    """Verifying asks the grant itself; this puts the passes on the list for scanners that are offline."""
    revoke_under(grant_id=happening.facts["grant_id"], reason="grant-ended")


@hears("resident.died")
def stop_codes_of_the_dead(happening: Happening) -> None:
    revoke_all_of(happening.facts["resident_id"], reason="died")


@hears("code.verified")
def look_for_impossible_journeys(happening: Happening) -> None:
    """The same resident at two places, too far apart for the time between: somebody should look at it."""
    now = session().scalars(Verification.again(happening.facts["verification_id"])).first()
    if now is None:
        return
    for beside in Verification.around(now.resident_id, now.read_at, but=now.id):  # an upload comes after later readings
        other = session().scalars(beside).first()
        if other is not None and _is_too_far(other, now) and not _is_known(other, now):
            desk = Caller(kind="device", id=now.device_id, institution_id=now.institution_id)
            note_conflict(desk, "impossible-journey", now.id, other.id)


def _is_known(one: Verification, other: Verification) -> bool:
    """Whether the two were found from the other side already."""
    pair = (one.id, other.id)
    known = select(Conflict.id).where(Conflict.verification_id.in_(pair), Conflict.other_verification_id.in_(pair))
    return session().execute(known.limit(1)).first() is not None


def _is_too_far(one: Verification, other: Verification) -> bool:
    if one.institution_id == other.institution_id:
        return False
    places = institutions.places_of([one.institution_id, other.institution_id])
    return is_impossible(places[one.institution_id], one.read_at, places[other.institution_id], other.read_at)


@forgets
def forget_showings(now: datetime) -> int:
    """Showings are kept 30 days: as long as a scanner's late upload is judged."""
    return changed(delete(Showing).where(Showing.read_at < now - KEPT))


Place = tuple[float | None, float | None]


def is_impossible(here: Place, at: datetime, there: Place, then: datetime) -> bool:
    """Whether nobody gets from `here` to `there` (degrees) between the two moments."""
    distance = _kilometres(here, there)
    hours = abs((then - at).total_seconds()) / 3600
    return distance is not None and distance > NEARBY and distance > FASTEST * hours


def _kilometres(here: Place, there: Place) -> float | None:
    """Great-circle distance; None where a place has no coordinates."""
    if None in (*here, *there):
        return None
    lat1, lon1, lat2, lon2 = (math.radians(degrees or 0.0) for degrees in (*here, *there))
    arc = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(arc))
