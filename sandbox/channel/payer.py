"""The person with the phone: pays, or cannot."""

import secrets

from flask import Flask, render_template_string

from sandbox.channel.callbacks import Teller, note
from sandbox.channel.keys import Keys
from sandbox.channel.merchant import Refused, order_of, transaction
from sandbox.channel.store import Store

_PAGE = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>试用支付渠道 · Trial payment channel</title>
<h1>¥{{ yuan }}</h1>
<p>{{ order["about"] }}</p>
<p>试用支付渠道，不会动用真钱。<br>A payment channel for trying things out: no money moves.</p>
{% if order["state"] in ("waiting", "declined") %}
<form method="post" action="/sandbox/pay/{{ order["number"] }}"><button>付款 · Pay</button></form>
<form method="post" action="/sandbox/decline/{{ order["number"] }}"><button>拒绝 · Decline</button></form>
{% else %}<p>{{ order["state"] }}</p>{% endif %}
"""


def add_doors(app: Flask, store: Store, keys: Keys, teller: Teller) -> None:
    """`/sandbox/payer/{number}`, where a code leads, and the two answers `/sandbox/pay/{number}` and `/sandbox/decline/{number}`."""

    @app.get("/sandbox/payer/<number>")
    def look(number: str) -> str:
        with store.open() as db:
            order = order_of(db, number)
        return render_template_string(
            _PAGE, order=order, yuan=f"{order['amount_fen'] // 100}.{order['amount_fen'] % 100:02}"
        )

    @app.post("/sandbox/pay/<number>")
    def pay(number: str) -> dict[str, str]:
        switches, now = store.switches(), store.now()
        with store.open() as db:
            order = order_of(db, number)
            if order["state"] not in ("waiting", "declined") or order["expires"] <= now:
                raise Refused(409, "ORDER_CLOSED" if order["state"] != "paid" else "ORDERPAID")
            paid_fen = max(order["amount_fen"] + switches["amount_off_fen"], 1)
            row = (f"42{secrets.randbelow(10**26):026d}", paid_fen, now, number)
            db.execute(
                "UPDATE orders SET state = 'paid', transaction_id = ?, paid_fen = ?, paid = ? WHERE number = ?", row
            )
            order = order_of(db, number)
            plain = transaction(order, keys.merchant)
            note(db, "TRANSACTION.SUCCESS", order["notify_url"], plain, now, switches["callbacks"])
        teller.wake()
        return {"transaction_id": order["transaction_id"]}

    @app.post("/sandbox/decline/<number>")
    def decline(number: str) -> dict[str, str]:
        with store.open() as db:
            if order_of(db, number)["state"] not in ("waiting", "declined"):
                raise Refused(409, "ORDER_CLOSED")
            db.execute("UPDATE orders SET state = 'declined' WHERE number = ?", (number,))
        return {"state": "declined"}
