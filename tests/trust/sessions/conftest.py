"""Somebody at the door, as tests of signing in need them."""

import pytest
from flask import Flask

from healthcode.core import ids
from healthcode.core.db import transaction
from healthcode.registry.institutions import service as institutions
from healthcode.trust.sessions import passwords, totp
from tests.support.sign_in import PASSWORD, TOTP_SECRET, Colleague, Visitor


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A phone that nobody here knows yet."""
    return Visitor(app.test_client(use_cookies=False), "13900000001")


@pytest.fixture
def colleague(app: Flask) -> Colleague:
    staff_id = ids.new()
    with transaction():
        institutions.add_staff(
            staff_id=staff_id,
            username="lin.wen",
            name="林文",
            password_hash=passwords.hash_of(PASSWORD, memory_kib=64),
            totp_sealed=totp.seal(TOTP_SECRET, staff_id=staff_id),
        )
    return Colleague(app.test_client(use_cookies=False), staff_id, "lin.wen")
