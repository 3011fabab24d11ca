"""What the channel tells the merchant by itself, from a thread of its own, and the ways in which that goes wrong."""

import http.client
import json
import sqlite3
import threading
import urllib.parse
import uuid
from typing import Any

from sandbox.channel.keys import Keys, new_key
from sandbox.channel.store import Store, written

_HELD = ("lost", "late", "out-of-order")
_OLD_SECONDS = 600
_PATIENCE = 5  # seconds for the merchant to answer


def note(db: sqlite3.Connection, event_type: str, url: str, plain: dict[str, Any], at: int, fault: str) -> None:
    """Put a callback beside the fact that it tells of."""
    db.execute(
        "INSERT INTO callbacks (id, event_type, url, made, plain, fault, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            str(uuid.uuid4()), event_type, url, at, json.dumps(_bent(plain, fault), ensure_ascii=False), fault,
            "held" if fault in _HELD else "waiting",
        ),
    )  # fmt: skip


def _bent(plain: dict[str, Any], fault: str) -> dict[str, Any]:
    amount = dict(plain["amount"])
    if fault == "wrong-amount":
        name = "refund" if "refund" in amount else "total"
        amount[name] += 1
    if fault == "other-currency":
        amount["currency"] = "USD"
    merchant = "1999999999" if fault == "other-merchant" else plain["mchid"]
    return plain | {"amount": amount, "mchid": merchant}


class Teller:
    """Sends what waits, oldest first. What is not taken is held until `release`."""

    def __init__(self, store: Store, keys: Keys, notify: str | None) -> None:
        self._store, self._keys, self._notify = store, keys, notify
        self._forger = new_key()
        self._news = threading.Event()

    def start(self) -> None:
        self._news.set()
        threading.Thread(target=self._run, daemon=True, name="callbacks").start()

    def wake(self) -> None:
        self._news.set()

    def release(self, everything: bool) -> int:
        """Send what is held, or all there ever was once more; those out of order newest first. Returns how many."""
        with self._store.open() as db:
            which = "state IN ('held', 'sent')" if everything else "state = 'held'"
            rows = db.execute(f"SELECT * FROM callbacks WHERE {which} ORDER BY seq").fetchall()  # noqa: S608  # ours
            if any(row["fault"] == "out-of-order" for row in rows):
                rows.reverse()
        for row in rows:
            self._send(row)
        return len(rows)

    def _run(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            with self._store.open() as db:
                rows = db.execute("SELECT * FROM callbacks WHERE state = 'waiting' ORDER BY seq").fetchall()
            for row in rows:
                self._send(row)
                if row["fault"] == "twice":
                    self._send(row)

    def _send(self, row: sqlite3.Row) -> None:
        at = self._store.now() - (_OLD_SECONDS if row["fault"] == "old-timestamp" else 0)
        about = "refund" if row["event_type"].startswith("REFUND") else "transaction"
        told = {
            "id": row["id"],
            "create_time": written(row["made"]),
            "resource_type": "encrypt-resource",
            "event_type": row["event_type"],
            "summary": "退款" if about == "refund" else "支付成功",
            "resource": self._keys.seal(row["plain"].encode(), about),
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        key = self._forger if row["fault"] == "forged-signature" else None
        is_taken = _post(self._notify or row["url"], body, self._keys.headers(body, at, key=key))
        with self._store.open() as db:
            state = ("sent" if is_taken else "held", row["seq"])
            db.execute("UPDATE callbacks SET state = ?, sent = sent + 1 WHERE seq = ?", state)


def _post(url: str, body: bytes, headers: dict[str, str]) -> bool:
    """Whether the merchant took it: any 2xx."""
    address = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port or kind.default_port, timeout=_PATIENCE)
    try:
        connection.request("POST", address.path or "/", body, {"Content-Type": "application/json"} | headers)
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
