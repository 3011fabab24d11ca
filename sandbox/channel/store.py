"""Orders, refunds, callbacks and switches in one SQLite file, so that a kill forgets nothing that was answered."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

# What can be made to go wrong; the first is how it is.
CALLBACKS = (
    "normal", "lost", "late", "twice", "out-of-order",
    "forged-signature", "old-timestamp", "wrong-amount", "other-merchant", "other-currency",
)  # fmt: skip
ANSWERS = ("normal", "slow", "500", "half", "garbage")
REFUNDS = ("normal", "processing", "abnormal")
STATEMENTS = ("normal", "line-lost", "line-twice", "wrong-amount", "stranger")

_TABLES = """
CREATE TABLE IF NOT EXISTS orders (
    number TEXT PRIMARY KEY, about TEXT NOT NULL, amount_fen INTEGER NOT NULL, notify_url TEXT NOT NULL,
    expires INTEGER NOT NULL, state TEXT NOT NULL, code_url TEXT NOT NULL,
    transaction_id TEXT, paid_fen INTEGER, paid INTEGER
);
CREATE TABLE IF NOT EXISTS refunds (
    number TEXT PRIMARY KEY, order_number TEXT NOT NULL REFERENCES orders, refund_fen INTEGER NOT NULL,
    total_fen INTEGER NOT NULL, state TEXT NOT NULL, refund_id TEXT NOT NULL, made INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS callbacks (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event_type TEXT NOT NULL, url TEXT NOT NULL, made INTEGER NOT NULL,
    plain TEXT NOT NULL, fault TEXT NOT NULL, state TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

_SWITCHES: dict[str, Any] = {
    "callbacks": "normal", "answers": "normal", "refunds": "normal", "statements": "normal", "amount_off_fen": 0, "stopped_at": None,
}  # fmt: skip


class Store:
    """The file. Every use is a connection and a transaction of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self.open() as db:
            for statement in _TABLES.split(";"):
                db.execute(statement)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A transaction that writes; what raises inside undoes it."""
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()

    def switches(self) -> dict[str, Any]:
        with self.open() as db:
            found = db.execute("SELECT name, value FROM switches").fetchall()
        return _SWITCHES | {row["name"]: json.loads(row["value"]) for row in found}

    def switch(self, **values: Any) -> None:
        with self.open() as db:
            for name, value in values.items():
                db.execute("INSERT OR REPLACE INTO switches VALUES (?, ?)", (name, json.dumps(value)))

    def now(self) -> int:
        """Seconds since 1970, by the machine's clock or where it was stopped."""
        stopped = self.switches()["stopped_at"]
        return int(time.time() if stopped is None else stopped)


def written(seconds: int) -> str:
    """A moment as the channel writes it, in the city's zone."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZONE).isoformat()


def bounds(day: date) -> tuple[int, int]:
    """The first second of a day in the city, and the first one after it."""
    start = datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return int(start.timestamp()), int((start + timedelta(days=1)).timestamp())
