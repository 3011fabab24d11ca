"""What checking one code costs in this process, beside what cannot be saved: its bare ECDSA P-256 signatures.

Text in, decision out, on one core; no network, no database. Revocation and replay are not in it.
"""

import secrets
from collections.abc import Callable
from statistics import median
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.table import Row
from healthcode.trust.codes.hp1 import forms
from healthcode.trust.codes.hp1.cose import signer
from healthcode.trust.codes.hp1.phone_key import PhoneKey
from healthcode.trust.codes.hp1.verify import Form, Keys, VerifyingKey, verify

NOW = 1_800_000_000
ROUNDS, CALLS = 40, 100
REACH = 2.0


def microseconds(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median over rounds, everything in turn within each, so that a busy moment touches all alike."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            start = perf_counter()
            for _ in range(CALLS):
                call()
            taken[name].append((perf_counter() - start) / CALLS * 1e6)
    return {name: median(rounds) for name, rounds in taken.items()}


def codes(city: dict[Form, ec.EllipticCurvePrivateKey]) -> dict[Form, str]:
    phone, pass_id = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
    certificate = forms.write_certificate(
        kid=b"\x01",
        iss="JJ",
        pass_id=pass_id,
        exp=NOW + 3600,
        phone=PhoneKey.of(phone.public_key()),
        sign=signer(city["pass"]),
    )
    ticket_id, sign = secrets.token_bytes(8), signer(city["ticket"])
    return {
        "pass": forms.write_pass(certificate=certificate, iat=NOW, sign=signer(phone)),
        "ticket": forms.write_ticket(
            kid=b"\x02", iss="JJ", pass_id=pass_id, exp=NOW + 60, ticket_id=ticket_id, sign=sign
        ),
        "card": forms.write_card(kid=b"\x03", iss="JJ", card_id=pass_id, iat=NOW, sign=signer(city["card"])),
    }


def rows() -> list[Row]:
    """A pass, a ticket and a card, each beside as many bare signature checks as it holds signatures."""
    kinds: tuple[Form, ...] = ("pass", "ticket", "card")
    city = {form: ec.generate_private_key(ec.SECP256R1()) for form in kinds}
    keys = Keys((bytes([n]), VerifyingKey(form, city[form].public_key(), 0)) for n, form in enumerate(kinds, 1))
    message, public, ecdsa = secrets.token_bytes(200), city["pass"].public_key(), ec.ECDSA(SHA256())
    signature = city["pass"].sign(message, ecdsa)
    calls: dict[str, Callable[[], object]] = {"bare": lambda: public.verify(signature, message, ecdsa)}
    for form, text in codes(city).items():
        calls[form] = lambda text=text: verify(text, keys=keys, now=NOW, issuer="JJ")  # type: ignore[misc]
    took = microseconds(calls)
    return [_row(form, took[form], took["bare"], 2 if form == "pass" else 1) for form in kinds]


def _row(form: Form, took: float, bare: float, signatures: int) -> Row:
    times = took / (bare * signatures)
    yardstick = f"{signatures} × P-256 verify {bare * signatures:.0f} µs"
    promised = form == "pass"
    return Row(
        f"verify a {form} in process, text to decision",
        f"{took:.0f} µs",
        yardstick,
        f"{times:.2f}×",
        f"≤ {REACH:.1f}×" if promised else "–",
        times <= REACH if promised else None,
    )
