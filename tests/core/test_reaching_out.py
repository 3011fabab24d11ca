"""Duties that ask outside: no transaction is open around them, and one that fails keeps no other from its turn."""

import pytest

from healthcode.core import tidying
from healthcode.core.db import session, transaction


@pytest.fixture
def duties(monkeypatch):
    found: list = []
    monkeypatch.setattr(tidying, "_reaching_out", found)
    return found


def test_a_duty_that_reaches_out_opens_its_own_transactions(app, duties):
    def duty() -> int:
        assert not session().in_transaction()
        with transaction():
            return 2

    tidying.reaches_out(duty)
    assert tidying.reach_out() == 2


def test_what_fails_outside_keeps_nobody_else_waiting(app, duties):
    done = []

    @tidying.reaches_out
    def fails() -> int:
        raise ConnectionError

    @tidying.reaches_out
    def works() -> int:
        done.append("works")
        return 1

    with pytest.raises(ConnectionError):
        tidying.reach_out()
    assert done == ["works"]
