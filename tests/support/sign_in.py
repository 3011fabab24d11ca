"""Somebody at the door: residents with phones, colleagues with authenticators, many of them at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from healthcode.core import clock
from healthcode.core.db import session, transaction
from healthcode.trust.sessions import service, totp
from healthcode.trust.sessions.models import OneTimePassword

PASSWORD = "correct horse battery staple"
TOTP_SECRET = bytes(range(20))


@dataclass
class Visitor:
    """Somebody with a phone, at an address, perhaps with a device that is known."""

    client: FlaskClient
    phone: str
    address: str = "192.0.2.1"
    device_secret: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def ask(self):
        return self._post("one-time-passwords", {"phone": self.phone})

    def try_with(self, digits: str, **more: Any):
        return self._post("sessions", {"phone": self.phone, "one_time_password": digits, **more})

    def sign_in(self, **more: Any) -> dict[str, Any]:
        """Ask, read the message, sign in."""
        assert self.ask().status_code == 202
        answer = self.try_with(newest_digits(self.phone), **more)
        assert answer.status_code == 201, answer.json
        self.device_secret = answer.json["device_secret"] or self.device_secret
        return answer.json

    def _post(self, door: str, body: dict[str, Any]):
        secret = {"device_secret": self.device_secret} if self.device_secret else {}
        return self.client.post(f"/api/v1/{door}", json=body | secret, environ_overrides={"REMOTE_ADDR": self.address})


def newest_digits(phone: str) -> str:
    """What the newest message to this phone says. (With a stopped clock: of a known device's and a stranger's, either.)"""
    with transaction("read"):
        return next(message.digits for message in service.recent_messages() if message.phone.endswith(phone[-11:]))


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**6:06d}"


def codes() -> list[OneTimePassword]:
    with transaction("read"):
        rows = list(session().scalars(select(OneTimePassword).order_by(OneTimePassword.created_at)))
        session().expunge_all()
        return rows


def bearer(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


def at_once(app: Flask, deeds: list[Callable[[], Any]], threads: int = 6) -> list[Any]:
    """Do all of it from several threads, each with connections of its own."""

    def run(deed: Callable[[], Any]) -> Any:
        with app.app_context():
            return deed()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, deeds))


@dataclass
class Colleague:
    """A member of staff with a password and an authenticator, and the posts a test gives."""

    client: FlaskClient
    id: str
    username: str
    address: str = "192.0.2.2"

    def sign_in(self, digits: str, password: str = PASSWORD, username: str | None = None, **more: Any):
        body = {"username": username or self.username, "password": password, "totp": digits, **more}
        return self.client.post("/api/v1/staff-sessions", json=body, environ_overrides={"REMOTE_ADDR": self.address})


def digits_now(by_steps: int = 0) -> str:
    return totp.digits_at(TOTP_SECRET, clock.epoch() // totp.STEP_SECONDS + by_steps)
