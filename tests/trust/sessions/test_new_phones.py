"""Phones that signed in and that nobody has registered yet: each is somebody of their own."""

import pytest
from flask import Flask

from tests.support.sign_in import Visitor, bearer


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_busy_new_phone_takes_nothing_from_another(app: Flask, clock, strict_rates):
    """Each has its own rate, wherever it asks from: one that asks without end is alone in having to wait."""
    client = app.test_client(use_cookies=False)
    busy, quiet = (bearer(Visitor(client, f"1390000000{n}").sign_in()) for n in (1, 2))

    def look(headers: dict[str, str], n: int) -> int:
        address = {"REMOTE_ADDR": f"192.0.2.{n % 200}"}
        return client.get("/api/v1/me", headers=headers, environ_overrides=address).status_code

    assert [look(busy, n) for n in range(602)] == [200] * 600 + [429] * 2
    assert look(quiet, 1) == 200
