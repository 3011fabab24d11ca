"""Reports: sent version by version, read by whom they concern, acted on where they are critical."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from healthcode.care.reports import service
from healthcode.core import clock as city
from healthcode.core import ids
from healthcode.core.db import session, transaction
from healthcode.core.outbox import Event
from tests.support.phones import new_deed
from tests.support.reports import potassium, recognised, reported, stock_codes, version
from tests.support.town import Person, Town

A = "/api/v1"


@pytest.fixture
def lab(client: FlaskClient, town: Town) -> "Laboratory":
    with transaction():
        stock_codes()
    return Laboratory(client, town)


class Laboratory:
    """The hospital's laboratory system, which sends, and everybody who reads."""

    def __init__(self, client: FlaskClient, town: Town) -> None:
        self.client, self.town = client, town
        self.headers = town.scanner(town.hospital, "lis").headers

    def post(self, path: str, body: object, by: Person | None = None):
        headers = self.town.headers(by) if by else self.headers
        return self.client.post(f"{A}/{path}", json=body, headers=headers | new_deed())

    def see(self, path: str, by: Person | None = None):
        return self.client.get(f"{A}/{path}", headers=self.town.headers(by) if by else self.headers)

    def send(self, person: Person, sent: dict, *, number: str | None = None, is_here: bool = True):
        if is_here:
            with transaction():
                recognised(person, self.town.hospital)
        named = {"resident_id": person.id, "number": number or ids.new(), "kind": "laboratory"}
        return self.post(f"institutions/{self.town.hospital}/reports", sent | named)


def test_a_result_is_read_in_one_place_with_what_it_means(lab: Laboratory, town: Town):
    sent = lab.send(town.wang, version(potassium("5.60"), {"loinc": "2951-2", "value": "140", "unit": "mmol/L"}))
    assert sent.status_code == 201, sent.json
    (listed,) = lab.see(f"residents/{town.wang.id}/reports", town.wang).json["items"]
    assert (listed["state"], listed["version"], listed["institution_id"]) == ("final", 1, town.hospital)
    read = lab.see(f"reports/{listed['id']}", town.wang).json
    means = [(one["name_en"], one["value"], one["interpretation"], one["is_computed"]) for one in read["results"]]
    assert means == [("Potassium", "5.60", "H", True), ("Sodium", "140", "N", True)]
    said = {one["what"] for one in lab.see(f"residents/{town.wang.id}/accesses?limit=50", town.wang).json["items"]}
    assert {"提交报告", "查看报告"} <= said


def test_what_the_source_says_stays_as_it_said_it(lab: Laboratory, town: Town):
    own = (
        potassium("5.0", low="3.0", high="4.5"),
        potassium("5.0", interpretation="A"),
        {"name": "颜色", "text": "淡黄"},
    )
    results = lab.send(town.wang, version(*own)).json["results"]
    assert [one["interpretation"] for one in results] == ["H", "A", None]
    assert [one["is_computed"] for one in results] == [True, False, False]


def test_an_institutions_own_code_means_what_it_was_said_to_mean(lab: Laboratory, town: Town):
    path = f"institutions/{town.hospital}/local-codes"
    assert lab.post(path, {"local": "K+", "code": "potassium"}, town.institution_admin).status_code == 201
    assert lab.post(path, {"local": "K+", "code": "potassium"}, town.institution_admin).status_code == 201
    other = lab.post(path, {"local": "K+", "code": "sodium"}, town.institution_admin)
    assert (other.status_code, other.json["errors"][0]["pointer"]) == (422, "/local")
    sent = lab.send(town.wang, version({"local": "K+", "value": "2.5", "unit": "mmol/L"})).json
    assert [(one["code"], one["loinc"], one["interpretation"]) for one in sent["results"]] == [
        ("potassium", "2823-3", "LL")
    ]


@pytest.mark.parametrize(
    ("result", "pointer"),
    [
        ({"code": "moon-dust", "value": "1"}, "/results/0/code"),
        ({"local": "nobody-knows", "value": "1"}, "/results/0/name"),
        ({"code": "potassium"}, "/results/0"),
        ({"code": "potassium", "value": "4", "text": "four"}, "/results/0"),
        ({"code": "potassium", "value": "4,1"}, "/results/0/value"),
        ({"code": "potassium", "value": 4.1}, "/results/0/value"),
        ({"code": "potassium", "value": "NaN"}, "/results/0/value"),
        ({"code": "potassium", "value": "4", "unit": "毫摩尔"}, "/results/0/unit"),
    ],
)
def test_a_result_that_cannot_be_meant_is_refused_whole(lab: Laboratory, town: Town, result: dict, pointer: str):
    refused = lab.send(town.wang, version(potassium("4.1"), result))
    at = pointer.replace("/results/0", "/results/1")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, at)
    assert lab.see(f"institutions/{town.hospital}/reports").json["items"] == []


