"""Merging and un-merging in any order: no record is ever lost, and whatever was undone is as it was before."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from healthcode.core.caller import Caller, by_itself
from healthcode.core.db import session, transaction
from healthcode.core.ids import new
from healthcode.core.problems import Problem
from healthcode.registry.residents import service
from healthcode.registry.residents.models import IdentityDocument, Resident
from tests.registry.people import BORN, passport

SERVICE = by_itself("test")
DESK = Caller(kind="staff", id=new(), institution_id=new(), roles=frozenset({"clerk"}))
ANY = st.integers(0, 10_000)
_numbers = iter(range(10_000_000))

Pair = tuple[str, str]


class Merging(RuleBasedStateMachine):
    """A desk with every document in hand, and a model of who is who."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[str] = []
        self.papers: dict[str, dict[str, str]] = {}  # of each record that has one
        self.first_seen: dict[str, tuple[Any, ...]] = {}  # what each record was when it was made
        self.leads: dict[str, str] = {}
        self.open: dict[str, Pair] = {}
        self.closed: list[str] = []

    @initialize()
    def a_desk_knows_three_people(self) -> None:
        self.register()
        self.register()
        self.carry_in()

    @rule()
    def register(self) -> None:
        paper = passport(f"E{next(_numbers):08d}", "CHN")
        with transaction():
            resident_id = service.register_at_desk(
                DESK, name="王芳", sex="female", birth_date=BORN, documents=[paper]
            ).id
        self.papers[resident_id] = paper
        self.remember(resident_id)

    @rule()
    def carry_in(self) -> None:
        with transaction():
            resident_id = service.register_temporary(DESK, sex="unknown").id
        self.remember(resident_id)

    @precondition(lambda self: self.possible())
    @rule(choice=ANY)
    def merge_on_proof(self, choice: int) -> None:
        stays, leads = pair = self.possible()[choice % len(self.possible())]
        merge_id = self.merge(stays, leads, pair)
        self.leads[leads] = stays
        self.open[merge_id] = pair

    @rule(one=ANY, other=ANY, shows=st.sampled_from([(0, 1), (0,), (1,)]))
    def merge_without(self, one: int, other: int, shows: tuple[int, ...]) -> None:
        """Any two records, any documents: what the rules do not allow is refused."""
        pair = (self.records[one % len(self.records)], self.records[other % len(self.records)])
        shown = tuple(pair[index] for index in shows)
        if not self.may_merge(*pair, shown):
            with pytest.raises(Problem):
                self.merge(*pair, shown)

    @precondition(lambda self: self.leads)
    @rule(choice=ANY)
    def make_a_chain(self, choice: int) -> None:
        """Neither end of a merge leads on to a third record, whatever is in hand."""
        ends = sorted({*self.leads, *self.leads.values()})
        end = ends[choice % len(ends)]
        for third in self.papers.keys() - self.leads.keys() - {end}:
            with pytest.raises(Problem):
                self.merge(third, end, (third, end))

    @precondition(lambda self: self.open)
    @rule(choice=ANY)
    def take_back(self, choice: int) -> None:
        merge_id = list(self.open)[choice % len(self.open)]
        self.reverse(merge_id)
        _, leads = self.open.pop(merge_id)
        del self.leads[leads]
        self.closed.append(merge_id)

    @precondition(lambda self: self.closed)
    @rule(choice=ANY)
    def take_back_twice(self, choice: int) -> None:
        with pytest.raises(Problem):
            self.reverse(self.closed[choice % len(self.closed)])

    def merge(self, stays: str, leads: str, shown: tuple[str, ...]) -> str:
        in_hand = [self.papers[record] for record in shown if record in self.papers]
        with transaction():
            row = service.merge(DESK, resident_id=stays, merged_id=leads, documents=in_hand, reason="同一人")
            return row.id

    def reverse(self, merge_id: str) -> None:
        with transaction():
            service.reverse(SERVICE, merge_id=merge_id, reason="误合并")

    def possible(self) -> list[Pair]:
        return [
            (stays, leads)
            for stays in self.records
            for leads in self.records
            if self.may_merge(stays, leads, (stays, leads))
        ]

    def may_merge(self, stays: str, leads: str, shown: tuple[str, ...]) -> bool:
        """The rules in their own words."""
        if stays == leads or stays in self.leads or leads in self.leads or leads in self.leads.values():
            return False
        held = [record for record in shown if record in self.papers]
        stays_is_named = any(self.leads.get(record, record) == stays for record in held)
        return stays_is_named and (leads in held or leads not in self.papers)

    def remember(self, resident_id: str) -> None:
        self.records.append(resident_id)
        self.first_seen[resident_id] = self.look(resident_id)

    def look(self, resident_id: str) -> tuple[Any, ...]:
        with transaction("read"):
            row = session().scalars(Resident.visible_to(SERVICE).where(Resident.id == resident_id)).one()
            own = IdentityDocument.visible_to(SERVICE).where(IdentityDocument.resident_id == resident_id)
            documents = [(one.id, one.number_sealed, one.claim) for one in session().scalars(own)]
            return row.name_sealed, row.key_wrapped, row.identity, row.name, tuple(sorted(documents))

    @invariant()
    def every_record_is_what_it_was(self) -> None:
        assert {resident_id: self.look(resident_id) for resident_id in self.records} == self.first_seen

    @invariant()
    def everybody_is_who_the_model_says(self) -> None:
        with transaction("read"):
            for row in session().scalars(Resident.visible_to(SERVICE).where(Resident.id.in_(self.records))):
                assert row.merged_into_id == self.leads.get(row.id)
                assert service.living_record(row).id == self.leads.get(row.id, row.id)
            for resident_id, paper in self.papers.items():
                holder = service.holder_of(**paper)
                assert holder is not None
                assert holder.id == self.leads.get(resident_id, resident_id)


@pytest.mark.case("N6")
def test_no_record_is_lost_by_merging_and_taking_back(app: Flask):
    run_state_machine_as_test(
        Merging,
        settings=settings(
            max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
