"""What the code's room hears."""

import math
from datetime import datetime

from sqlalchemy import delete

from healthcode.core.caller import Caller
from healthcode.core.db import session
from healthcode.core.outbox import Happening, hears
from healthcode.core.tidying import forgets
from healthcode.registry.institutions import service as institutions
from healthcode.trust.codes.models import Showing, Verification
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
    before = session().scalars(Verification.before(now.resident_id, now.read_at, but=now.id).limit(1)).first()
    if before is None or before.institution_id == now.institution_id:
        return
    places = institutions.places_of([before.institution_id, now.institution_id])
    if is_impossible(places[before.institution_id], before.read_at, places[now.institution_id], now.read_at):
        desk = Caller(kind="device", id=now.device_id, institution_id=now.institution_id)
        note_conflict(desk, "impossible-journey", now.id, before.id)


@forgets
def forget_showings(now: datetime) -> int:
    """Showings are kept 30 days: as long as a scanner's late upload is judged."""
    gone = session().execute(delete(Showing).where(Showing.read_at < now - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


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
