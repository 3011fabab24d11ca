"""`healthcode run`: the model town at a local address, from nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from healthcode.doors.cli.house import model_settings, service


@click.command()
@click.option("--port", default=8700, show_default=True)
@click.option("--residents", default=2_000, show_default=True, help="How many people the town has when it is planted.")
def run(port: int, residents: int) -> None:
    """Set up the model town if it is not there yet, serve it, and print the way in."""
    from flask_migrate import upgrade

    from healthcode.doors import server
    from healthcode.doors.cli import planting

    os.environ["HEALTHCODE_PUBLIC_URL"] = address = f"http://127.0.0.1:{port}"
    with service(model_settings()).app_context():
        upgrade()
        planting.plant_unless_there("jinjiang", residents)
        click.echo(planting.way_in(address))
    with _worker():
        server.serve(host="127.0.0.1", port=port, processes=2)


@contextmanager
def _worker() -> Iterator[None]:
    """The worker beside the server, for as long as it serves."""
    worker = subprocess.Popen([sys.executable, "-m", "healthcode", "work"])  # noqa: S603  # our own command
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=15)
