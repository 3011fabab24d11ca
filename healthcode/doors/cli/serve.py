"""`healthcode serve`."""

from pathlib import Path

import click

from healthcode.doors.cli.house import settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8700, show_default=True)
@click.option("--processes", default=2, show_default=True)
@click.option("--certificate", type=click.Path(exists=True, path_type=Path), help="PEM; turns the door into https.")
@click.option("--key", type=click.Path(exists=True, path_type=Path), help="PEM, PKCS#8.")
def serve(host: str, port: int, processes: int, certificate: Path | None, key: Path | None) -> None:
    """Serve with the settings of the environment; `healthcode work` belongs beside it."""
    from healthcode.doors import server

    settings()  # a wrong setting is told here, in a sentence, not in every process
    server.serve(host=host, port=port, processes=processes, certificate=certificate, key=key)
