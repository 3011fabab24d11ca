"""Receipts: one for each payment, with a number, and a text that anybody proves by the published keys alone."""

import jwt
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from healthcode.core import keyring as rings
from healthcode.core import signing
from healthcode.core.db import transaction
from tests.support.tills import OWN, Till

KEYS = "/.well-known/healthcode/keys"


def receipts(till: Till, by=None) -> list[dict]:
    answer = till.get(f"bills/{till.bill}/receipts", by)
    assert answer.status_code == 200, answer.json
    found: list[dict] = answer.json["items"]
    return found


def paid(till: Till) -> dict:
    till.cash()
    (one,) = receipts(till)
    return one


def published(till: Till) -> dict[str, dict]:
    statement = till.client.get(KEYS).text
    claims = jwt.decode(statement, options={"verify_signature": False})
    return {key["kid"]: key for key in claims["keys"] if key["use"] == "receipt"}


def proved(token: str, keys: dict[str, dict]) -> dict:
    """As somebody else's program would, knowing nothing of ours but the key set (RFC 7515, RFC 7517)."""
    key = jwt.PyJWK(keys[jwt.get_unverified_header(token)["kid"]])
    claims: dict = jwt.decode(token, key.key, algorithms=["ES256"], options={"verify_exp": False, "verify_iat": False})
    return claims


def test_what_was_paid_has_a_receipt_that_others_can_prove(till: Till):
    assert receipts(till) == []
    one = paid(till)
    assert (one["amount_fen"], one["channel"]) == (OWN, "cash")
    assert one["number"].startswith("S20261123-")
    claims = proved(one["token"], published(till))
    said = {name: claims[name] for name in ("number", "bill", "amount_fen", "currency", "channel", "institution")}
    assert said == {
        "number": one["number"], "bill": one["bill_number"], "amount_fen": OWN, "currency": "CNY",
        "channel": "cash", "institution": "晋江市医院",
    }  # fmt: skip
    assert claims["exp"] - claims["iat"] > 10 * 365 * 86400
    assert not {"resident_id", "name", "sub"} & set(claims), "whose it is, is nobody's who reads it"


def test_a_changed_receipt_is_not_proved(till: Till):
    token, keys = paid(till)["token"], published(till)
    head, body, signature = token.split(".")
    flipped = body[:-2] + ("A" if body[-2] != "A" else "B") + body[-1]
    with pytest.raises(jwt.InvalidSignatureError):
        proved(f"{head}.{flipped}.{signature}", keys)


def test_a_receipt_is_proved_in_ten_years_by_a_key_that_signs_no_more(till: Till, clock):
    token, ring = paid(till)["token"], signing.keyring()
    clock.advance(days=30)
    ring.rotate("receipt")
    kid = jwt.get_unverified_header(token)["kid"]
    assert ring.signer("receipt").kid != kid
    clock.advance(days=9 * 365)
    claims = signing.read(token, use="receipt", typ="healthcode-receipt+jwt")
    assert claims["amount_fen"] == OWN
    assert kid in {key["kid"] for key in ring.published()}
    assert rings.USES[-1] == "receipt"


def test_who_does_not_pay_the_bill_sees_no_receipt(till: Till, town):
    paid(till)
    assert till.get(f"bills/{till.bill}/receipts", town.stranger).status_code == 404
    assert till.get(f"bills/{till.bill}/receipts", till.far_cashier).status_code == 404
    assert len(receipts(till, till.cashier)) == 1


def test_what_goes_back_leaves_the_receipt_as_it_is(till: Till):
    before = paid(till)
    till.give_back(1000)
    (after,) = receipts(till)
    assert (after["number"], after["amount_fen"]) == (before["number"], OWN)


@pytest.mark.case("M15")
def test_the_database_keeps_receipts_as_they_were_written(till: Till):
    paid(till)
    for change in ("UPDATE receipts SET amount_fen = 1", "DELETE FROM receipts"):
        with pytest.raises(DBAPIError), transaction() as current:
            current.execute(text(change))
