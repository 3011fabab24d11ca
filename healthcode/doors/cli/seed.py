"""`healthcode seed`."""

import click

from healthcode.doors.cli.house import service


@click.command()
@click.option("--town", type=click.Choice(["jinjiang", "taiyuan"]), default="jinjiang", show_default=True)
@click.option(
    "--residents", default=2_000, show_default=True, help="How many fictitious residents, beside the named ones."
)
@click.option("--whole", is_flag=True, help="With the small institutions that no list names (Taiyuan: 2,831 in all).")
def seed(town: str, residents: int, whole: bool) -> None:
    """Plant a model town into an empty, migrated database."""
    from healthcode.core.db import transaction
    from healthcode.doors.cli import planting
    from healthcode.registry.institutions import service as institutions

    with service().app_context():
        with transaction("read"):
            if institutions.are_there():
                raise click.ClickException("there is a town in this database already; seed an empty one")
        planting.plant(town, residents, whole=whole)
    click.echo(f"{town} is planted")
