"""Finding institutions, and giving and ending posts."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, select, update

from healthcode.core import clock, ids, pages
from healthcode.core.caller import Caller
from healthcode.core.db import Instant, changed, lock_for, session
from healthcode.core.outbox import announce
from healthcode.core.pages import Page
from healthcode.core.problems import Invalid, NotAllowed, NotFound
from healthcode.core.words import Words
from healthcode.registry.institutions.models import Alliance, AllianceMember, Department, Institution, Post, StaffMember
from healthcode.registry.institutions.problems import NotForYourself, PostAlreadyHeld, StaffUnknown

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EARTH_M = 6_371_009.0
_RANKS = {"station": 0, "pharmacy": 0, "health-centre": 1, "hospital": 2}
_LEVELS = {"primary": 1, "secondary": 2, "tertiary": 3, "tertiary-a": 4}


# Institutions


@dataclass(frozen=True)
class Found:
    """An institution of a list, and how far it is from where somebody asked."""

    institution: Institution
    distance_m: int | None = None


@dataclass(frozen=True)
class Detail:
    """All that is public of one institution."""

    institution: Institution
    departments: Sequence[Department]
    alliances: Sequence[Alliance]
    is_open_now: bool


def find(
    *,
    kind: str | None = None,
    district: str | None = None,
    near: str | None = None,
    after: str | None = None,
    limit: int,
) -> Page[Found]:
    """Institutions still working, in the order they were entered; or the `limit` nearest to "lat,lon" in degrees.

    What is near is one page: whoever wants more asks from elsewhere. Raises Invalid.
    """
    statement = select(Institution).where(Institution.is_open)
    if kind is not None:
        statement = statement.where(Institution.kind == kind)
    if district is not None:
        statement = statement.where(Institution.district == district)
    if near is None:
        return pages.page(statement, by=Institution.id.expression, after=after, limit=limit, item=Found)
    if after is not None:
        raise Invalid.at("after", Words(zh="不能与 near 同用", en="not together with near"))
    return Page(_nearest(statement, _point(near), limit), None)


def _point(near: str) -> tuple[float, float]:
    latitude, longitude = (float(part) for part in near.split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Invalid.at("near", Words(zh="经纬度超出范围", en="not a place on earth"))
    return latitude, longitude


def _nearest(statement: Select[tuple[Institution]], here: tuple[float, float], limit: int) -> list[Found]:
    """The database orders by a flat distance (SQLite may have no trigonometry), right within a city."""
    latitude, longitude = here
    squeeze = math.cos(math.radians(latitude))
    north = Institution.latitude - latitude
    east = (Institution.longitude - longitude) * squeeze
    placed = statement.where(Institution.latitude.is_not(None), Institution.longitude.is_not(None))
    rows = session().scalars(placed.order_by(north * north + east * east, Institution.id).limit(limit)).all()
    return [Found(row, _metres(here, (row.latitude or 0.0, row.longitude or 0.0))) for row in rows]


def _metres(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Great-circle distance (haversine)."""
    (north, west), (south, east) = (map(math.radians, point) for point in (one, other))
    half = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin((east - west) / 2) ** 2
    return round(2 * _EARTH_M * math.asin(math.sqrt(min(half, 1.0))))


def show(institution_id: str) -> Detail:
    """One institution, also one that has closed. Raises NotFound."""
    institution = named(institution_id)
    departments = select(Department).where(Department.institution_id == institution_id).order_by(Department.code)
    alliances = (
        select(Alliance)
        .join(AllianceMember, AllianceMember.alliance_id == Alliance.id)
        .where(AllianceMember.institution_id == institution_id)
        .order_by(Alliance.code)
    )
    return Detail(
        institution,
        session().scalars(departments).all(),
        session().scalars(alliances).all(),
        institution.is_open and is_open_at(institution.opening_hours, clock.now()),
    )


def named(institution_id: str) -> Institution:
    """The institution of that id. Raises NotFound."""
    institution = session().get(Institution, institution_id)
    if institution is None:
        raise NotFound()
    return institution


def coded(code: str) -> Institution:
    """The institution of a public code. Raises NotFound."""
    found = session().scalars(select(Institution).where(Institution.code == code)).first()
    if found is None:
        raise NotFound()
    return found


def are_there() -> bool:
    """Whether any institution is known yet: an empty city has none."""
    return session().scalar(select(Institution.id).limit(1)) is not None


def names_of(institution_ids: Collection[str]) -> dict[str, str]:
    """What institutions are called, by their ids."""
    named = select(Institution.id, Institution.name).where(Institution.id.in_(institution_ids))
    return {row.id: row.name for row in session().execute(named)}


