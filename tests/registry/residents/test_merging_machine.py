"""Merging and un-merging in any order: no record is ever lost, and whatever was undone is as it was before."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from healthcode.core.caller import Caller, by_itself
from healthcode.core.db import session, transaction
from healthcode.core.ids import new
from healthcode.core.problems import Problem
from healthcode.registry.residents import service
from healthcode.registry.residents.models import IdentityDocument, Resident
from tests.registry.people import BORN, passport

SERVICE = by_itself("test")
DESK = Caller(kind="staff", id=new(), institution_id=new(), roles=frozenset({"clerk"}))
_numbers = iter(range(10_000_000))


class Merging(RuleBasedStateMachine):
    """A desk with every document in hand, and a model of who is who."""

    records = Bundle("records")
    merges = Bundle("merges")

    @initialize()
    def empty_desk(self) -> None:
        self.papers: dict[str, dict[str, str]] = {}  # of each record that has one
        self.first_seen: dict[str, tuple[Any, ...]] = {}  # what each record was when it was made
        self.leads: dict[str, str] = {}
        self.open: dict[str, tuple[str, str]] = {}

    @rule(target=records)
    def register(self) -> str:
        paper = passport(f"E{next(_numbers):08d}", "CHN")
        with transaction():
            resident_id = service.register_at_desk(
                DESK, name="王芳", sex="female", birth_date=BORN, documents=[paper]
            ).id
        self.papers[resident_id] = paper
        self.first_seen[resident_id] = self.look(resident_id)
        return resident_id

    @rule(target=records)
    def carry_in(self) -> str:
        with transaction():
            resident_id = service.register_temporary(DESK, sex="unknown").id
        self.first_seen[resident_id] = self.look(resident_id)
        return resident_id

    @rule(target=merges, stays=records, leads=records, shows=st.sampled_from(["both", "one", "other"]))
    def merge(self, stays: str, leads: str, shows: str) -> str | None:
        shown = {"both": (stays, leads), "one": (stays,), "other": (leads,)}[shows]
        in_hand = [self.papers[record] for record in shown if record in self.papers]
        try:
            with transaction():
                row = service.merge(DESK, resident_id=stays, merged_id=leads, documents=in_hand, reason="同一人")
                merge_id = row.id
        except Problem:
            assert not self.may_merge(stays, leads, shown)
            return None
        assert self.may_merge(stays, leads, shown)
        self.leads[leads] = stays
        self.open[merge_id] = (stays, leads)
        return merge_id

    @rule(merge_id=merges)
    def take_back(self, merge_id: str | None) -> None:
        if merge_id is None:
            return
        try:
            with transaction():
                service.reverse(SERVICE, merge_id=merge_id, reason="误合并")
        except Problem:
            assert merge_id not in self.open
            return
        _, leads = self.open.pop(merge_id)
        del self.leads[leads]

    def may_merge(self, stays: str, leads: str, shown: tuple[str, ...]) -> bool:
        """The rules in their own words."""
        if stays == leads or stays in self.leads or leads in self.leads or leads in self.leads.values():
            return False
        people = {stays: {stays, *(record for record, to in self.leads.items() if to == stays)}, leads: {leads}}
        held = [record for record in shown if record in self.papers]
        stays_is_named = any(record in people[stays] for record in held)
        leads_is_named = any(record in people[leads] for record in held) or leads not in self.papers
        return stays_is_named and leads_is_named

    def look(self, resident_id: str) -> tuple[Any, ...]:
        with transaction("read"):
            row = session().scalars(Resident.visible_to(SERVICE).where(Resident.id == resident_id)).one()
            own = IdentityDocument.visible_to(SERVICE).where(IdentityDocument.resident_id == resident_id)
            documents = [(one.id, one.number_sealed, one.claim) for one in session().scalars(own)]
            return row.name_sealed, row.key_wrapped, row.identity, row.name, tuple(sorted(documents))

    @invariant()
    def every_record_is_what_it_was(self) -> None:
        for resident_id, seen in self.first_seen.items():
            assert self.look(resident_id) == seen

    @invariant()
    def everybody_is_who_the_model_says(self) -> None:
        with transaction("read"):
            for row in session().scalars(Resident.visible_to(SERVICE).where(Resident.id.in_(self.first_seen))):
                assert row.merged_into_id == self.leads.get(row.id)
                assert service.living_record(row).id == self.leads.get(row.id, row.id)
            for resident_id, paper in self.papers.items():
                assert service.holder_of(**paper).id == self.leads.get(resident_id, resident_id)


@pytest.mark.case("N6")
def test_no_record_is_lost_by_merging_and_taking_back(app: Flask):
    run_state_machine_as_test(
        Merging,
        settings=settings(
            max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
