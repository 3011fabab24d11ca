"""How migrations run: on the application's own engine, each in one transaction, on SQLite and PostgreSQL alike."""

from alembic import context
from flask import current_app

from healthcode.core.db import Table

database = current_app.extensions["migrate"].db


def run() -> None:
    """Apply what is due. SQLite alters tables by copying them (batch mode); PostgreSQL's DDL is transactional."""
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Table.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
