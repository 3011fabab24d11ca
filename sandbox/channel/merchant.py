"""What the merchant asks: orders, refunds, the day's statement."""

import csv
import io
import re
import secrets
import sqlite3
import urllib.parse
from datetime import date, datetime
from typing import Any

from flask import Flask, Response, request

from sandbox.channel.callbacks import Teller, note
from sandbox.channel.keys import Keys
from sandbox.channel.store import Store, bounds, written

_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,32}")
_REFUND_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STATES = {"waiting": "NOTPAY", "paid": "SUCCESS", "closed": "CLOSED", "declined": "PAYERROR"}
_REFUND_STATES = {"succeeded": "SUCCESS", "processing": "PROCESSING", "abnormal": "ABNORMAL"}


class Refused(Exception):
    """An answer that is no: the HTTP status, and the channel's own code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def add_doors(app: Flask, store: Store, keys: Keys, teller: Teller) -> None:
    """All doors below /v3."""
    _add_orders(app, store, keys)
    _add_refunds(app, store, keys, teller)


def _add_orders(app: Flask, store: Store, keys: Keys) -> None:
    @app.post("/v3/pay/transactions/native")
    def create() -> dict[str, str]:
        asked = _asked(keys)
        number, fen = _number(asked.get("out_trade_no")), _fen(asked, "total")
        try:
            expires = int(datetime.fromisoformat(asked["time_expire"]).timestamp())
            row = (number, str(asked["description"]), fen, _address(asked["notify_url"]), expires)
        except (KeyError, TypeError, ValueError):
            raise Refused(400, "PARAM_ERROR") from None
        with store.open() as db:
            return {"code_url": _create(db, row, f"{request.host_url}sandbox/payer/{number}")}

    @app.get("/v3/pay/transactions/out-trade-no/<number>")
    def query(number: str) -> dict[str, Any]:
        if request.args.get("mchid") != keys.merchant:
            raise Refused(400, "PARAM_ERROR")
        with store.open() as db:
            order = order_of(db, number)
            is_refunded = db.execute("SELECT 1 FROM refunds WHERE order_number = ?", (number,)).fetchone()
        told = transaction(order, keys.merchant)
        if order["state"] == "paid" and is_refunded:
            told["trade_state"] = "REFUND"
        elif order["state"] == "waiting" and order["expires"] <= store.now():
            told["trade_state"] = "CLOSED"
        return told

    @app.post("/v3/pay/transactions/out-trade-no/<number>/close")
    def close(number: str) -> tuple[str, int]:
        _asked(keys)
        with store.open() as db:
            if order_of(db, number)["state"] == "paid":
                raise Refused(400, "ORDERPAID")
            db.execute("UPDATE orders SET state = 'closed' WHERE number = ?", (number,))
        return "", 204


def _add_refunds(app: Flask, store: Store, keys: Keys, teller: Teller) -> None:
    @app.post("/v3/refund/domestic/refunds")
    def refund() -> dict[str, Any]:
        told = _refund(store, keys, request.get_json())
        teller.wake()
        return told

    @app.get("/v3/refund/domestic/refunds/<number>")
    def query_refund(number: str) -> dict[str, Any]:
        with store.open() as db:
            row = db.execute("SELECT * FROM refunds WHERE number = ?", (number,)).fetchone()
            if row is None:
                raise Refused(404, "RESOURCE_NOT_EXISTS")
            return _refund_told(db, row)

    @app.get("/v3/bill/tradebill")
    def statement() -> Response:
        try:
            day = date.fromisoformat(request.args["bill_date"])
        except (KeyError, ValueError):
            raise Refused(400, "PARAM_ERROR") from None
        if request.args.get("bill_type") != "ALL":
            raise Refused(400, "PARAM_ERROR")
        fault = store.switches()["statements"]
        with store.open() as db:
            return Response(_statement(db, day, fault), mimetype="text/csv")


def _create(db: sqlite3.Connection, row: tuple[str, str, int, str, int], code_url: str) -> str:
    """The same order asked for again is the same code; another one under its number is refused."""
    there = db.execute("SELECT * FROM orders WHERE number = ?", row[:1]).fetchone()
    if there is None:
        db.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, 'waiting', ?, NULL, NULL, NULL)", (*row, code_url))
        return code_url
    if there["state"] == "paid":
        raise Refused(400, "ORDERPAID")
    if there["state"] == "closed":
        raise Refused(400, "ORDER_CLOSED")
    if tuple(there)[:5] != row:
        raise Refused(403, "OUT_TRADE_NO_USED")
    return str(there["code_url"])


def _refund(store: Store, keys: Keys, asked: dict[str, Any]) -> dict[str, Any]:
    number, order_number = asked.get("out_refund_no"), _number(asked.get("out_trade_no"))
    refund_fen, total_fen = _fen(asked, "refund"), _fen(asked, "total")
    if not isinstance(number, str) or not _REFUND_NUMBER.fullmatch(number):
        raise Refused(400, "PARAM_ERROR")
    switches, now = store.switches(), store.now()
    with store.open() as db:
        order = order_of(db, order_number)
        there = db.execute("SELECT * FROM refunds WHERE number = ?", (number,)).fetchone()
        if there is not None:
            if tuple(there)[1:4] != (order_number, refund_fen, total_fen):
                raise Refused(400, "INVALID_REQUEST")
            return _refund_told(db, there)
        gone = "SELECT coalesce(sum(refund_fen), 0) FROM refunds WHERE order_number = ? AND state != 'abnormal'"
        refunded_fen = db.execute(gone, (order_number,)).fetchone()[0]
        if order["state"] != "paid" or order["paid_fen"] != total_fen:
            raise Refused(400, "INVALID_REQUEST")
        if refunded_fen + refund_fen > order["paid_fen"]:
            raise Refused(403, "NOT_ENOUGH")
        state = {"normal": "succeeded"}.get(switches["refunds"], switches["refunds"])
        row = (number, order_number, refund_fen, total_fen, state, f"50{secrets.randbelow(10**26):026d}", now)
        db.execute("INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        made = db.execute("SELECT * FROM refunds WHERE number = ?", (number,)).fetchone()
        told = _refund_told(db, made)
        if state != "processing":
            event = "REFUND.SUCCESS" if state == "succeeded" else "REFUND.ABNORMAL"
            plain = {name: value for name, value in told.items() if name != "status"}
            plain |= {"mchid": keys.merchant, "refund_status": told["status"]}
            note(db, event, order["notify_url"], plain, now, switches["callbacks"])
        return told | {"status": "PROCESSING"}


def _refund_told(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    told = {
        "refund_id": row["refund_id"],
        "out_refund_no": row["number"],
        "transaction_id": order_of(db, row["order_number"])["transaction_id"],
        "out_trade_no": row["order_number"],
        "create_time": written(row["made"]),
        "status": _REFUND_STATES[row["state"]],
        "amount": {"total": row["total_fen"], "refund": row["refund_fen"], "currency": "CNY"},
    }
    return told | ({"success_time": written(row["made"])} if row["state"] == "succeeded" else {})


def order_of(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    """An order by the merchant's number. Raises Refused."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM orders WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused(404, "ORDER_NOT_EXIST")
    return row


