"""Whatever people do, in any order: no slot holds more than there is, nobody has two places at a time, and no place is lost."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from healthcode.care.appointments import service
from healthcode.care.appointments.models import HAS_A_PLACE, Appointment, ReturnedPlace, Slot
from healthcode.care.appointments.service.clinics import DRAWN_AFTER
from healthcode.core import clock, tidying
from healthcode.core.caller import EVERYBODY, Caller
from healthcode.core.db import session, transaction
from healthcode.core.problems import Problem
from tests.care.conftest import Clinic

PEOPLE = st.sampled_from(("wang", "son", "stranger", "child"))
SLOTS = st.integers(0, 5)


class Desk(RuleBasedStateMachine):
    """Four people and three clinics that overlap, with two slots each; through the service, as doors do.

    The first clinic keeps half its places for referrals, the last one draws lots.
    """

    clinics: list[Clinic]
    town: Any

    def __init__(self) -> None:
        super().__init__()
        self.done: Counter[str] = Counter()
        with transaction() as current:
            current.query(ReturnedPlace).delete()
            # They cannot be removed: the database keeps their history.
            current.query(Appointment).update({"state": "cancelled", "held_until": None, "frees_at": None})
            current.query(Slot).update({"taken": 0, "overbooked": 0})
            for slot in current.scalars(select(Slot)):
                slot.kept = 1 if slot.schedule.kept_for_referrals else 0
                slot.draws_at = slot.opens_at + DRAWN_AFTER if slot.schedule.has_draw else None
        clock.freeze(self.began)
        self.slot_ids = [slot["id"] for clinic in self.clinics for slot in clinic.slots]

    def act(self, deed: Any, person: str | None = None, **asked: Any) -> Any:
        resident = getattr(self.town, person).id if person else None
        caller = Caller(kind="resident", id=resident, sight=EVERYBODY)
        try:
            with transaction():
                result = deed(caller, **asked)
                session().flush()
        except Problem as refused:
            self.done[f"{deed.__name__} {refused.slug()}"] += 1
            return None
        self.done[deed.__name__] += 1
        return result

    def of(self, person: str, *states: str) -> list[Appointment]:
        with transaction("read"):
            mine = select(Appointment).where(Appointment.resident_id == getattr(self.town, person).id)
            found = list(session().scalars(mine.where(Appointment.state.in_(states)).order_by(Appointment.id)))
            session().expunge_all()
        return found

    @rule(person=PEOPLE, slot=SLOTS, is_hold=st.booleans())
    def book(self, person: str, slot: int, is_hold: bool) -> None:
        resident = getattr(self.town, person).id
        self.act(service.book, person, resident_id=resident, slot_id=self.slot_ids[slot], is_hold=is_hold)

    @rule(person=PEOPLE, slot=SLOTS)
    def overbook(self, person: str, slot: int) -> None:
        resident = getattr(self.town, person).id

        def overbook(_caller: Caller, **asked: Any) -> Any:
            doctor = Caller(
                kind="staff", id=self.town.doctor.id, institution_id=self.town.hospital, sight=EVERYBODY,
                roles=frozenset({"doctor"}),
            )  # fmt: skip
            return service.book(doctor, is_overbooking=True, reason="病情需要", **asked)

        self.act(overbook, person, resident_id=resident, slot_id=self.slot_ids[slot])

    @rule(person=PEOPLE, slot=SLOTS)
    def refer(self, person: str, slot: int) -> None:
        resident = getattr(self.town, person).id

        def refer(_caller: Caller, **asked: Any) -> Any:
            station = Caller(
                kind="staff", id=self.town.station_worker.id, institution_id=self.town.station, sight=EVERYBODY
            )
            return service.book(station, is_referral=True, **asked)

        self.act(refer, person, resident_id=resident, slot_id=self.slot_ids[slot])

    @rule(person=PEOPLE)
    def confirm(self, person: str) -> None:
        for one in self.of(person, "proposed", "waitlist")[:1]:
            self.act(service.confirm, person, appointment_id=one.id)

    @rule(person=PEOPLE)
    def cancel(self, person: str) -> None:
        for one in self.of(person, "booked", "proposed", "waitlist")[:1]:
            self.act(service.cancel, person, appointment_id=one.id)

    @rule(person=PEOPLE, slot=SLOTS)
    def move(self, person: str, slot: int) -> None:
        for one in self.of(person, "booked")[:1]:
            self.act(service.move, person, appointment_id=one.id, slot_id=self.slot_ids[slot])

    @rule(person=PEOPLE, slot=SLOTS)
    def wait(self, person: str, slot: int) -> None:
        resident = getattr(self.town, person).id
        self.act(service.wait, person, resident_id=resident, slot_id=self.slot_ids[slot])

    @rule(minutes=st.sampled_from((1, 4, 6, 31, 40)))
    @precondition(lambda self: clock.now() < self.began + timedelta(hours=20))
    def time_goes_by(self, minutes: int) -> None:
        clock.advance(minutes=minutes)

    @rule()
    def work(self) -> None:
        tidying.keep_up()

    @rule()
    def the_day_is_over(self) -> None:
        clock.advance(days=2)
        tidying.keep_up()

    @invariant()
    def no_slot_holds_more_than_there_is_and_no_place_is_lost(self) -> None:
        with transaction("read") as current:
            held: dict[str, int] = dict(
                current.execute(
                    select(Appointment.slot_id, func.count())
                    .where(
                        Appointment.slot_id.is_not(None),
                        Appointment.state.in_((*HAS_A_PLACE, "fulfilled", "noshow", "waitlist")),
                    )
                    .group_by(Appointment.slot_id)
                ).all()  # type: ignore[arg-type]  # pairs
            )
            back: dict[str, int] = dict(
                current.execute(select(ReturnedPlace.slot_id, func.count()).group_by(ReturnedPlace.slot_id)).all()  # type: ignore[arg-type]
            )
            for slot in current.scalars(select(Slot).where(Slot.id.in_(self.slot_ids))):
                assert slot.taken == held.get(slot.id, 0) + back.get(slot.id, 0), "a place was lost or found"
                assert slot.taken <= slot.capacity + slot.overbooked
                assert slot.draws_at is None or held.get(slot.id, 0) <= slot.overbooked, "booked before its draw"
            current.rollback()

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        with transaction("read") as current:
            kept = current.scalars(select(Appointment).where(Appointment.state.in_(HAS_A_PLACE))).all()
            by_person: dict[str, list[Slot]] = {}
            for one in kept:
                assert one.slot is not None
                for other in by_person.setdefault(one.resident_id, []):
                    assert one.slot.ends_at <= other.starts_at or other.ends_at <= one.slot.starts_at
                by_person[one.resident_id].append(one.slot)
            days = Counter((one.resident_id, one.schedule_id, one.day) for one in kept)
            assert all(count == 1 for count in days.values())


@pytest.mark.case("I2", "I3", "I12", "I14")
@pytest.mark.parametrize(
    ("examples", "part"), [(12, 0), *(pytest.param(500, part, marks=pytest.mark.proof) for part in range(4))]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_any_order_of_deeds_keeps_every_place(hospital: Clinic, town, clock, examples, part):
    """The parts differ in nothing but their chance, and run side by side."""

    class Machine(Desk):
        clinics = [
            hospital.begin(capacity=2, kept_for_referrals=2, kept_until_hours=12),
            hospital.begin(title="外科", starts="14:15", ends="15:15"),
            hospital.begin(title="摇号", starts="14:45", ends="15:45", has_draw=True, released_at="09:00"),
        ]
        began = clock.now()

    Machine.town = town
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
