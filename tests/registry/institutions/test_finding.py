"""Finding institutions: public, bounded, the nearest first."""

from datetime import UTC, datetime

import pytest

from healthcode.core.db import session, transaction
from healthcode.registry.institutions import service
from healthcode.registry.institutions.models import Institution
from tests.registry.people import Door
from tests.support.town import Town


@pytest.fixture
def many(town: Town) -> list[str]:
    with transaction():
        return [
            service.open_institution(
                code=f"JJ-9{number:03d}", name=f"{number} 号药店", kind="pharmacy", district="罗山"
            ).id
            for number in range(45)
        ]


def test_anyone_finds_by_kind_and_district(anyone: Door, town: Town, many: list[str]):
    stations = anyone.get("/institutions", kind="station").json["items"]
    assert {item["id"] for item in stations} == {town.station, town.far_station}
    assert anyone.get("/institutions", kind="pharmacy", district="晋江市").json["items"] == []
    assert anyone.get("/institutions", kind="casino").status_code == 422


def test_pages_neither_skip_nor_repeat(anyone: Door, many: list[str]):
    seen, after = [], {}
    while True:
        page = anyone.get("/institutions", kind="pharmacy", limit="20", **after).json
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == sorted(many)


def test_no_list_is_endless(anyone: Door, many: list[str]):
    for limit in ("0", "101", "-1", "1e9", "９"):
        assert anyone.get("/institutions", limit=limit).status_code == 422
    assert anyone.get("/institutions", after="not-a-cursor").status_code == 422


def test_the_nearest_comes_first(anyone: Door, town: Town):
    at_the_coast = anyone.get("/institutions", near="24.5700,118.6000").json["items"]
    assert [item["id"] for item in at_the_coast] == [town.far_station, town.hospital, town.station]
    assert [item["distance_m"] for item in at_the_coast] == sorted(item["distance_m"] for item in at_the_coast)
    assert 900 < at_the_coast[0]["distance_m"] < 1100  # 0.006° north, 0.008° east


def test_a_place_that_is_not_on_earth_is_refused(anyone: Door, town: Town):
    for near in ("91,0", "0,181", "24.5", "24.5,118.6,0", "nan,0", "２４,118"):
        assert anyone.get("/institutions", near=near).status_code == 422
    assert anyone.get("/institutions", near="24.5,118.6", after="x").status_code == 422


def test_one_institution_shows_its_departments_and_hours(anyone: Door, town: Town, clock):
    hospital = anyone.get(f"/institutions/{town.hospital}").json
    assert [department["code"] for department in hospital["departments"]] == ["cardiology"]
    assert hospital["opening_hours"]["mon"] == [["08:00", "17:30"]]
    assert hospital["is_open_now"] is True
    clock.advance(hours=12)
    assert anyone.get(f"/institutions/{town.hospital}").json["is_open_now"] is False


def test_an_alliance_is_shown_with_its_members(anyone: Door, town: Town):
    with transaction():
        service.found_alliance(
            code="jj",
            name="晋江医联体",
            kind="consortium",
            core_id=town.hospital,
            member_ids=[town.hospital, town.station],
        )
    assert [one["code"] for one in anyone.get(f"/institutions/{town.station}").json["alliances"]] == ["jj"]
    assert anyone.get(f"/institutions/{town.far_station}").json["alliances"] == []


def test_what_has_closed_is_no_longer_offered_but_still_known(anyone: Door, town: Town):
    with transaction():
        session().get_one(Institution, town.far_station).is_open = False
    assert town.far_station not in [item["id"] for item in anyone.get("/institutions").json["items"]]
    closed = anyone.get(f"/institutions/{town.far_station}").json
    assert (closed["is_open"], closed["is_open_now"]) == (False, False)


def test_an_institution_that_is_not_there_is_not_found(anyone: Door, town: Town):
    assert anyone.get(f"/institutions/{town.clerk.id}").status_code == 404
    assert anyone.get("/institutions/1").status_code == 404


@pytest.mark.case("N9")
def test_hours_are_the_citys_whatever_the_servers_zone():
    hours = {"mon": [["00:00", "08:00"], ["18:00", "24:00"]]}
    for utc, is_open in (
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), False),  # Sunday 23:59 in the city
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), True),  # Monday 00:00
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), False),  # 08:00, just closed
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), True),  # 23:59
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), False),  # Tuesday
    ):
        assert service.is_open_at(hours, utc) is is_open
