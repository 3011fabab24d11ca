"""`healthcode doctor`: what is wrong, in a sentence each."""

import shutil
from collections.abc import Callable, Iterator

import click

from healthcode.doors.cli.house import service, settings

LEAST_FREE = 512 * 1024 * 1024  # bytes


@click.command()
def doctor() -> None:
    """Look at settings, clock, database, keys and trail, and say what is wrong. Ends with 1 if anything is."""
    chosen = settings()  # wrong settings end the command with their own sentences
    with service(chosen).app_context():
        found = [complaint for look in (_disk, _clock, _database, _keys, _events, _trail) for complaint in _try(look)]
    for complaint in found:
        click.echo(f"✗ {complaint}")
    if found:
        raise SystemExit(1)
    click.echo("✓ settings, clock, database, keys, events and trail are well")


def _try(look: Callable[[], Iterator[str]]) -> list[str]:
    try:
        return list(look())
    except Exception as error:  # a doctor must finish the round
        return [f"{look.__name__.strip('_')} could not be looked at: {type(error).__name__}"]


def _disk() -> Iterator[str]:
    folder = settings().folder
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        yield f"only {free // 2**20} MB are free where {folder} lies"


def _clock() -> Iterator[str]:
    from healthcode.core import clock

    if settings().clock_offset_seconds:
        yield f"the clock is moved by {settings().clock_offset_seconds} seconds"
    if clock.now().year < 2026 or abs(clock.epoch() - clock.machine_seconds()) > 1 + abs(
        settings().clock_offset_seconds
    ):
        yield "the machine's clock is wrong"


def _database() -> Iterator[str]:
    from healthcode.core import db

    with db.transaction("read"):
        try:
            db.must_be_migrated()
        except db.NotMigrated:
            yield "the database does not have this version's tables: run `healthcode migrate`"
    yield from (f"the database may lose acknowledged writes: {complaint}" for complaint in db.durability())


def _keys() -> Iterator[str]:
    from healthcode.core import signing

    yield from signing.keyring().complaints()


def _events() -> Iterator[str]:
    from healthcode.core import db, outbox

    with db.transaction("read"):
        waiting = outbox.waiting()
    if waiting["stuck"]:
        yield f"{waiting['stuck']} events failed again and again: see the deliveries table and the worker's log"
    if waiting["unspread"] > 10_000:
        yield f"{waiting['unspread']} events wait: is `healthcode work` running?"


def _trail() -> Iterator[str]:
    from healthcode.core import sealing

    yield from sealing.complaints()
