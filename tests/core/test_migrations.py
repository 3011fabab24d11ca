"""Migrations make exactly the tables the code speaks of, and can be taken back, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from healthcode.core import db as core_db
from healthcode.core.db import APPEND_ONLY, Table, db, transaction


def test_the_database_is_what_the_models_say(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


@pytest.mark.case("K5")
def test_a_migration_can_be_taken_back_and_made_again(app):
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    with transaction("read"):
        core_db.must_be_migrated()


def test_a_database_without_tables_is_not_served(app, client):
    assert client.get("/readyz").status_code == 200
    downgrade(revision="base")
    not_ready = client.get("/readyz")
    assert not_ready.status_code in (500, 503)


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
