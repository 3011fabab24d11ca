"""What every test may ask for: the assembled service on either database, a stopped clock, and a small town."""

import base64
import contextlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from config import Settings
from healthcode import create_app
from healthcode.care.bills import channels
from healthcode.core import clock as core_clock
from healthcode.core import rates
from healthcode.core.db import db
from tests.support import announced
from tests.support.chromium import browser, phone
from tests.support.databases import another_postgres, database, postgres, postgres_template, sqlite_template
from tests.support.town import Town, found_town

__all__ = ["another_postgres", "browser", "database", "phone", "postgres", "postgres_template", "sqlite_template"]

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine o'clock on a Monday in the city
MASTER_KEYS = {"test-1": bytes(range(32))}
INDEX_KEY = bytes(range(32, 64))


def settings_for(url: str, folder: Path) -> Settings:
    """Settings of a test's service: quick passwords, no limit on how often a test may ask."""
    return Settings(
        database_url=url,
        folder=folder,
        master_keys=MASTER_KEYS,
        index_key=INDEX_KEY,
        environment="test",
        sms="development",
        argon2_memory_kib=64,
        pool_size=8,
        rate_factor=1000,
    )


@pytest.fixture(scope="session")
def prepare(tmp_path_factory: pytest.TempPathFactory):
    """Turn an empty database into one of ours, by the migrations themselves."""

    def migrate(url: str) -> None:
        from flask_migrate import upgrade

        app = create_app(settings_for(url, tmp_path_factory.mktemp("migrating")))
        with app.app_context():
            upgrade()
            db.engine.dispose()

    return migrate


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a whole keyring, made once and copied for each test."""
    from healthcode.core.keyring import Keyring
    from healthcode.core.secrets import Vault

    core_clock.freeze(MORNING)
    folder = tmp_path_factory.mktemp("keys")
    Keyring(folder, Vault(MASTER_KEYS, INDEX_KEY)).ensure()
    core_clock.thaw()
    return folder


@pytest.fixture
def clock() -> Iterator[object]:
    """The city's clock, stopped on a Monday morning: `clock.advance(seconds=61)`."""
    core_clock.freeze(MORNING)
    yield core_clock
    core_clock.thaw()


@pytest.fixture(autouse=True)
def only_its_own_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone when it ends: they are a process's, and the next test has other ones."""
    monkeypatch.setattr(channels, "_channels", dict(channels._channels))


@pytest.fixture
def settings(database: str, keys: Path, tmp_path: Path) -> Settings:
    shutil.copytree(keys, tmp_path / "var" / "keys", dirs_exist_ok=True)
    return settings_for(database, tmp_path / "var")


@pytest.fixture
def app(settings: Settings, clock: object) -> Iterator[Flask]:
    """The service, on SQLite and on PostgreSQL in turn; an application context is open.

    No answer of it may be one that the API's document does not announce.
    """
    app = create_app(settings)
    unannounced = announced.listen(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    assert unannounced == []


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def town(app: Flask) -> Town:
    """A hospital, a station, the people who work there, their scanners, and a family."""
    return found_town(app)


@pytest.fixture
def count_statements(app: Flask):
    """`with count_statements() as seen:` collects the statements that reach the database, BEGIN and COMMIT left out."""

    @contextlib.contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def strict_rates(settings: Settings) -> Iterator[None]:
    """The rates as they are in the city, for tests that mean them."""
    rates.configure(1)
    yield
    rates.configure(settings.rate_factor)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first: with two workers the suite then ends for both at nearly the same time."""
    items.sort(key=lambda item: item.get_closest_marker("proof") is None)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
