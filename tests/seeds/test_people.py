"""The fictitious residents: valid, always the same, nobody real."""

from collections import Counter
from datetime import date

import pytest

from healthcode.core.clock import age_on
from healthcode.registry.residents.documents import facts, read_document
from healthcode.registry.residents.models import SEXES
from healthcode.registry.residents.names import read_name
from healthcode.registry.residents.phones import read_phone
from seeds import SeedResident, Town, load_town, residents
from seeds.people import AS_OF, KINDS, _Numbers

MANY = 12_000
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module", params=["jinjiang", "taiyuan"])
def town(request) -> Town:
    return load_town(request.param)


@pytest.fixture(scope="module")
def people(town) -> list[SeedResident]:
    return list(residents(MANY, town=town))


def test_the_same_seed_makes_the_same_people(town, people):
    assert list(residents(MANY, town=town)) == people
    assert list(residents(500, town=town)) == people[:500]
    assert list(residents(500, town=town, seed=1)) != people[:500]


@pytest.mark.parametrize("count", [0, 1, 17, 18, 31])
def test_as_many_as_are_wanted(town, count):
    assert len(list(residents(count, town=town))) == count


def test_the_first_hold_one_of_every_kind(people):
    assert {person.kind for person in people[:32]} == set(KINDS)


def test_two_towns_have_no_number_in_common():
    one, other = (
        {
            document
            for person in residents(5_000, town=load_town(name))
            for document in person.documents
            if document.kind == "resident-id"
        }
        for name in ("jinjiang", "taiyuan")
    )
    assert one.isdisjoint(other)


@pytest.mark.case("N1", "N2", "N4", "N7", "N11")
def test_every_document_name_and_phone_is_one_that_the_registry_takes(town, people):
    for person in (*people, *town.people):
        assert read_name(person.name) == person.name
        assert person.sex in SEXES
        assert person.phone is None or read_phone(person.phone) == person.phone
        for document in person.documents:
            told = read_document(*document, TODAY)
            assert (told.kind, told.country, told.number) == document
            said = facts(told)
            assert said.birth_date in (None, person.birth_date)
            assert said.sex in (None, person.sex)


def test_nobody_shares_a_document_a_phone_or_a_key(people):
    for shared in (
        Counter(document for person in people for document in person.documents),
        Counter(person.phone for person in people if person.phone),
        Counter(person.key for person in people),
    ):
        assert max(shared.values()) == 1


def test_the_named_people_have_ranges_of_their_own(town, people):
    """However many residents are made beside them."""
    for person in town.people:
        assert person.phone is None or person.phone.startswith("+861380000")
        for kind, _, number in person.documents:
            assert kind != "resident-id" or number.startswith(town.invented_region)
            assert "permit" not in kind or not number.strip("HM").startswith(("998", "997"))
    made = {document for person in people for document in person.documents}
    assert made.isdisjoint(document for person in town.people for document in person.documents)


@pytest.mark.case("N5")
def test_newborns_are_told_apart_by_mother_and_place(people):
    places = Counter((person.mother, person.birth_date, person.birth_order) for person in people if person.mother)
    assert max(places.values()) == 1
    assert any(order == 2 for _, _, order in places)


@pytest.mark.case("N8")
def test_people_of_one_name_and_birth_date_are_among_them():
    """So that a rule which matched on these alone would be caught."""
    same = Counter((person.name, person.birth_date) for person in residents(60_000, town=load_town("jinjiang")))
    assert max(same.values()) > 1


def test_numbers_belong_to_no_county_and_phones_to_no_network(town, people):
    for person in people:
        for document in person.documents:
            if document.kind == "resident-id":
                assert int(town.invented_region) - 10 < int(document.number[:6]) < int(town.invented_region)
        assert person.phone is None or person.phone.startswith("+86160")


def test_families_are_possible(people):
    before: dict[str, SeedResident] = {}
    for person in people:
        for key in {*person.guardians, *([person.mother] if person.mother else [])}:
            older = before[key]
            assert 20 <= age_on(older.birth_date, person.birth_date) <= 45
            assert key != person.mother or older.sex == "female"
        before[person.key] = person
    children = [person for person in people if person.birth_date and age_on(person.birth_date, AS_OF) < 18]
    assert sum(bool(child.guardians) for child in children) > len(children) * 0.95


@pytest.mark.case("N11", "N12")
def test_the_oldest_have_no_phone(people):
    oldest = [person for person in people if person.kind == "centenarian"]
    assert oldest
    assert all(age_on(person.birth_date, AS_OF) >= 100 and person.phone is None for person in oldest)


@pytest.mark.case("N10")
def test_some_are_born_on_the_twenty_ninth_of_february(people):
    assert all(
        (person.birth_date.month, person.birth_date.day) == (2, 29) for person in people if person.kind == "leap-day"
    )


def test_whoever_cannot_say_who_they_are_is_temporary(people):
    for person in people:
        assert (person.identity == "temporary") == (person.kind == "unconscious") == (person.birth_date is None)


def test_the_city_is_not_all_of_one_age(people):
    ages = Counter(age_on(person.birth_date, AS_OF) // 20 for person in people if person.birth_date)
    assert all(ages[twenty] > MANY * 0.02 for twenty in range(5) if twenty < 4)


def test_numbers_go_on_in_the_next_region_when_a_day_is_full():
    numbers = _Numbers("350599")
    given = [numbers.next(date(1990, 2, 28), True) for _ in range(1_200)]
    assert len(set(given)) == 1_200
    assert {number[:6] for number in given} == {"350598", "350597", "350596"}
    for number in given:
        assert facts(read_document("resident-id", None, number, TODAY)).sex == "male"