def places_of(institution_ids: Sequence[str]) -> dict[str, tuple[float | None, float | None]]:
    """Latitude and longitude of each, where they are known."""
    wanted = select(Institution.id, Institution.latitude, Institution.longitude)
    rows = session().execute(wanted.where(Institution.id.in_(institution_ids))).all()
    return {row.id: (row.latitude, row.longitude) for row in rows}


def is_open_at(opening_hours: Mapping[str, Any], moment: datetime) -> bool:
    """Whether a moment falls into the hours of its day in the city; a span that ends at "24:00" ends with the day."""
    here = clock.local(moment)
    time = here.strftime("%H:%M")
    return any(start <= time < end for start, end in opening_hours.get(_WEEKDAYS[here.weekday()], ()))


def is_open_throughout(institution_id: str, weekday: str, starts: str, ends: str) -> bool:
    """Whether the hours of a weekday ("mon") hold all of a time ("08:00" to "11:30"). Where no hours are known, any do."""
    hours = named(institution_id).opening_hours
    return not hours or any(start <= starts and ends <= end for start, end in hours.get(weekday, ()))


def are_tied(one_id: str, other_id: str) -> bool:
    """Whether they share an alliance, or one stands above the other in the tree, however far."""
    mine, theirs = (set(session().scalars(_alliances_of(place))) for place in (one_id, other_id))
    return bool(mine & theirs) or one_id in _line_of(other_id) or other_id in _line_of(one_id)


def _alliances_of(institution_id: str) -> CompoundSelect[tuple[str]]:
    member = select(AllianceMember.alliance_id).where(AllianceMember.institution_id == institution_id)
    return member.union(select(Alliance.id).where(Alliance.core_id == institution_id))


def _line_of(institution_id: str) -> list[str]:
    """The institution and all that stand above it."""
    line = [institution_id]
    while parent := session().scalar(select(Institution.parent_id).where(Institution.id == line[-1])):
        if parent in line:  # a tree that bites its tail was entered wrongly, and is no reason to hang
            break
        line.append(parent)
    return line


def rank_of(institution: Institution) -> tuple[int, int]:
    """How much an institution can do, to be compared: its kind, and for hospitals their level."""
    level = _LEVELS.get(institution.level or "", 0) if institution.kind == "hospital" else 0
    return _RANKS.get(institution.kind, 0), level


def open_institution(*, code: str, name: str, kind: str, district: str, **more: Any) -> Institution:
    """Enter an institution; `more` are further columns of it. For seeds and imports."""
    row = Institution(
        id=ids.new(), code=code, name=name, kind=kind, district=district, **({"opening_hours": {}} | more)
    )
    session().add(row)
    session().flush()  # departments and posts refer to it
    return row


def add_department(institution_id: str, *, code: str, name: str, name_en: str | None = None) -> Department:
    """Enter a department. For seeds and imports."""
    row = Department(id=ids.new(), institution_id=institution_id, code=code, name=name, name_en=name_en)
    session().add(row)
    return row


def found_alliance(*, code: str, name: str, kind: str, core_id: str | None, member_ids: Sequence[str]) -> Alliance:
    """Enter an alliance with its members. For seeds and imports."""
    alliance = Alliance(id=ids.new(), code=code, name=name, kind=kind, core_id=core_id)
    session().add(alliance)
    session().flush()  # members refer to it
    session().add_all(
        AllianceMember(id=ids.new(), alliance_id=alliance.id, institution_id=member) for member in member_ids
    )
    return alliance


# Staff and posts


@dataclass(frozen=True)
class Colleague:
    """A member of staff and the posts they hold now at one institution."""

    member: StaffMember
    posts: Sequence[Post]


def add_staff(*, staff_id: str, username: str, name: str, password_hash: str, totp_sealed: bytes) -> StaffMember:
    """Enter an account. It opens nothing until it holds a post. The sealed secret is bound to `staff_id`."""
    row = StaffMember(
        id=staff_id,
        username=username,
        name=name,
        password_hash=password_hash,
        totp_sealed=totp_sealed,
        created_at=clock.now(),
    )
    session().add(row)
    session().flush()  # posts refer to it
    return row


def give_post(staff_id: str, *, institution_id: str | None, role: str) -> None:
    """Give a post without asking who gives it. For seeds and imports."""
    session().add(Post(id=ids.new(), staff_id=staff_id, institution_id=institution_id, role=role, from_at=clock.now()))


def staff_called(username: str) -> StaffMember | None:
    """The account of that username."""
    return session().scalars(select(StaffMember).where(StaffMember.username == username)).first()


