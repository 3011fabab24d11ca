"""Who looked at my data: everybody, also the refused and the automatic, in words; and nobody else's."""

import pytest

from healthcode.core.db import session, transaction
from healthcode.core.trail import TrailRow


def looked(client, town, person, **asked):
    answer = client.get(f"/api/v1/residents/{person.id}/accesses", query_string=asked, headers=town.headers(person))
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.mark.case("R14")
def test_she_reads_who_looked_where_and_why(client, town, clock):
    phone = town.phone(town.wang)
    phone.fetch(client)
    clock.advance(seconds=1)
    town.hospital_scanner.read(client, phone.show())
    clock.advance(seconds=1)
    client.get(f"/api/v1/residents/{town.wang.id}", headers=town.headers(town.doctor))
    clock.advance(seconds=1)
    newest = looked(client, town, town.wang)["items"]
    assert (newest[0]["what"], newest[0]["who"], newest[0]["where"]) == ("查看档案", "工作人员", "晋江市医院")
    assert [one["what"] for one in newest[1:]] == ["扫码核验", "在手机上领取了码"]
    assert newest[2]["who"] == "本人"
    clock.advance(seconds=1)
    english = client.get(
        f"/api/v1/residents/{town.wang.id}/accesses", headers=town.headers(town.wang) | {"Accept-Language": "en"}
    ).json["items"]
    assert english[0]["what"] == "Looked at who looked"


@pytest.mark.case("R14", "Z11")
def test_a_refused_try_is_there_too(client, town):
    assert client.get(f"/api/v1/residents/{town.wang.id}", headers=town.headers(town.far_clerk)).status_code == 404
    tried = looked(client, town, town.wang)["items"][0]
    assert tried["what"] == "查看档案（未成功）"
    assert tried["where"] == "金井镇卫生站"


def test_reading_it_is_on_it(client, town):
    looked(client, town, town.wang)
    assert looked(client, town, town.wang)["items"][0]["what"] == "查看访问记录"


@pytest.mark.case("Z5")
def test_what_her_son_did_is_told_apart(client, town, clock):
    from tests.trust.family.test_family import granted

    granted(client, town)
    clock.advance(seconds=1)
    town.phone(town.son).fetch(client, for_resident=town.wang.id)
    row = looked(client, town, town.wang)["items"][0]
    assert (row["who"], row["what"]) == ("代办人", "在手机上领取了码")
    assert client.get(f"/api/v1/residents/{town.wang.id}/accesses", headers=town.headers(town.son)).status_code == 404


def test_pages_follow_each_other(client, town):
    for _ in range(5):
        looked(client, town, town.wang)
    first = looked(client, town, town.wang, limit=2)
    second = looked(client, town, town.wang, limit=2, after=first["next"])
    assert len(first["items"]) == len(second["items"]) == 2
    assert first["items"][-1]["at"] >= second["items"][0]["at"]
    assert looked(client, town, town.stranger)["items"] == []


@pytest.mark.case("R14")
def test_an_auditor_reads_ids_and_codes_and_no_names(client, town, clock):
    town.visit(client, town.wang, town.hospital_scanner)
    answer = client.get(
        "/api/v1/trail", query_string={"since": "2026-11-23T00:00:00Z"}, headers=town.headers(town.auditor)
    )
    assert answer.status_code == 200
    assert {"codes.issue_passes", "codes.verify"} <= {row["door"] for row in answer.json["items"]}
    assert "王" not in answer.text
    narrowed = client.get(
        "/api/v1/trail",
        query_string={"since": "2026-11-23T00:00:00Z", "institution_id": town.far_station},
        headers=town.headers(town.auditor),
    )
    assert narrowed.json["items"] == []


@pytest.mark.case("K16")
def test_an_auditor_asks_for_a_month_at_most(client, town):
    asked = {"since": "1926-11-23T00:00:00Z", "until": "2026-11-23T00:00:00Z"}
    answer = client.get("/api/v1/trail", query_string=asked, headers=town.headers(town.auditor))
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/since")


@pytest.mark.case("I9", "R14")
def test_no_personal_data_leaves_without_a_row(client, town):
    """Every answer about her that left has its row, with the request's own id."""
    asked = [
        client.get(f"/api/v1/residents/{town.wang.id}", headers=town.headers(town.wang)),
        client.get(f"/api/v1/residents/{town.wang.id}/codes", headers=town.headers(town.wang)),
        client.get(f"/api/v1/residents/{town.wang.id}", headers=town.headers(town.stranger)),
    ]
    with transaction("read"):
        kept = {row.request_id: row for row in session().query(TrailRow)}
    for answer in asked:
        row = kept[answer.headers["X-Request-Id"]]
        assert (row.resident_id, row.status) == (town.wang.id, answer.status_code)
