"""Whatever both sides, the resident and the clock do, in any order: only the arrows that are drawn happen."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from healthcode.care.appointments import service as appointments
from healthcode.care.appointments.models import Appointment, ReturnedPlace, Slot
from healthcode.core import clock, outbox, tidying
from healthcode.core.caller import Caller
from healthcode.core.db import transaction
from healthcode.core.problems import Problem
from healthcode.pathways.referrals import service
from healthcode.pathways.referrals.models import OPEN, Referral, ReferralChange
from healthcode.trust.grounds import service as grounds
from tests.care.conftest import Clinic
from tests.pathways.conftest import Ways
from tests.registry.people import open_visit

Arrow = tuple[str | None, str]
ARROWS: set[Arrow] = {
    (None, "requested"), (None, "booked"),
    ("requested", "accepted"), ("requested", "rejected"), ("requested", "cancelled"), ("requested", "unattended"),
    ("accepted", "booked"), ("accepted", "completed"), ("accepted", "rejected"), ("accepted", "cancelled"),
    ("booked", "accepted"), ("booked", "completed"), ("booked", "rejected"), ("booked", "cancelled"), ("booked", "unattended"),
    ("unattended", "accepted"), ("unattended", "rejected"), ("unattended", "cancelled"),
}  # fmt: skip
PLAYS = (  # what leads on comes more often
    "hospital accept", "hospital accept", "hospital accept", "hospital reject", "hospital complete", "hospital book",
    "hospital cancel", "hospital finish",
    "station accept", "station reject", "station complete", "station book", "station book", "station cancel", "station refer",
    "resident book", "resident book", "resident cancel", "resident give-up", "resident give-up",
    "resident give-up", "stranger book", "stranger cancel",
    "clock three-hours", "clock two-days", "worker hear", "worker hear", "worker hear",
)  # fmt: skip
WITH: dict[str, dict[str, Any]] = {"complete": {"summary": "已调药"}, "reject": {"reason": "无床位"}}


@dataclass
class Both:
    """One resident, a station and a hospital with a clinic of two places; through the service, as doors do."""

    ways: Ways
    clinic: Clinic
    began: datetime
    walked: Counter[Arrow] = field(default_factory=Counter)
    mine: list[str] = field(default_factory=list)  # the referrals of this example, the last one is played with

    def begin(self) -> None:
        clock.freeze(self.began)
        self.mine = []
        with transaction() as current:
            current.query(ReturnedPlace).delete()
            # They cannot be removed: the database keeps their history.
            current.query(Referral).filter(Referral.state.in_(OPEN)).update({"state": "cancelled"})
            current.query(Appointment).update({"state": "cancelled", "held_until": None, "frees_at": None})
            current.query(Slot).update({"taken": 0, "overbooked": 0})

    def caller(self, side: str) -> Caller:
        town = self.ways.town
        if side in ("resident", "stranger"):
            who = town.wang if side == "resident" else town.stranger
            return Caller(kind="resident", id=who.id, sight=grounds.only_own(who.id))
        who = self.ways.village_doctor if side == "station" else town.doctor
        sight = grounds.sight_of_institution(str(who.institution_id), [grounds.VISIT])
        return Caller(
            kind="staff", id=who.id, institution_id=who.institution_id, roles=frozenset({"doctor"}), sight=sight
        )

    def act(self, deed: Any, side: str, **asked: Any) -> Any:
        clock.advance(seconds=1)
        try:
            with transaction():
                return deed(self.caller(side), **asked)
        except Problem:
            return None

    def refer(self, slot_id: str | None) -> None:
        town = self.ways.town
        wish = service.Wish(to_institution_id=town.hospital, urgency="stat", reason="血压高", slot_id=slot_id)
        if made := self.act(service.refer, "station", resident_id=town.wang.id, wish=wish):
            self.mine.append(made.referral.id)

    def play(self, play: str, slot_id: str) -> None:
        side, deed = play.split()
        if side in ("clock", "worker"):
            clock.advance(seconds=1, hours={"three-hours": 3, "two-days": 48}.get(deed, 0))
            tidying.keep_up()
            outbox.deliver()
        elif deed == "refer":
            self.refer(None)
        elif deed in ("give-up", "finish"):
            self.with_the_appointment(side, deed)
        else:
            asked = {"slot_id": slot_id} if deed == "book" else WITH.get(deed, {})
            self.act(getattr(service, deed), side, referral_id=self.mine[-1], **asked)

    def with_the_appointment(self, side: str, deed: str) -> None:
        """The resident gives it up, or has come and is seen."""
        with transaction() as current:
            appointment_id = current.scalar(select(Referral.appointment_id).where(Referral.id == self.mine[-1]))
            here = current.query(Appointment).filter_by(id=appointment_id, state="booked")
            if deed == "finish":
                here.update({"state": "arrived"})
        if appointment_id is not None:
            done = appointments.cancel if deed == "give-up" else appointments.finish
            self.act(done, side, appointment_id=appointment_id)

    def check(self) -> None:
        with transaction("read") as current:
            states = {one.id: one.state for one in current.scalars(select(Referral).where(Referral.id.in_(self.mine)))}
            steps = select(ReferralChange).where(ReferralChange.referral_id.in_(self.mine))
            histories: dict[str, list[str]] = {}
            for step in current.scalars(steps.order_by(ReferralChange.at, ReferralChange.id)):
                histories.setdefault(step.referral_id, []).append(step.state)
        assert histories.keys() == states.keys() == set(self.mine)
        for referral_id, history in histories.items():
            walked: list[Any] = list(pairwise([None, *history]))
            assert set(walked) <= ARROWS, history
            assert history[-1] == states[referral_id]
            self.walked.update(walked)
        assert sum(state in OPEN for state in states.values()) <= 1, "two open referrals to one place"


@pytest.mark.parametrize("examples", [40, pytest.param(1000, marks=pytest.mark.proof)])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_any_order_of_deeds_follows_the_arrows(ways: Ways, clock, examples):
    open_visit(ways.town.wang.id, ways.town.station)
    open_visit(ways.town.wang.id, ways.town.hospital)
    both = Both(ways, ways.clinic(), clock.now())
    slots = [slot["id"] for slot in both.clinic.slots]

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        first=st.sampled_from([None, *slots]),
        plays=st.lists(st.tuples(st.sampled_from(PLAYS), st.sampled_from(slots)), min_size=10, max_size=16),
    )
    def walk(first: str | None, plays: list[tuple[str, str]]) -> None:
        both.begin()
        both.refer(first)
        for play, slot_id in plays:
            both.play(play, slot_id)
        both.check()

    walk()
    print("arrows not walked:", sorted(map(str, ARROWS - set(both.walked))))
