"""`healthcode keys`: the signing keys."""

from typing import get_args

import click

from healthcode.core.keyring import Keyring, KeyringError, Use
from healthcode.doors.cli.house import settings

_USE = click.Choice(get_args(Use))


def _ring() -> Keyring:
    from healthcode.assembly import equip
    from healthcode.core import signing

    equip(settings())
    return signing.keyring()


@click.group()
def keys() -> None:
    """List, make, rotate and retire signing keys."""


@keys.command("list")
def list_keys() -> None:
    """Every key there is or was."""
    from rich.console import Console
    from rich.table import Table

    from healthcode.core import clock

    table = Table("kid", "use", "state", "not before", "expires")
    for key in _ring().published():
        dates = (clock.at(key[name]).date().isoformat() for name in ("nbf", "exp"))
        table.add_row(key["kid"], key["use"], key["status"], *dates)
    Console().print(table)


@keys.command()
@click.argument("use", type=_USE)
def new(use: Use) -> None:
    """Make and publish a further standby key."""
    click.echo(f"standby key {_ring().new(use).kid} for {use} is published")


@keys.command()
@click.argument("use", type=_USE)
@click.option("--at-once", is_flag=True, help="After a leak: do not wait until everybody knows the standby key.")
def rotate(use: Use, at_once: bool) -> None:
    """Let the standby key sign from now on; the key before it only verifies."""
    try:
        key = _ring().rotate(use, at_once=at_once)
    except KeyringError as why:
        raise click.ClickException(str(why)) from None
    click.echo(f"key {key.kid} signs for {use} from now on")


@keys.command()
@click.argument("kid")
@click.option("--leaked", is_flag=True, help="Nothing it ever signed counts any more.")
def retire(kid: str, leaked: bool) -> None:
    """Take a key out of use; it stays published."""
    try:
        _ring().retire(kid, leaked=leaked)
    except KeyringError as why:
        raise click.ClickException(str(why)) from None
    click.echo(f"key {kid} is retired" + (" and counts for nothing" if leaked else ""))
