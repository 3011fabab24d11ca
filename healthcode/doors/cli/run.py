"""`healthcode run`: the model town at a local address, from nothing."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    with _channel(model_settings().folder, port + 1):
        settings = model_settings()
        with service(settings).app_context():
            upgrade()
            planting.plant_unless_there("jinjiang", residents)
            click.echo(planting.way_in(address))
        certificate, key = trial.certificate_for(host, settings.folder) if https else (None, None)
        with _beside(["-m", "healthcode", "work"]):
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
def _channel(folder: Path, port: int) -> Iterator[None]:
    """A payment channel to try things out with, and the setting that names it; none where the settings name their own."""
    if "HEALTHCODE_CHANNELS" in os.environ:
        yield
        return
    _make_sure_is_free("127.0.0.1", port)
    keys = folder / "channels" / "sandbox"
    with _beside(
        ["-m", "sandbox.channel", "--port", str(port), "--folder", str(keys), "--merchant", "1900000001"]
    ) as one:
        address = ("127.0.0.1", port)
        while not _answers(address):
            if one.poll() is not None:
                raise click.ClickException("the trial payment channel did not start")
        os.environ["HEALTHCODE_CHANNELS"] = f"sandbox=http://127.0.0.1:{port}"
        yield


def _answers(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        time.sleep(0.1)
        return False
    return True


@contextmanager
def _beside(arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours beside the server, for as long as it serves."""
    process = subprocess.Popen([sys.executable, *arguments])  # noqa: S603  # our own commands
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=15)
