"""The words in which a route says who may enter. Data only: `trust.gate` gives them their meaning."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A word that a door may say after `allow=`. Words join with `|`: any one of them opens."""

    def __or__(self, other: "Word") -> "AnyOf":
        return AnyOf((*_words(self), *_words(other)))

    def __str__(self) -> str:
        return f"{type(self).__name__}()"


@dataclass(frozen=True)
class AnyOf(Word):
    """The first word that opens, opens."""

    words: tuple[Word, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.words))


def _words(word: Word) -> tuple[Word, ...]:
    return word.words if isinstance(word, AnyOf) else (word,)


@dataclass(frozen=True)
class Anyone(Word):
    """Public, said aloud."""


@dataclass(frozen=True)
class SignedIn(Word):
    """Anyone who is known: for what concerns only the caller's own account."""


@dataclass(frozen=True)
class OnBehalf(Word):
    """The resident, or somebody whom the resident (or the law) gave this scope."""

    scope: str

    def __str__(self) -> str:
        return f"OnBehalf({self.scope})"


@dataclass(frozen=True, init=False)
class Staff(Word):
    """Somebody at work, in one of these roles, for as long as the post lasts."""

    roles: tuple[str, ...]

    def __init__(self, *roles: str) -> None:
        object.__setattr__(self, "roles", roles)

    def __str__(self) -> str:
        return f"Staff({', '.join(self.roles)})"


@dataclass(frozen=True, init=False)
class Device(Word):
    """An enrolled device of one of these kinds; of any kind if none is named."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        object.__setattr__(self, "kinds", kinds)

    def __str__(self) -> str:
        return f"Device({', '.join(self.kinds)})"


@dataclass(frozen=True, init=False)
class System(Word):
    """An institution's own system (HIS, LIS, PACS), by its key."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        object.__setattr__(self, "kinds", kinds)

    def __str__(self) -> str:
        return f"System({', '.join(self.kinds)})"


@dataclass(frozen=True)
class WithConsent(Word):
    """Staff to whom the resident opened this kind of record."""

    scope: str

    def __str__(self) -> str:
        return f"WithConsent({self.scope})"


@dataclass(frozen=True)
class BreakGlass(Word):
    """Staff in an emergency, with a reason, told to the resident at once and reviewed."""

    scope: str

    def __str__(self) -> str:
        return f"BreakGlass({self.scope})"
