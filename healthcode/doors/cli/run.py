"""`healthcode run`: the model town at a local address, from nothing."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from healthcode.doors.cli.house import model_settings, service


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="An address of this machine; phones need --https.")
@click.option("--port", default=8700, show_default=True)
@click.option("--https", is_flag=True, help="With a trial certificate, so that phones in the same network can open it.")
@click.option("--residents", default=2_000, show_default=True, help="How many people the town has when it is planted.")
def run(host: str, port: int, https: bool, residents: int) -> None:
    """Set up the model town if it is not there yet, serve it, and print the way in."""
    from flask_migrate import upgrade

    from healthcode.doors import server
    from healthcode.doors.cli import planting, trial

    _make_sure_is_free(host, port)
    os.environ["HEALTHCODE_PUBLIC_URL"] = address = f"{'https' if https else 'http'}://{host}:{port}"
    settings = model_settings()
    with service(settings).app_context():
        upgrade()
        planting.plant_unless_there("jinjiang", residents)
        click.echo(planting.way_in(address))
    certificate, key = trial.certificate_for(host, settings.folder) if https else (None, None)
    with _worker():
        server.serve(host=host, port=port, processes=2, certificate=certificate, key=key)


def _make_sure_is_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise click.ClickException(
                f"{host}:{port} is in use or not of this machine; try --port {port + 1}"
            ) from None


@contextmanager
def _worker() -> Iterator[None]:
    """The worker beside the server, for as long as it serves."""
    worker = subprocess.Popen([sys.executable, "-m", "healthcode", "work"])  # our own command
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=15)