def test_a_resident_reads_what_is_final_and_what_became_of_it(lab: Laboratory, town: Town):
    first = lab.send(town.wang, version(state="registered", results=[])).json
    versions = f"reports/{first['id']}/versions"

    def goes(state: str, value: str, **more: str) -> int:
        return lab.post(versions, version(potassium(value), state=state, **more)).status_code

    assert goes("preliminary", "5.0") == 201
    assert lab.see(f"reports/{first['id']}", town.wang).status_code == 404
    assert lab.see(f"residents/{town.wang.id}/reports", town.wang).json["items"] == []
    assert goes("partial", "5.0") == 409, "it goes forward only"
    assert goes("final", "5.0") == 201
    assert goes("corrected", "4.0") == 422, "what was final is not changed without a reason"
    assert goes("corrected", "4.0", reason="标本溶血，复测") == 201
    assert goes("final", "4.0", reason="又改回去") == 409
    read = lab.see(f"reports/{first['id']}", town.wang).json
    assert (read["state"], read["version"], read["results"][0]["value"]) == ("corrected", 4, "4.0")
    seen = lab.see(versions, town.wang).json["items"]
    assert [(one["version"], one["state"], one["reason"]) for one in seen] == [
        (3, "final", None),
        (4, "corrected", "标本溶血，复测"),
    ]
    assert seen[0]["content"]["results"][0]["value"] == "5.0", "what was read first is still there"
    assert len(lab.see(versions, town.doctor).json["items"]) == 4
    assert goes("entered-in-error", "4.0", reason="患者张冠李戴") == 201
    gone = lab.see(f"reports/{first['id']}", town.wang).json
    assert (gone["state"], gone["results"], gone["conclusion"]) == ("entered-in-error", [], None)
    assert goes("corrected", "4.0", reason="再来") == 409


def test_the_same_number_is_one_report(lab: Laboratory, town: Town):
    first = lab.send(town.wang, version(), number="LAB-1")
    again = lab.send(town.wang, version(), number="LAB-1")
    assert (again.status_code, again.json["type"]) == (409, "/problems/report-there")
    assert again.json["report_id"] == first.json["id"]


def test_nobody_writes_about_somebody_who_never_came(lab: Laboratory, town: Town, clock):
    refused = lab.send(town.stranger, version(), is_here=False)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/never-here")
    nobody = {"resident_id": ids.new(), "number": "1", "kind": "laboratory"}
    same = lab.post(f"institutions/{town.hospital}/reports", version() | nobody)
    assert (same.status_code, same.json["title"]) == (409, refused.json["title"]), "who is not there reads alike"
    elsewhere = lab.post(f"institutions/{town.station}/reports", version() | nobody)
    assert elsewhere.status_code == 403
    with transaction():
        recognised(town.stranger, town.hospital)
    clock.advance(days=60)
    late = Laboratory(lab.client, town)
    assert late.send(town.stranger, version(), is_here=False).status_code == 201, "a culture takes its weeks"
    clock.advance(days=60)
    later = Laboratory(lab.client, town)
    assert later.send(town.stranger, version(), is_here=False).status_code == 409


@pytest.mark.case("Z11")
def test_a_doctor_elsewhere_reads_during_the_visit_what_is_final_and_not_sensitive(lab: Laboratory, town: Town, clock):
    plain = lab.send(town.wang, version()).json["id"]
    begun = lab.send(town.wang, version(state="preliminary")).json["id"]
    hiv = lab.send(town.wang, version({"code": "hiv-antibody", "text": "阴性"})).json["id"]
    worker = town.station_worker
    for path in (f"residents/{town.wang.id}/reports", f"reports/{plain}"):
        assert lab.see(path, worker).status_code == 404
    with transaction():
        recognised(town.wang, town.station)
    listed = lab.see(f"residents/{town.wang.id}/reports", worker).json["items"]
    assert [one["id"] for one in listed] == [plain]
    assert [lab.see(f"reports/{one}", worker).status_code for one in (plain, begun, hiv)] == [200, 404, 404]
    assert [lab.see(f"reports/{one}", town.wang).status_code for one in (plain, begun, hiv)] == [200, 404, 200]
    assert [lab.see(f"reports/{one}", town.doctor).status_code for one in (plain, begun, hiv)] == [200, 200, 200]
    clock.advance(hours=2)
    town.sign_in_again()
    assert lab.see(f"reports/{plain}", worker).status_code == 404


def test_sensitive_stays_sensitive_whatever_a_later_version_forgets(lab: Laboratory, town: Town):
    sent = lab.send(town.wang, version({"code": "hcg", "value": "25", "unit": "[IU]/L"})).json
    assert sent["sensitivity"] == "reproductive"
    later = version({"name": "人绒毛膜促性腺激素", "value": "25"}, state="corrected", reason="更名")
    assert lab.post(f"reports/{sent['id']}/versions", later).json["sensitivity"] == "reproductive"


