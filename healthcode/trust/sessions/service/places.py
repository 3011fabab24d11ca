"""Where a try comes from: a device that the account knows, or an address. Each has waits of its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from healthcode.core import ids
from healthcode.core.db import session
from healthcode.core.secrets import vault
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.models import SignInFailure
from healthcode.trust.sessions.problems import TooManyTries


@dataclass(frozen=True)
class Device:
    """A device that signed in to this account before, and from when on reports open on it."""

    digest: bytes
    reports_open_at: datetime | None


def known_device(account: ColumnElement[bool], device_secret: str | None) -> Device | None:
    """The device of that secret, if it is one of this account's. The question is asked whatever the answer."""
    digest = ids.digest(device_secret or "")
    here = select(func.count(), func.min(SessionRow.reports_open_at)).where(account, SessionRow.device_digest == digest)
    times, reports_open_at = session().execute(here).one()
    return Device(digest, reports_open_at) if times else None


@dataclass(frozen=True)
class Place:
    """The queue of one account's tries, held, and the count of the one place a try comes from.

    A known device is account and place in one: nobody else's tries are in its way, nor its own in theirs.
    """

    account: SignInFailure
    here: SignInFailure
    is_known: bool

    @classmethod
    def hold(cls, name: str, device: Device | None, address: str, at: datetime) -> "Place":
        """Queue up. `name` says the account, known or not; the account's row is always taken first."""
        if device is not None:
            row = SignInFailure.hold(_key(name, f"device {device.digest.hex()}"), at)
            return cls(row, row, is_known=True)
        account = SignInFailure.hold(_key(name, "strangers"), at)
        return cls(account, SignInFailure.hold(_key(name, f"address {address}"), at), is_known=False)

    def make_sure_it_may_try(self, at: datetime) -> None:
        """Raises TooManyTries, before anything was looked at."""
        wait = max(self.account.seconds_to_wait(at), self.here.seconds_to_wait(at))
        if wait:
            raise TooManyTries(retry_after=wait)


def queue_up(name: str, device: Device | None, at: datetime) -> None:
    """Hold only the account's row: for what counts its own rows and must not be counted past."""
    SignInFailure.hold(_key(name, f"device {device.digest.hex()}" if device else "strangers"), at)


def _key(name: str, place: str) -> str:
    # Keyed, because phones and addresses are soon guessed from a plain digest.
    return vault().blind_index("sign-in-place", f"{name} {place}").hex()
