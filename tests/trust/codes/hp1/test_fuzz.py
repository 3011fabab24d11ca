"""Codes with a byte changed, moved or added; codes signed anew by a phone that means harm; anything at all.

20,000 in the short form; a million in the long one, which is marked `proof`. SEED= chooses others.
"""

import os
import random

import pytest
from base45 import b45decode
from hypothesis import given
from hypothesis import strategies as st

from healthcode.trust.codes.hp1.forms import Pass, read_station_request
from healthcode.trust.codes.hp1.refusals import Refusal
from healthcode.trust.codes.hp1.verify import verify
from tests.trust.codes.hp1 import mint
from tests.trust.codes.hp1.mint import KEYS, NOW, bound_showing, card, certificate, showing, showing_head, text, ticket

SEED = int(os.environ.get("SEED", "1"))
SHORT, LONG = 20_000, 1_000_000
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
SEEDS = [showing(), showing(iat=NOW - 20), bound_showing(), ticket(), card(), certificate(), mint.station_request()]
TRUE = {text(data) for data in SEEDS} | {text(mint.other_s(data)) for data in SEEDS}


def is_accepted(candidate: object) -> bool:
    try:
        verify(candidate, keys=KEYS, now=NOW, issuer=mint.ISS)
    except Refusal:
        return False
    return True


def mutated(chance: random.Random) -> str:
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        kind, at = chance.randrange(7), chance.randrange(len(data))
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at] = chance.randrange(256)
        elif kind == 2:
            data.insert(at, chance.choice((0x00, 0x80, 0xA0, 0xD2, 0xF6, 0xFF, chance.randrange(256))))
        elif kind == 3 and len(data) > 2:
            del data[at]
        elif kind == 4 and at:
            del data[at:]
        elif kind == 5:
            other = chance.choice(SEEDS)
            data[at:] = other[chance.randrange(len(other)) :]
        else:
            data += chance.randbytes(chance.randrange(1, 4))
    return text(bytes(data[:400]) or b"\x00")


def scribbled(chance: random.Random) -> str:
    letters = list(text(chance.choice(SEEDS)))
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(letters))
        letters[at] = chance.choice(ALPHABET) if chance.random() < 0.9 else chr(chance.randrange(0x110000))
    return "".join(letters)


def hammer(rounds: int) -> None:
    chance, refused = random.Random(SEED), 0
    for turn in range(rounds):
        candidate = scribbled(chance) if turn % 3 == 0 else mutated(chance)
        if candidate in TRUE:
            continue
        assert not is_accepted(candidate), f"seed {SEED}, turn {turn}: {candidate!r}"
        refused += 1
    assert refused > rounds * 0.95


def test_the_seeds_themselves_are_good():
    assert sum(is_accepted(text(data)) for data in SEEDS) == 4  # passes, ticket, card; not what is bound or no code


@pytest.mark.case("Q6", "Q18")
def test_no_mutated_code_is_accepted_and_none_breaks_the_reader():
    hammer(SHORT)


@pytest.mark.proof
@pytest.mark.case("Q6", "Q18")
def test_no_code_of_a_million_is_accepted():
    hammer(LONG)


@pytest.mark.case("Q6")
def test_a_phone_may_sign_what_it_likes_and_shows_only_itself():
    """A resident with a true certificate signs broken headers and payloads with the true key."""
    chance, accepted = random.Random(SEED), 0
    head, claims = showing_head(certificate()), mint.dump({3: "h", 6: NOW})
    for _ in range(4000):
        protected, payload = bytearray(head), bytearray(claims)
        target = chance.choice((protected, payload, payload))
        target[chance.randrange(len(target))] ^= 1 << chance.randrange(8)
        data = showing(bytes(payload), protected=bytes(protected))
        try:
            found = verify(text(data), keys=KEYS, now=NOW, issuer=mint.ISS)
        except Refusal:
            continue
        accepted += 1
        assert isinstance(found.code, Pass)
        assert found.subject == mint.PASS_ID
        assert found.code.audience.aud == "h"
        assert NOW - 60 <= found.moment <= NOW + 30
    assert accepted > 0  # a bit of iat flipped inside the window is the phone's own good showing


@pytest.mark.case("Q6", "Q18")
@given(
    st.none()
    | st.integers()
    | st.binary()
    | st.text()
    | st.text(alphabet=ALPHABET, max_size=520).map("HP1:".__add__)
    | st.binary(max_size=340).map(text)
    | st.binary(max_size=335).map(lambda end: text(b"\x84" + end))
)
def test_anything_at_all_is_answered_by_a_refusal(thing):
    assert not is_accepted(thing)
    with pytest.raises(Refusal):
        read_station_request(thing)


def test_the_mint_and_the_library_agree_on_base45():
    assert all(b45decode(text(data)[4:]) == data for data in SEEDS)
