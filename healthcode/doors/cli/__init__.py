"""Commands: run, work, seed, digits, keys, trail, reconcile, doctor, migrate.

Each imports what it needs when it is called, so `--help` is quick.
"""

from importlib import import_module

import click

_COMMANDS = {
    "run": "Serve the model town at a local address, and print the way in.",
    "serve": "Serve with the settings of the environment.",
    "work": "Hear events, seal the trail, clean up; until stopped.",
    "migrate": "Bring the database to this version's tables.",
    "seed": "Plant a model town and its residents.",
    "digits": "What the authenticator of a model town's member of staff shows now.",
    "keys": "List, make, rotate and retire signing keys.",
    "trail": "Verify the trail, and prove that a row is in it.",
    "reconcile": "Compare a payment channel's day with our books.",
    "doctor": "Look at settings, clock, database and keys, and say what is wrong.",
}


class _Late(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"healthcode.doors.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Late)
def main() -> None:
    """healthcode: one code for every resident of a city."""
