"""How text messages leave the house: one small interface, and what stands behind it here.

A city writes an adapter for its own provider and registers it by the name its settings use. Messages are sent at least
once: an adapter that fails raises, and the outbox tries again.
"""

from typing import Protocol

from healthcode.core.words import Words


class Sms(Protocol):
    """A way to send text messages."""

    def send(self, phone: str, words: Words, *, key: str) -> bool:
        """Send one message to a number in E.164 form. `key` is the same when the same message is sent again.

        Returns whether it has left this machine. Raises anything if it could not be sent and should be tried again.
        """
        ...


class Development:
    """Nothing leaves. What would have left stays sealed where it is, and a page of the service itself shows it."""

    def send(self, phone: str, words: Words, *, key: str) -> bool:
        return False


class NoProvider(Exception):
    """No adapter has this name."""


_adapters: dict[str, Sms] = {"development": Development()}


def register(name: str, adapter: Sms) -> None:
    """Let `name` in the settings mean this adapter."""
    _adapters[name] = adapter


def can_send(name: str) -> bool:
    """Whether messages are sent at all under this setting; "none" means that they are not."""
    return name in _adapters


def adapter(name: str) -> Sms:
    """The adapter of that name. Raises NoProvider."""
    try:
        return _adapters[name]
    except KeyError:
        raise NoProvider(name) from None
