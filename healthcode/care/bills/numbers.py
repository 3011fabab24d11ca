"""Numbers that people read out and search by: the day, and ten characters that nobody can guess."""

import secrets

from healthcode.core import clock

_CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to be mistaken


def new(kind: str) -> str:
    """A number such as B20261123-7Q2M9XK4ZP. `kind` is one capital letter: B bill, C credit note or cancellation, P payment,
    R refund,
    S receipt. 50 random bits a day, and a unique constraint where it is kept."""
    return f"{kind}{clock.today():%Y%m%d}-" + "".join(secrets.choice(_CHARACTERS) for _ in range(10))
