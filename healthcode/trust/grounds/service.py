"""Writing grounds, ending them, and turning those in force into a caller's sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, exists, or_, select, update

from healthcode.core import clock, ids
from healthcode.core.caller import Sight
from healthcode.core.db import Instant, insert_many, session
from healthcode.registry.residents import service as residents
from healthcode.trust.grounds.models import Ground

VISIT = "visit"  # the scope a fresh verification opens to the institution that read the code
EVERYTHING = "*"


def open_ground(
    *,
    resident_id: str,
    grantee_kind: str,
    grantee_id: str,
    scopes: Sequence[str],
    source: str,
    source_id: str,
    until_at: datetime | None,
) -> None:
    """Write why somebody may, one row for each scope, in the transaction of the deed that gives it."""
    moment = clock.now()
    insert_many(
        Ground,
        [
            {
                "id": ids.new(),
                "resident_id": resident_id,
                "grantee_kind": grantee_kind,
                "grantee_id": grantee_id,
                "scope": scope,
                "source": source,
                "source_id": source_id,
                "from_at": moment,
                "until_at": until_at,
            }
            for scope in scopes
        ],
    )


def end_grounds(
    source_id: str, *, at: datetime | None = None, grantee_id: str | None = None, scopes: Sequence[str] = ()
) -> None:
    """End every ground that came of one source (of one grantee, or some scopes, if they are named), now or at a later moment.

    What has its end already keeps it.
    """
    ended = update(Ground).where(Ground.source_id == source_id, Ground.ended_at.is_(None))
    if grantee_id is not None:
        ended = ended.where(Ground.grantee_id == grantee_id)
    if scopes:
        ended = ended.where(Ground.scope.in_(scopes))
    session().execute(ended.values(ended_at=at or clock.now()))


def residents_opened_to(grantee_kind: str, grantee_id: str, scopes: Sequence[str]) -> Select[tuple[str]]:
    """The residents for whom this grantee holds one of these scopes now, as a subquery."""
    return select(Ground.resident_id).where(
        Ground.grantee_kind == grantee_kind,
        Ground.grantee_id == grantee_id,
        Ground.scope.in_([*scopes, EVERYTHING]),
        Ground.in_force(clock.now()),
    )


def sources_opened_to(grantee_kind: str, grantee_id: str, scopes: Sequence[str]) -> Select[tuple[str]]:
    """What gives this grantee one of these scopes now, as a subquery: for rows that are themselves the source."""
    return residents_opened_to(grantee_kind, grantee_id, scopes).with_only_columns(Ground.source_id)


def sight_of_resident(resident_id: str, scope: str) -> Sight:
    """A resident's own rows, and those of residents who gave this scope; of merged records too, for they are theirs."""

    def narrow(about: ColumnElement[str]) -> ColumnElement[bool]:
        opened = residents_opened_to("resident", resident_id, [scope])
        own = or_(about == resident_id, about.in_(residents.merged_into(resident_id)))
        return or_(own, about.in_(opened), about.in_(residents.merged_into(opened)))

    return Sight(narrow)


def sight_of_institution(institution_id: str, scopes: Sequence[str]) -> Sight:
    """The rows of residents who opened one of these scopes to the institution (a visit does, for its length)."""

    def narrow(about: ColumnElement[str]) -> ColumnElement[bool]:
        opened = residents_opened_to("institution", institution_id, scopes)
        return or_(about.in_(opened), about.in_(residents.merged_into(opened)))

    return Sight(narrow)


def only_own(resident_id: str) -> Sight:
    return Sight(lambda about: or_(about == resident_id, about.in_(residents.merged_into(resident_id))))


def holding(grantee_kind: str, grantee_id: str, resident_id: str, scopes: Sequence[str]) -> str | None:
    """The id of the ground on which the grantee may do one of `scopes` for this resident now, or None."""
    return session().scalar(
        residents_opened_to(grantee_kind, grantee_id, scopes)
        .with_only_columns(Ground.id)
        .where(Ground.resident_id == resident_id)
        .limit(1)
    )


def held_since(grantee_kind: str, grantee_id: str, resident_id: str, scope: str, since: datetime) -> bool:
    """Whether the grantee held this scope for this person at any moment from then until now, on whichever of their records."""
    opened = exists().where(
        Ground.grantee_kind == grantee_kind,
        Ground.grantee_id == grantee_id,
        Ground.scope == scope,
        Ground.resident_id.in_(residents.ids_of_person(resident_id)),
        Ground.from_at <= clock.now(),
        or_(Ground.until_at.is_(None), Ground.until_at > since),
    )
    return bool(session().scalar(select(opened)))


@dataclass(frozen=True)
class Support:
    """What gives somebody a scope: the grant, guardianship or referral behind it, and until when."""

    source_id: str
    until_at: datetime | None


def support_of(grantee_kind: str, grantee_id: str, resident_id: str, scope: str) -> Support | None:
    """On what the grantee holds this scope now; the newest, if there are several."""
    row = (
        session()
        .execute(
            residents_opened_to(grantee_kind, grantee_id, [scope])
            .with_only_columns(Ground.source_id, Ground.until_at)
            .where(Ground.resident_id == resident_id)
            .order_by(Ground.from_at.desc())
            .limit(1)
        )
        .first()
    )
    return Support(*row) if row is not None else None


def stands_on(source_id: SQLColumnExpression[str | None], at: Instant) -> ColumnElement[bool]:
    """Whether a ground that came of this source is in force at a moment, as a column beside other columns."""
    return exists().where(Ground.source_id == source_id, Ground.in_force(at))


def sight_of_family(resident_id: str) -> Sight:
    """A resident's own rows, and those of everybody who gave them anything at all: for saying whom they act for."""
    opened = select(Ground.resident_id).where(
        Ground.grantee_kind == "resident", Ground.grantee_id == resident_id, Ground.in_force(clock.now())
    )
    return Sight(lambda about: or_(about == resident_id, about.in_(opened)))
