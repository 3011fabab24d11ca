"""Asking, trying and waiting in any order, against a model of what must hold."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import hypothesis.strategies as st
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete

from healthcode.core import clock
from healthcode.core.db import transaction
from healthcode.registry.residents import service as residents
from healthcode.trust.sessions.models import OneTimePassword
from tests.conftest import MORNING
from tests.support.sign_in import Visitor, wrong

_numbers = count()
PLACES = ("home", "cafe", "attacker")  # home is the device that is known


@dataclass
class Code:
    """What the model knows of a code."""

    digits: str
    until: datetime
    asked_at: datetime
    tries: int = 0
    is_used: bool = False

    def is_live(self) -> bool:
        return not self.is_used and self.tries < 5 and clock.now() < self.until


class Guessing(RuleBasedStateMachine):
    """One phone, one known device, two strange places. Each space (the device's, the strangers') has its own codes."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        # Every run begins on the same day (the city's keys live five years), with a phone and addresses that nobody had.
        clock.freeze(MORNING)
        with transaction() as current:
            current.execute(delete(OneTimePassword))
        number = next(_numbers)
        phone, street = str(13_800_100_000 + number), f"{number >> 8 & 255}.{number & 255}"
        client = self.app.test_client(use_cookies=False)
        home = Visitor(client, phone, address=f"10.0.{street}")
        home.sign_in()
        clock.advance(hours=30)
        self.visitors = {
            "home": home,
            "cafe": Visitor(client, phone, address=f"10.1.{street}"),
            "attacker": Visitor(client, phone, address=f"10.2.{street}"),
        }
        self.index = residents.index_of_phone(residents.normal_phone(phone))
        self.codes: dict[str, list[Code]] = defaultdict(list)
        self.wrong: dict[str, int] = defaultdict(int)  # in a row, by place
        self.wrong_at: dict[str, datetime] = {}
        self.wait: dict[str, datetime] = {}
        self.opened = 0

    @staticmethod
    def space(place: str) -> str:
        return "home" if place == "home" else "strangers"

    def live(self, place: str) -> Code | None:
        codes = self.codes[self.space(place)]
        return codes[-1] if codes and codes[-1].is_live() else None

    @rule(place=st.sampled_from(PLACES))
    def ask(self, place: str) -> None:
        asked = [code.asked_at for code in self.codes[self.space(place)]]
        lately = [sum(at > clock.now() - timedelta(hours=hours) for at in asked) for hours in (1, 24)]
        status = self.visitors[place].ask().status_code
        assert status == (429 if lately[0] >= 5 or lately[1] >= 10 else 202)
        if status == 202:
            digits = newest_digits_of(self.visitors[place], self.index)
            self.codes[self.space(place)].append(Code(digits, clock.now() + timedelta(minutes=5), clock.now()))

    @rule(place=st.sampled_from(PLACES), is_right=st.booleans())
    def try_a_code(self, place: str, is_right: bool) -> None:
        codes, live = self.codes[self.space(place)], self.live(place)
        if not codes:
            return
        right = codes[-1].digits
        tried = sum(code.tries for code in codes if code.asked_at > clock.now() - timedelta(hours=1))
        must_wait = self.wait.get(place, clock.now()) > clock.now() or tried >= 10
        status = self.visitors[place].try_with(right if is_right else wrong(right)).status_code
        assert status == (429 if must_wait else 201 if live and is_right else 401)
        if must_wait:
            return
        if live:
            live.tries += 1
            live.is_used = is_right
        self._note(place, status == 201)

    def _note(self, place: str, is_in: bool) -> None:
        if is_in:
            self.wrong[place], self.opened = 0, self.opened + 1
            self.wait.pop(place, None)
            return
        is_old = self.wrong_at.get(place, clock.now()) <= clock.now() - timedelta(hours=24)
        self.wrong[place] = 1 if is_old else self.wrong[place] + 1
        self.wrong_at[place] = clock.now()
        if self.wrong[place] >= 5:
            seconds = min(30 * 2 ** (self.wrong[place] - 5), 3600)
            self.wait[place] = clock.now() + timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from([1, 29, 30, 60, 299, 300, 1800, 3600, 90_000]))
    def wait_a_while(self, seconds: int) -> None:
        clock.advance(seconds=seconds)

    @precondition(lambda self: self.codes["home"] and self.codes["home"][-1].is_live() and not self.wrong["home"])
    @rule()
    def the_owner_gets_in_whatever_strangers_did(self) -> None:
        self.try_a_code("home", is_right=True)

    @invariant()
    def no_code_was_looked_at_more_than_five_times(self) -> None:
        if not hasattr(self, "index"):
            return
        with transaction("read") as current:
            rows = current.query(OneTimePassword).filter(OneTimePassword.phone_index == self.index).all()
            assert all(row.tries <= 5 for row in rows)
            assert sum(row.used_at is not None for row in rows) == self.opened + 1


def newest_digits_of(visitor: Visitor, index: bytes) -> str:
    """With a stopped clock two messages may carry the same moment: take the live one of this visitor's space."""
    from healthcode.trust.sessions.service.one_time_passwords import message

    is_known = visitor.device_secret is not None
    with transaction("read") as current:
        rows = current.query(OneTimePassword).filter(
            OneTimePassword.phone_index == index,
            OneTimePassword.used_at.is_(None),
            OneTimePassword.expires_at > clock.now(),
            OneTimePassword.device_digest.is_not(None) if is_known else OneTimePassword.device_digest.is_(None),
        )
        found = message(rows.one())
        assert found is not None
        return found.digits


def _run(app: Flask, examples: int, steps: int) -> None:
    machine = type("GuessingHere", (Guessing,), {"app": app})
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None, suppress_health_check=quiet
        ),
    )


@pytest.mark.case("O1", "O3", "O5")
def test_any_order_of_asking_trying_and_waiting(app: Flask):
    _run(app, examples=6, steps=20)


@pytest.mark.proof
@pytest.mark.case("O1", "O3", "O5")
def test_very_many_orders_of_asking_trying_and_waiting(app: Flask):
    _run(app, examples=200, steps=50)
