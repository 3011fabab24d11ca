"""How text messages leave the house: one small interface, and what stands behind it here.

A city writes an adapter for its own provider, in a package of its own that names it as an entry point of the group
`healthcode.sms`; its settings say that name. Messages are sent at least once: an adapter that fails raises, and the
outbox tries again.
"""

from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from config import BadSettings
from healthcode.core.words import Words

GROUP = "healthcode.sms"


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


def make_ready(name: str) -> None:
    """Load the adapter that the settings name, if it is an installed package's. Raises BadSettings, in a sentence."""
    if name == "none" or name in _adapters:
        return
    installed = {point.name: point for point in entry_points(group=GROUP)}
    if name not in installed:
        there = ", ".join(["development", "none", *sorted(installed)])
        raise _not_ready(name, f"no installed package has a provider of this name; there are: {there}")
    register(name, _load(installed[name]))


def _load(point: EntryPoint) -> Sms:
    """What the entry point names is called without arguments: a class, or a function that reads the city's own settings."""
    try:
        made: Sms = point.load()()
    except Exception as error:  # a package of others may fail in any way
        raise _not_ready(point.name, f"{point.value} cannot be loaded: {type(error).__name__}") from error
    if not callable(getattr(made, "send", None)):
        raise _not_ready(point.name, f"{point.value} has no send()")
    return made


def _not_ready(name: str, why: str) -> BadSettings:
    return BadSettings([f"HEALTHCODE_SMS={name}: {why}"])


def can_send(name: str) -> bool:
    """Whether messages are sent at all under this setting; "none" means that they are not."""
    return name in _adapters


def adapter(name: str) -> Sms:
    """The adapter of that name. Raises NoProvider."""
    try:
        return _adapters[name]
    except KeyError:
        raise NoProvider(name) from None
