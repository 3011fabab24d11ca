"""The same clinics as the stories of care, and what people read of them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from healthcode.core.outbox import deliver
from tests.care.conftest import A, clinic, hospital
from tests.support.town import Person, Town

__all__ = ["clinic", "hospital"]

Told = Callable[..., dict[str, Any]]


@pytest.fixture
def told(client: FlaskClient, town: Town) -> Told:
    """What somebody (by themselves, or another for them) was told, after everything announced was heard."""

    def ask(person: Person, *, by: Person | None = None, language: str = "zh", **asked: Any) -> dict[str, Any]:
        while deliver():
            pass
        town._headers.clear()  # time may have passed: signed in anew
        headers = town.headers(by or person) | {"Accept-Language": language}
        answer = client.get(f"{A}/residents/{person.id}/notices", query_string=asked, headers=headers)
        assert answer.status_code == 200, answer.json
        found: dict[str, Any] = answer.json
        return found

    return ask