def posts_of(staff_id: str, at: datetime) -> Sequence[Post]:
    """The posts that somebody holds at a moment."""
    held = select(Post).where(Post.staff_id == staff_id, Post.in_force(at)).order_by(Post.from_at, Post.id)
    return session().scalars(held).all()


def roles_of(staff_id: str, at: datetime) -> dict[str | None, frozenset[str]]:
    """The roles that somebody holds at a moment, by institution; city roles under None. Empty: no rights at all."""
    roles: dict[str | None, set[str]] = {}
    for post in posts_of(staff_id, at):
        roles.setdefault(post.institution_id, set()).add(post.role)
    return {place: frozenset(held) for place, held in roles.items()}


def posts_held(at: Instant) -> Select[tuple[str, str | None, str]]:
    """Who holds which post at a moment, as a statement for others to join: staff_id, institution_id, role."""
    return select(Post.staff_id, Post.institution_id, Post.role).where(Post.in_force(at))


def take_totp_step(staff_id: str, step: int) -> bool:
    """Use up a step of somebody's authenticator, and with it all before; of many who bring it at once one gets True."""
    later = update(StaffMember).where(StaffMember.id == staff_id, StaffMember.totp_last_step < step)
    taken = later.values(totp_last_step=step).returning(StaffMember.id).execution_options(synchronize_session=False)
    return session().execute(taken).first() is not None


def appoint(
    caller: Caller, *, institution_id: str | None, username: str, role: str, until_at: datetime | None = None
) -> Post:
    """Give a post from now on. Raises NotAllowed, NotFound, StaffUnknown, NotForYourself, PostAlreadyHeld, Invalid."""
    if institution_id is not None:
        make_sure_administers(caller, institution_id)
        named(institution_id)
    member = staff_called(username)
    if member is None:
        raise StaffUnknown()
    if member.id == caller.id:
        raise NotForYourself()
    lock_for(StaffMember, member.id)  # of two who give the same post at once, one is told
    moment = clock.now()  # after waiting: what the other gave meanwhile is in force
    if until_at is not None and until_at <= moment:
        raise Invalid.at("until_at", Words(zh="应晚于现在", en="must be later than now"))
    if any((held.institution_id, held.role) == (institution_id, role) for held in posts_of(member.id, moment)):
        raise PostAlreadyHeld()
    post = Post(
        id=ids.new(), staff_id=member.id, institution_id=institution_id, role=role, from_at=moment, until_at=until_at
    )
    session().add(post)
    announce("post.started", post_id=post.id, staff_id=member.id, institution_id=institution_id, role=role)
    return post


def dismiss(caller: Caller, *, post_id: str) -> None:
    """End a post now, and with it every right it gave. Raises NotFound, also for a post somewhere else."""
    moment = clock.now()
    post = session().get(Post, post_id)
    if post is None or not _administers(caller, post.institution_id):
        raise NotFound()
    ended = update(Post).where(Post.id == post_id, Post.in_force(moment)).values(until_at=moment)
    if changed(ended) != 1:
        raise NotFound()
    announce("post.ended", post_id=post_id, staff_id=post.staff_id, institution_id=post.institution_id, role=post.role)


def colleagues(caller: Caller, *, institution_id: str, after: str | None, limit: int) -> Page[Colleague]:
    """Who holds a post at an institution now. Raises NotAllowed, NotFound."""
    make_sure_administers(caller, institution_id)
    named(institution_id)
    here = (Post.institution_id == institution_id) & Post.in_force(clock.now())
    members = select(StaffMember).where(StaffMember.id.in_(select(Post.staff_id).where(here)))
    found = pages.page(members, by=StaffMember.id.expression, after=after, limit=limit)
    held = (
        session()
        .scalars(
            select(Post)
            .where(here, Post.staff_id.in_([member.id for member in found.items]))
            .order_by(Post.from_at, Post.id)
        )
        .all()
    )
    return Page(
        [Colleague(member, [post for post in held if post.staff_id == member.id]) for member in found.items], found.next
    )


def has_department(institution_id: str, department_id: str) -> bool:
    """Whether a department is this institution's."""
    department = session().get(Department, department_id)
    return department is not None and department.institution_id == institution_id


def make_sure_administers(caller: Caller, institution_id: str) -> None:
    """Institutions are public, so somebody else's is refused openly. Raises NotAllowed."""
    if not _administers(caller, institution_id):
        raise NotAllowed()


def _administers(caller: Caller, institution_id: str | None) -> bool:
    """An administrator of that very institution, the city's administrator, or the service itself (seeds, commands)."""
    if "city_admin" in caller.roles or (caller.kind == "system" and caller.id is None):
        return True
    return (
        institution_id is not None and "institution_admin" in caller.roles and caller.institution_id == institution_id
    )
