"""The model towns: whole, and their mistakes told."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

import seeds.towns
from healthcode.registry.devices.models import DISPLAYS, SCANNERS, SYSTEMS
from healthcode.registry.institutions import models
from seeds import BadTown, Town, load_town
from seeds.towns import CITY_ROLES, CODE, DAYS, DEVICE_KINDS, KINDS, ROLES


@pytest.fixture(scope="module", params=["jinjiang", "taiyuan", "the whole of taiyuan"])
def town(request) -> Town:
    return load_town(request.param.split()[-1], whole=request.param.startswith("the whole"))


def test_jinjiang_has_27_public_institutions_and_43_stations():
    kinds = Counter(one.kind for one in load_town("jinjiang").institutions)
    assert kinds["hospital"] + kinds["health-centre"] == 27
    assert (kinds["station"], kinds["test"]) == (43, 1)
    assert load_town("jinjiang", whole=True) == load_town("jinjiang")


def test_taiyuan_has_2831_institutions_in_ten_counties_and_four_tiers():
    taiyuan = load_town("taiyuan", whole=True)
    assert sum(one.kind != "test" for one in taiyuan.institutions) == 2831
    assert len(taiyuan.districts) == 10
    assert {one.tier for one in taiyuan.institutions} == {"province", "city", "county", "community"}
    assert {one.kind for one in taiyuan.institutions} == set(KINDS)


def test_the_small_ones_are_the_same_every_time():
    assert load_town("taiyuan", whole=True) == load_town("taiyuan", whole=True)
    assert load_town("taiyuan", whole=True).institutions[:134] == load_town("taiyuan").institutions


def test_codes_are_unique_and_have_one_pattern(town):
    codes = [one.code for one in town.institutions]
    assert len(codes) == len(set(codes))
    assert all(CODE.fullmatch(code) and code.startswith(town.city) for code in codes)


def test_the_tree_is_a_tree_and_leaders_come_first(town):
    met = set()
    for one in town.parents_first():
        assert one.parent is None or one.parent in met
        met.add(one.code)
    assert len(met) == len(town.institutions)


def test_every_station_has_a_parent_and_opening_hours(town):
    for one in town.institutions:
        if one.kind == "station":
            assert town.by_code[one.parent].kind == "health-centre"
            assert one.district == town.by_code[one.parent].district
            assert sum(len(spans) for spans in one.opening_hours.values()) >= 6
            assert set(one.opening_hours) <= set(DAYS)


def test_consortia_are_what_their_core_leads():
    alliances = {one.code: one for one in load_town("jinjiang").alliances}
    assert {"JJ-0001", "JJ-0006", "JJ-0012", "JJ-0135"} <= set(alliances["JJ-A1"].members)
    assert "JJ-0002" not in alliances["JJ-A1"].members
    assert len(alliances["JJ-A4"].members) == 27


def test_every_role_and_kind_of_device_is_one_that_the_service_knows():
    assert set(ROLES) == set(models.ROLES)
    assert set(CITY_ROLES) == set(models.CITY_ROLES)
    assert set(KINDS) == set(models.KINDS)
    assert set(DEVICE_KINDS) == {*SCANNERS, *SYSTEMS, *DISPLAYS}


def test_what_is_planted_fits_its_columns(town):
    columns = models.Institution.__table__.c
    for one in town.institutions:
        for field in ("code", "name", "name_en", "level", "district"):
            assert len(getattr(one, field)) <= columns[field].type.length, one.code


def test_people_who_are_needed_for_a_first_look_are_there():
    jinjiang = load_town("jinjiang")
    assert {"clerk", "doctor", "pharmacist", "station_worker", "institution_admin", *CITY_ROLES} <= {
        one.role for one in jinjiang.staff
    }
    assert {("registration", "JJ-0001"), ("station", "JJ-0101"), ("display", "JJ-0001")} <= {
        (one.kind, one.institution) for one in jinjiang.devices
    }
    assert jinjiang.person("wang-xiuying").phone == "+8613800000001"
    son = next(one for one in jinjiang.proxies if one.resident == "wang-xiuying")
    assert (son.proxy, son.relation) == ("li-jianguo", "child")
    assert "pickups:collect" in son.scopes


# Mistakes


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the towns, to be spoilt."""
    shutil.copytree(seeds.towns.FOLDER, tmp_path / "seeds", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(seeds.towns, "FOLDER", tmp_path / "seeds")
    return tmp_path / "seeds" / "jinjiang"


def complaints() -> str:
    with pytest.raises(BadTown) as told:
        load_town("jinjiang")
    return "\n".join(told.value.complaints)


def spoil(file: Path, right: str, wrong: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(right) == 1
    file.write_text(text.replace(right, wrong), encoding="utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("JJ-0143,晋江市", "JJ-0142,晋江市", "JJ-0142: code used twice"),
        ("JJ-0143,晋江市", "JJ-143,晋江市", "JJ-143: a code is JJ, a hyphen and four digits"),
        (",JJ-0027,西滨镇", ",JJ-0999,西滨镇", "JJ-0143: parent JJ-0999 does not exist"),
        (",JJ-0027,西滨镇", ",,西滨镇", "JJ-0143: a station needs a parent"),
        ("Yuejin Village Health Station,station,", "Yuejin Village Health Station,shop,", "unknown kind 'shop'"),
        (",24.7827,118.6528,station", ",118.6528,24.7827,station", "JJ-0143: does not lie in China"),
        (",24.7827,118.6528,station", ",north,118.6528,station", "JJ-0143: could not convert"),
        (",24.7827,118.6528,station", ",24.7827,118.6528,nights", "JJ-0143: 'nights'"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_list_is_named_with_its_place(copied, right, wrong, told):
    spoil(copied / "institutions.csv", right, wrong)
    assert told in complaints()


def test_a_circle_of_leaders_is_found(copied):
    spoil(copied / "institutions.csv", "county,,罗山街道,24.7814", "county,JJ-0006,罗山街道,24.7814")
    told = complaints()
    assert "JJ-0001: its parents lead in a circle" in told
    assert "JJ-0006: its parents lead in a circle" in told


def test_all_mistakes_are_told_at_once(copied):
    spoil(copied / "staff.csv", "clerk,lin.wen,林文,clerk,JJ-0001", "clerk,lin.wen,林文,boss,JJ-0001")
    spoil(copied / "devices.csv", "station,JJ-0101", "station,JJ-0888")
    told = complaints()
    assert "staff clerk: boss is no role there" in told
    assert "station-scanner: institution JJ-0888 does not exist" in told


def test_a_guardian_who_comes_later_is_found(copied):
    file = copied / "people.json"
    people = json.loads(file.read_text(encoding="utf-8"))
    people["people"].reverse()
    file.write_text(json.dumps(people), encoding="utf-8")
    assert "li-xiaohe: li-jianguo comes later or never" in complaints()


@pytest.mark.parametrize(
    "hours",
    [
        {"mon": [["12:00", "08:00"]]},
        {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]},
        {"mon": [["8:00", "12:00"]]},
        {"mon": [["08:00", "24:30"]]},
        {"mon": []},
    ],
)
def test_hours_that_no_door_keeps_are_refused(copied, hours):
    file = copied.parent / "opening_hours.json"
    profiles = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(profiles | {"office": hours}), encoding="utf-8")
    assert "JJ-0008: " in complaints()


def test_an_unknown_town_is_refused_by_name():
    with pytest.raises(LookupError, match="jinjiang, taiyuan"):
        load_town("atlantis")
