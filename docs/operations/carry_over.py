"""Carry a town from SQLite over to an empty, migrated PostgreSQL, row by row, in one transaction.

    python -m docs.operations.carry_over sqlite:////srv/healthcode/healthcode.db postgresql+psycopg://…/healthcode

Stop `serve` and `work` first. Keys, checkpoints and settings stay where they are; only HEALTHCODE_DATABASE_URL changes.
Afterwards `healthcode trail verify` must say that the trail holds: its rows are hashed the same on both.
"""

import click
from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy import Table as SqlTable

from healthcode.core.db import Table
from healthcode.doors.cli.house import service

BATCH = 1_000  # rows


def carry_over(source: str, target: str) -> int:
    """Copy every row of every table; returns how many. Raises ClickException for a target that holds rows already."""
    rows = 0
    with create_engine(source).connect() as here, create_engine(target).begin() as there:
        filled = [table.name for table in Table.metadata.sorted_tables if _count(there, table)]
        if filled:
            raise click.ClickException(f"the target is not empty: {', '.join(filled)}")
        for table in Table.metadata.sorted_tables:
            rows += _copy(table, here, there)
    return rows


def _copy(table: SqlTable, here: Connection, there: Connection) -> int:
    """Rows may point at later rows of their own table: such columns are filled when all rows are there."""
    own = [column.name for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    copied = 0
    for some in here.execute(select(table)).mappings().partitions(BATCH):
        there.execute(table.insert(), [dict(row) | dict.fromkeys(own) for row in some])
        copied += len(some)
    for name in own:
        key, column = table.columns["id"], table.columns[name]
        for row_id, other in here.execute(select(key, column).where(column.is_not(None))):
            there.execute(table.update().where(key == row_id).values({name: other}))
    return copied


def _count(there: Connection, table: SqlTable) -> int:
    return there.execute(select(func.count()).select_from(table)).scalar_one()


@click.command()
@click.argument("source")
@click.argument("target")
def main(source: str, target: str) -> None:
    """Carry a town from SOURCE over to TARGET, both as SQLAlchemy writes them."""
    service()  # with the settings of the environment: assembling the service is what makes all tables known
    click.echo(f"{carry_over(source, target)} rows carried over")


if __name__ == "__main__":
    main()