def test_who_acts_for_another_reads_what_is_not_sensitive(lab: Laboratory, town: Town):
    from tests.house.test_authorization_matrix import _ground

    plain = lab.send(town.wang, version()).json["id"]
    hiv = lab.send(town.wang, version(sensitivity="hiv")).json["id"]
    assert lab.see(f"reports/{plain}", town.son).status_code == 404
    with transaction():
        _ground(town.son.id, town.wang.id, {"reports:read"})
    assert [lab.see(f"reports/{one}", town.son).status_code for one in (plain, hiv)] == [200, 404]
    listed = lab.see(f"residents/{town.wang.id}/reports", town.son).json["items"]
    assert [one["id"] for one in listed] == [plain]


def test_a_critical_value_is_told_once_and_somebody_says_what_they_did(lab: Laboratory, town: Town):
    first = lab.send(town.wang, version(potassium("6.8"), state="preliminary")).json
    lab.post(f"reports/{first['id']}/versions", version(potassium("6.8")))
    open_ones = f"institutions/{town.hospital}/critical-values"
    (told,) = lab.see(open_ones, town.doctor).json["items"]
    assert (told["value"], told["interpretation"], told["state"]) == ("6.8", "HH", "open")
    done = f"critical-values/{told['id']}/acknowledgements"
    assert lab.post(done, {"comment": " "}, town.doctor).status_code == 422, "somebody must have done something"
    assert lab.post(done, {"comment": "已通知"}, town.station_worker).status_code in (403, 404)
    acted = lab.post(done, {"comment": "已电话通知，立即复查"}, town.doctor).json
    assert (acted["state"], acted["comment"]) == ("acknowledged", "已电话通知，立即复查")
    again = lab.post(done, {"comment": "别的话"}, town.doctor)
    assert (again.status_code, again.json["state"]) == (409, "acknowledged")
    assert lab.see(open_ones, town.doctor).json["items"] == []
    fresh = lab.post(f"reports/{first['id']}/versions", version(potassium("7.1"), state="corrected", reason="复测"))
    assert fresh.status_code == 201
    assert [one["value"] for one in lab.see(open_ones, town.doctor).json["items"]] == ["7.1"]
    with transaction("read") as current:
        raised = current.query(Event).filter(Event.name == "critical-value.raised").count()
    assert raised == 2


def test_it_is_critical_if_either_side_says_so(lab: Laboratory, town: Town):
    lab.send(town.wang, version(potassium("2.5", interpretation="L"), potassium("5.5", interpretation="HH")))
    told = lab.see(f"institutions/{town.hospital}/critical-values", town.doctor).json["items"]
    assert sorted(one["value"] for one in told) == ["2.5", "5.5"]


def test_a_trend_has_every_institution_on_one_axis_where_that_is_exact(lab: Laboratory, town: Town, clock):
    reported(town.wang, town.hospital, service.Result(code="haemoglobin", value="120", unit="g/L"))
    clock.advance(days=1)
    reported(town.wang, town.station, service.Result(code="haemoglobin", value="11.9", unit="g/dL"))
    clock.advance(days=1)
    reported(town.wang, town.station, service.Result(code="haemoglobin", value="7.4", unit="mmol/L"))
    reported(town.wang, town.station, service.Result(code="haemoglobin", value="99", unit="g/L"), state="preliminary")
    reported(town.stranger, town.station, service.Result(code="haemoglobin", value="140", unit="g/L"))
    town.sign_in_again()
    shown = lab.see(f"residents/{town.wang.id}/trends?code=haemoglobin", town.wang).json
    assert shown["code"]["unit"] == "g/L"
    assert [(one["value"], one["number"]) for one in shown["items"]] == [("120", "120"), ("11.9", "119"), ("7.4", None)]
    assert {one["institution_id"] for one in shown["items"]} == {town.hospital, town.station}
    assert lab.see(f"residents/{town.wang.id}/trends?code=unheard-of", town.wang).status_code == 404


def test_bounds_are_those_of_the_age_at_which_the_sample_was_taken(lab: Laboratory, town: Town):
    """Seventeen years old: the list's bounds of haemoglobin are for adults, so nothing is said of it."""
    sent = version({"code": "haemoglobin", "value": "90", "unit": "g/L"})
    child = lab.send(town.child, sent).json["results"][0]["interpretation"]
    assert (child, lab.send(town.wang, sent).json["results"][0]["interpretation"]) == (None, "L")


def test_a_result_of_tomorrow_is_refused(lab: Laboratory, town: Town):
    ahead = (city.now() + timedelta(hours=1)).isoformat()
    refused = lab.send(town.wang, version() | {"effective_at": ahead})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/effective_at")


def test_the_database_itself_keeps_versions_as_they_were_sent(town: Town):
    reported(town.wang, town.hospital)
    for statement in ("UPDATE report_versions SET reason = 'x'", "DELETE FROM report_versions"):
        with pytest.raises(DatabaseError), transaction():
            session().execute(text(statement))


def test_a_list_costs_the_same_however_many_there_are(lab: Laboratory, town: Town, count_statements):
    def statements() -> int:
        with count_statements() as counted:
            assert lab.see(f"residents/{town.wang.id}/reports", town.wang).status_code == 200
        return len(counted)

    reported(town.wang, town.hospital)
    statements()
    few = statements()
    for _ in range(10):
        reported(town.wang, town.hospital)
    assert statements() == few
