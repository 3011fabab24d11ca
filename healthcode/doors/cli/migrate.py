"""`healthcode migrate`."""

import click

from healthcode.doors.cli.house import service


@click.command()
def migrate() -> None:
    """Bring the database to this version's tables. Safe to repeat."""
    from flask_migrate import upgrade

    with service().app_context():
        upgrade()
    click.echo("the database has this version's tables")
