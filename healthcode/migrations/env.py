"""How migrations run: on the application's own engine, each in one transaction, on SQLite and PostgreSQL alike."""

from typing import Any

from alembic import context
from flask import current_app

from healthcode.core.db import Moment, Table

database = current_app.extensions["migrate"].db


def _plain(kind: str, found: Any, autogen: Any) -> str | bool:
    """Migrations must run for ever, so they name SQL's types and none of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(found, Moment) else False


def run() -> None:
    """Apply what is due. SQLite alters tables by copying them (batch mode); PostgreSQL's DDL is transactional."""
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Table.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=_plain,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
