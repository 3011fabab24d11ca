"""Moments in UTC, days of the city, and birthdays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from healthcode.core import clock

BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    clock.thaw()
    clock.configure()


def test_a_running_clock_is_aware_and_moves() -> None:
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert first <= clock.now()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert abs(clock.epoch() - datetime.now(UTC).timestamp()) < 5


def test_a_stopped_clock_stands_until_it_is_moved() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=BEIJING)
    clock.freeze(noon)
    assert clock.now() == noon
    assert clock.now().tzinfo is UTC
    clock.advance(seconds=61)
    assert clock.now() - noon == timedelta(seconds=61)
    clock.advance(days=-1)
    assert clock.epoch() == int(noon.timestamp()) + 61 - 86_400


def test_a_running_clock_cannot_be_moved_by_hand() -> None:
    with pytest.raises(RuntimeError):
        clock.advance(seconds=1)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001  # the mistake under test
    for asked in (clock.freeze, clock.day_of, clock.local):
        with pytest.raises(ValueError, match="time zone"):
            asked(naive)


def test_the_day_changes_at_midnight_in_the_city_not_in_greenwich() -> None:
    clock.freeze(datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC))
    assert clock.today() == date(2026, 2, 28)
    clock.advance(seconds=1)
    assert clock.today() == date(2026, 3, 1)
    assert clock.start_of(clock.today()) == clock.now()


def test_another_city_has_another_day() -> None:
    clock.freeze(datetime(2026, 2, 28, 15, 59, tzinfo=UTC))
    clock.configure("Asia/Urumqi")
    assert clock.today() == date(2026, 2, 28)
    clock.configure("Asia/Tokyo")
    assert clock.today() == date(2026, 3, 1)


@pytest.mark.case("K9")
def test_processes_of_one_test_share_an_offset() -> None:
    clock.configure("Asia/Shanghai", offset_seconds=-2 * 86_400)
    assert abs(datetime.now(UTC) - timedelta(days=2) - clock.now()) < timedelta(seconds=5)


def test_durations_do_not_stop_with_the_clock() -> None:
    clock.freeze(datetime(2026, 1, 1, tzinfo=UTC))
    began = clock.ticks()
    while clock.ticks() == began:
        pass
    assert clock.ticks() > began


@pytest.mark.case("Z8")
@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2008, 3, 1), date(2026, 2, 28), 17),
        (date(2008, 3, 1), date(2026, 3, 1), 18),
        (date(2008, 12, 31), date(2026, 12, 30), 17),
        (date(2026, 5, 5), date(2026, 5, 5), 0),
    ],
)
def test_a_person_is_as_old_as_the_calendar_says(born: date, day: date, years: int) -> None:
    assert clock.age_on(born, day) == years


@pytest.mark.case("Z8")
@pytest.mark.parametrize("born", [date(2008, 2, 29), date(2008, 2, 28), date(2008, 3, 1), date(2007, 12, 31)])
def test_coming_of_age_is_the_first_day_of_that_age(born: date) -> None:
    for years in range(1, 120):
        first = clock.turns(born, years)
        assert clock.age_on(born, first) == years
        assert clock.age_on(born, first - timedelta(days=1)) == years - 1


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(ValueError, match="birth"):
        clock.age_on(date(2026, 5, 5), date(2026, 5, 4))
