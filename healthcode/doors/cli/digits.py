"""`healthcode digits`: an authenticator for people who were invented, so that a town can be tried out without one."""

import click

from healthcode.doors.cli.house import settings


@click.command()
@click.argument("username")
def digits(username: str) -> None:
    """Print the six digits that the authenticator of this planted member of staff shows now. Not in production."""
    from healthcode.core import clock
    from healthcode.doors.cli import planting
    from healthcode.trust.sessions import totp

    chosen = settings()
    if chosen.environment == "production":
        raise click.ClickException("in production an authenticator is its owner's own; this is for trying things out")
    found = [login for login in planting.logins(chosen) if login.username == username]
    if not found:
        raise click.ClickException(f"no member of staff called {username} was planted into {chosen.folder}")
    clock.configure(chosen.zone, chosen.clock_offset_seconds)
    now = clock.epoch()
    click.echo(totp.digits_at(totp.from_text(found[0].totp), now // totp.STEP_SECONDS))
    click.echo(f"for {totp.STEP_SECONDS - now % totp.STEP_SECONDS} more seconds, for one sign-in", err=True)
