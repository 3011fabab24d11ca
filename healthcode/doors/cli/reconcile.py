"""`healthcode reconcile`: does a payment channel's day say what our books say?"""

import os
from datetime import date, datetime
from pathlib import Path

import click
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from healthcode.doors.cli.house import service


@click.command()
@click.option("--channel", required=True, help="The payment channel's name.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="A day of the city.")
@click.option(
    "--file",
    "statement",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A statement at hand, in the form of the channel's; without it the channel is asked.",
)
def reconcile(channel: str, day: datetime, statement: Path | None) -> None:
    """Compare a channel's day with our books; ends with 1 if it could not be compared."""
    from healthcode.care.bills import channels
    from healthcode.care.bills.reconciling import service as reconciling

    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with service().app_context(), Progress(*columns, transient=True) as progress:
        task = progress.add_task("statement lines", total=None)
        lines = channels.read_statement(statement.open("rb")) if statement is not None else None
        try:
            reconciling.reconcile(
                channel, day.date(), statement=lines, progress=lambda count: progress.update(task, completed=count)
            )
        except channels.NoSuchChannel:
            raise click.ClickException(f"no channel is called {channel}") from None
        shown = reconciling.of_day(channel, day.date())
    click.echo(_table(shown.counts, day.date(), channel))
    if shown.why is not None:
        raise click.ClickException(shown.why)


def _table(counts: dict[str, int], day: date, channel: str) -> str:
    return os.linesep.join(
        [f"{channel} {day.isoformat()}", *(f"{name:>16} {count:>12,}" for name, count in counts.items())]
    )
