"""Migrations make exactly the tables the code speaks of, and can be taken back, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import event, inspect, text
from sqlalchemy.exc import DBAPIError

from healthcode.core import db as core_db
from healthcode.core.db import APPEND_ONLY, Table, db, transaction
from tests.support.queues import booked, clinic


def test_the_database_is_what_the_models_say(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_a_migration_can_be_taken_back_and_made_again(app):
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    with transaction("read"):
        core_db.must_be_migrated()


def test_migrations_keep_what_is_there(app, client, town):
    """Up and down past everything younger than the first clinics, with a clinic and its slots in the tables."""
    slot_id = clinic(town.hospital)
    booked(slot_id, town.wang)
    downgrade(revision="0002_appointments")
    upgrade()
    with transaction("read") as current:
        kept = current.execute(text("SELECT taken, kept FROM slots")).tuples().all()
        assert kept == [(1, 0)]
        assert current.execute(text("SELECT more_due_on = from_on FROM schedules")).scalar(), "the worker looks again"


def made() -> str | None:
    """The last migration that was made whole."""
    with db.engine.connect() as connection:
        revision: str | None = MigrationContext.configure(connection).get_current_revision()
    return revision


class Stopped(Exception):
    """The machine stops in the middle of a migration."""


@pytest.mark.case("K5")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.98])
def test_a_migration_that_fails_half_way_leaves_nothing_and_is_made_again(app, share):
    """Near the beginning of all, in the middle, or just before the end: those before it stay, whole."""
    statements: list[str] = []
    stop_at: list[int] = []

    def count(_connection, _cursor, statement, *_more) -> None:
        statements.append(statement)
        if stop_at and len(statements) == stop_at[0]:
            raise Stopped

    downgrade(revision="base")
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        upgrade()
        stop_at.append(int(len(statements) * share))
        downgrade(revision="base")
        statements.clear()
        with pytest.raises(Stopped):
            upgrade()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert any("CREATE TABLE" in statement for statement in statements)
    left, revision = tables(), made()
    downgrade(revision="base")
    if revision is not None:
        upgrade(revision=revision)
    assert left == tables(), "one that failed left something behind"
    upgrade()
    with transaction("read"):
        core_db.must_be_migrated()


def test_a_database_without_tables_is_not_served(app, client):
    assert client.get("/readyz").status_code == 200
    downgrade(revision="base")
    not_ready = client.get("/readyz")
    assert (not_ready.status_code, "Retry-After" in not_ready.headers) == (503, True)


@pytest.mark.case("R9", "B4")
def test_the_database_itself_keeps_rows_as_they_are(app, client, town):
    """The application's own connection may write the trail and never touch it again."""
    client.get("/api/v1/me", headers=town.headers(town.wang))
    assert {"trail", "trail_leaves", "trail_nodes", "trail_heads"} <= APPEND_ONLY
    for deed in ("UPDATE trail SET outcome = 'opened'", "DELETE FROM trail"):
        with pytest.raises(DBAPIError, match="append-only"), transaction() as current:
            current.execute(text(deed))
    with transaction("read") as current:
        triggers = {
            "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'",
            "postgresql": "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
        }[db.engine.dialect.name]
        assert set(current.scalars(text(triggers))) >= APPEND_ONLY
