"""Ids are ordered and opaque to nobody; secrets are random and known to nobody."""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from healthcode.core import clock, ids


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    clock.freeze(datetime(2026, 3, 1, 4, 5, 6, 789_000, tzinfo=UTC))
    yield
    clock.thaw()


def test_an_id_is_a_uuid_of_version_7_made_now() -> None:
    read = uuid.UUID(ids.new())
    assert (read.version, read.variant) == (7, uuid.RFC_4122)
    assert read.int >> 80 == 1_772_337_906_789


def test_later_rows_sort_after_earlier_ones() -> None:
    made = []
    for _ in range(50):
        made.append(ids.new())
        clock.advance(milliseconds=1)
    assert made == sorted(made)


def test_ids_of_the_same_moment_differ() -> None:
    assert len({ids.new() for _ in range(10_000)}) == 10_000


def test_what_the_house_makes_is_an_id() -> None:
    assert ids.is_id(ids.new())


@pytest.mark.parametrize(
    "other",
    [
        "",
        "0195500c-3b45-7000-8000-00000000000",
        "0195500c-3b45-7000-8000-0000000000000",
        "0195500C-3B45-7000-8000-000000000000",
        "{0195500c-3b45-7000-8000-000000000000}",
        "0195500c3b4570008000000000000000",
        "urn:uuid:0195500c-3b45-7000-8000-000000000000",
        "0195500c-3b45-7000-8000-000000000000\n",
        " 0195500c-3b45-7000-8000-000000000000",
        "０195500c-3b45-7000-8000-000000000000",
        "0195500c-3b45-7000-8000-00000000000٣",
        "../../../../../../../../etc/passwd/..",
        "' or 1=1 --",
    ],
)
def test_no_other_way_of_writing_it_is_an_id(other: str) -> None:
    assert not ids.is_id(other)


@pytest.mark.case("Z17")
@pytest.mark.parametrize("bits", [128, 192, 256])
def test_a_secret_has_all_its_random_bits(bits: int) -> None:
    made = {ids.secret(bits) for _ in range(200)}
    assert len(made) == 200
    for text in made:
        assert len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) * 8 == bits
    every = [base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) for text in made]
    for byte in range(bits // 8):  # each place varies: nothing in it is fixed
        assert len({value[byte] for value in every}) > 60


@pytest.mark.parametrize("bits", [0, 64, 127, 130])
def test_a_short_secret_is_not_made(bits: int) -> None:
    with pytest.raises(ValueError, match="128"):
        ids.secret(bits)


def test_a_secret_is_found_by_its_digest() -> None:
    assert ids.digest("abc") == hashlib.sha256(b"abc").digest()
    assert ids.digest("abc") != ids.digest("abd")


def test_a_text_that_is_not_unicode_has_a_digest_too() -> None:
    assert len(ids.digest("\ud800")) == 32
