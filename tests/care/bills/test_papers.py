"""The itemised list on paper: who may have it, and that it says what the bill says."""

import pypdfium2
import zxingcpp
from flask.testing import FlaskClient

from tests.support.bills import draft, issued_bill
from tests.support.phones import new_deed
from tests.support.town import Person, Town

A = "/api/v1"


def paper(client: FlaskClient, town: Town, bill_id: str, by: Person, language: str = "zh") -> pypdfium2.PdfDocument:
    headers = town.headers(by) | {"Accept-Language": language}
    answer = client.get(f"{A}/bills/{bill_id}/itemised-list", headers=headers)
    assert answer.status_code == 200, answer.json
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="B2026')
    return pypdfium2.PdfDocument(answer.data)


def text_of(document: pypdfium2.PdfDocument) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def paid(client: FlaskClient, town: Town, bill_id: str) -> None:
    due = client.get(f"{A}/bills/{bill_id}", headers=town.headers(town.wang)).json["due_fen"]
    headers = town.headers(town.clerk) | new_deed()
    done = client.post(f"{A}/bills/{bill_id}/cash-payments", json={"amount_fen": due}, headers=headers)
    assert done.status_code == 201


def test_the_list_says_what_the_bill_says(client: FlaskClient, town: Town):
    bill_id = issued_bill(town.wang, town.hospital, blood_count=2, tumour_markers=1)
    bill = client.get(f"{A}/bills/{bill_id}", headers=town.headers(town.wang)).json
    said = text_of(paper(client, town, bill_id, town.wang))
    for wanted in ("费用清单", "晋江市医院", bill["number"], "2 次", "¥300.00", "还要付", "待付", "为什么要付这么多"):
        assert wanted in said
    assert all(line["name"] in said for line in bill["lines"])
    assert "王" not in said.replace("王*英", ""), "no more of the name than anybody else is shown"
    english = text_of(paper(client, town, bill_id, town.wang, "en"))
    assert "Itemised list of a bill" in english
    assert "Why you pay this" in english


def test_what_was_paid_stands_on_it_with_a_code_that_proves_it(client: FlaskClient, town: Town):
    bill_id = issued_bill(town.wang, town.hospital, tumour_markers=1)
    paid(client, town, bill_id)
    document = paper(client, town, bill_id, town.wang)
    (receipt,) = client.get(f"{A}/bills/{bill_id}/receipts", headers=town.headers(town.wang)).json["items"]
    assert receipt["number"] in text_of(document)
    found = [code.text for page in document for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    assert [one.partition("#")[0] for one in found] == ["http://localhost/receipt"]
    assert found[0].partition("#")[2].split(".")[1] == receipt["token"].split(".")[1], "the same claims"


def test_a_draft_is_nobodys_list(client: FlaskClient, town: Town):
    bill_id = draft(town.wang, town.hospital)
    answer = client.get(f"{A}/bills/{bill_id}/itemised-list", headers=town.headers(town.clerk))
    assert (answer.status_code, answer.json["state"]) == (409, "draft")


def test_nobody_else_has_it(client: FlaskClient, town: Town):
    bill_id = issued_bill(town.wang, town.hospital)
    answer = client.get(f"{A}/bills/{bill_id}/itemised-list", headers=town.headers(town.stranger))
    assert answer.status_code == 404
