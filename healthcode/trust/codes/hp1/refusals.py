"""Why a text was not taken. Whatever is read, only this family is raised.

Refusal
├── Unreadable            code-unreadable      not the bytes of this format
├── NotOurs               code-not-ours        another format, another city, a key we do not (or no longer) know
│   └── Forged            code-not-ours        our key is named, the signature is not its
├── NotReady              code-not-ready       its moment is still to come: a clock is wrong
├── Expired               code-expired         its moment has passed
└── ChallengeMismatch     challenge-mismatch   not the answer to this station's request
    └── WrongStation      challenge-mismatch   signed for another place

A forger is told the same as a stranger; only `why`, for the trail and the operator, tells them apart.
"""

from typing import ClassVar


class Refusal(Exception):
    """`slug` is the problem a caller may show; `why` is a fixed phrase and never repeats what was read."""

    slug: ClassVar[str]

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unreadable(Refusal):
    slug = "code-unreadable"


class NotOurs(Refusal):
    slug = "code-not-ours"


class Forged(NotOurs):
    pass


class NotReady(Refusal):
    slug = "code-not-ready"


class Expired(Refusal):
    slug = "code-expired"


class ChallengeMismatch(Refusal):
    slug = "challenge-mismatch"


class WrongStation(ChallengeMismatch):
    pass
