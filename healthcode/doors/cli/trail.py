"""`healthcode trail`: is the record of who looked whole?"""

import json
from dataclasses import asdict
from pathlib import Path

import click

from healthcode.doors.cli.house import service


@click.group()
def trail() -> None:
    """Verify the trail, and prove that a row is in it."""


@trail.command()
@click.option(
    "--checkpoints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Signed heads kept elsewhere; finds a tail that was rewritten with right hashes.",
)
def verify(checkpoints: Path | None) -> None:
    """Read the whole trail again; end with 1 and name the first broken row if it does not hold."""
    from healthcode.core import sealing

    with service().app_context():
        verdict = sealing.verify(checkpoints)
    if verdict.broken is not None:
        raise click.ClickException(verdict.broken)
    click.echo(f"the trail holds: {verdict.sealed} rows sealed, {verdict.unsealed} waiting for the next head")


@trail.command()
@click.argument("trail_id")
def prove(trail_id: str) -> None:
    """Print the proof that a row is in the trail, checkable with the published key set alone."""
    from healthcode.core import ids, sealing

    with service().app_context():
        proof = sealing.prove(trail_id) if ids.is_id(trail_id) else None
    if proof is None:
        raise click.ClickException("there is no sealed row of that id")
    click.echo(json.dumps(asdict(proof), ensure_ascii=False, indent=1))


@trail.command()
def seal() -> None:
    """Seal what waits now, without waiting for the worker's minute."""
    from healthcode.core import sealing

    with service().app_context():
        click.echo(f"{sealing.seal()} rows sealed")
