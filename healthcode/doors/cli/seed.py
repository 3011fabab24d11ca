"""`healthcode seed`."""

import click

from healthcode.doors.cli.house import service


@click.command()
@click.option("--town", type=click.Choice(["jinjiang", "taiyuan"]), default="jinjiang", show_default=True)
@click.option(
    "--residents", default=2_000, show_default=True, help="How many fictitious residents, beside the named ones."
)
@click.option("--whole", is_flag=True, help="With the small institutions that no list names (Taiyuan: 2,831 in all).")
@click.option("--invented-people-in-production", "is_meant", is_flag=True, help="Plant it all the same.")
def seed(town: str, residents: int, whole: bool, is_meant: bool) -> None:
    """Plant a model town, with people who were invented, into an empty, migrated database."""
    from healthcode.core.db import transaction
    from healthcode.doors.cli import planting
    from healthcode.registry.institutions import service as institutions

    app = service()
    if app.config["SETTINGS"].environment == "production" and not is_meant:
        raise click.ClickException(
            "this is a production environment, and a model town has invented residents and staff who can sign in; "
            "if that is what you want, say --invented-people-in-production"
        )
    with app.app_context():
        with transaction("read"):
            if institutions.are_there():
                raise click.ClickException("there is a town in this database already; seed an empty one")
        planting.plant(town, residents, whole=whole)
    click.echo(f"{town} is planted")
