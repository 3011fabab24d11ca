"""What may be told of a referral: who changed it, and between which institutions. Never why."""

from dataclasses import dataclass
from datetime import datetime

from healthcode.core.caller import by_itself
from healthcode.core.db import session
from healthcode.pathways.referrals.models import Referral, ReferralChange

ITSELF = by_itself("telling")


@dataclass(frozen=True)
class Change:
    """One change of a referral."""

    by_kind: str
    by_id: str | None
    from_institution_id: str
    to_institution_id: str


def change_behind(event: str, *, referral_id: str, at: datetime) -> Change | None:
    """The change that an event of this room spoke of; None if there is none. For listeners."""
    one = session().scalars(Referral.visible_to(ITSELF).where(Referral.id == referral_id)).first()
    made = ReferralChange.of_referral(referral_id).where(
        ReferralChange.state == event.removeprefix("referral."), ReferralChange.at <= at
    )
    newest = made.order_by(None).order_by(ReferralChange.at.desc(), ReferralChange.id.desc()).limit(1)
    change = session().scalars(newest).first()
    if one is None or change is None:
        return None
    return Change(change.by_kind, change.by_id, one.from_institution_id, one.to_institution_id)