def transaction(order: sqlite3.Row, merchant: str) -> dict[str, Any]:
    """An order as queries and callbacks show it."""
    fen = order["amount_fen"] if order["paid_fen"] is None else order["paid_fen"]
    told = {
        "mchid": merchant,
        "out_trade_no": order["number"],
        "trade_type": "NATIVE",
        "trade_state": _STATES[order["state"]],
        "amount": {"total": fen, "payer_total": fen, "currency": "CNY", "payer_currency": "CNY"},
    }
    if order["state"] != "paid":
        return told
    return told | {"transaction_id": order["transaction_id"], "success_time": written(order["paid"])}


def _statement(db: sqlite3.Connection, day: date, fault: str) -> str:
    """A line for every payment and refund of the day in the city: what, our number, theirs, fen, when.

    A fault is of its last line: lost, there twice, of a fen less, or followed by one that nobody ordered.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["kind", "number", "provider_id", "amount_fen", "at"])
    rows = db.execute(
        "SELECT 'payment', number, transaction_id, paid_fen, paid AS at FROM orders WHERE paid >= ?1 AND paid < ?2 "
        "UNION ALL SELECT 'refund', number, refund_id, refund_fen, made AS at FROM refunds "
        "WHERE state = 'succeeded' AND made >= ?1 AND made < ?2 ORDER BY at",
        bounds(day),
    )
    told = [[*row[:4], written(row[4])] for row in rows]
    last = told[-1:]
    match fault:
        case "line-lost":
            told = told[:-1]
        case "line-twice":
            told += last
        case "wrong-amount":
            told[-1:] = [[*one[:3], one[3] - 1, one[4]] for one in last]
        case "stranger":
            told += [[one[0], f"STRANGER-{one[2][-8:]}", f"9{one[2][1:]}", one[3], one[4]] for one in last]
    lines.writerows(told)
    return text.getvalue()


def _asked(keys: Keys) -> dict[str, Any]:
    asked: dict[str, Any] = request.get_json()
    if asked.get("mchid") != keys.merchant:
        raise Refused(400, "PARAM_ERROR")
    return asked


def _number(value: Any) -> str:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise Refused(400, "PARAM_ERROR")
    return value


def _address(url: str) -> str:
    """Raises ValueError for what callbacks cannot be sent to."""
    address = urllib.parse.urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname or (address.port or 1) < 1:
        raise ValueError
    return url


def _fen(asked: dict[str, Any], name: str) -> int:
    amount = asked.get("amount")
    if not isinstance(amount, dict) or amount.get("currency", "CNY") != "CNY":
        raise Refused(400, "PARAM_ERROR")
    fen = amount.get(name)
    if type(fen) is not int or not 0 < fen <= 10**12:
        raise Refused(400, "PARAM_ERROR")
    return fen
