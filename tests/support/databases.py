"""Empty databases for tests, on SQLite and on PostgreSQL: made once, then copied for each test.

`from tests.support.databases import *` in a conftest gives the fixtures; it overrides `prepare` with what turns an
empty database into one of ours.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.support.postgres import NoPostgres, postgres_server

__all__ = ["another_postgres", "database", "postgres", "prepare", "sqlite_template", "postgres_template"]

Prepare = Callable[[str], None]


def require_all() -> bool:
    """True where nothing may be skipped (the continuous build): HEALTHCODE_REQUIRE_ALL=1."""
    return os.environ.get("HEALTHCODE_REQUIRE_ALL") == "1"


def missing(what: str) -> None:
    """Skip the test (or the module that asks while it is read), or fail it where nothing may be skipped."""
    if require_all():
        pytest.fail(what, pytrace=False)
    pytest.skip(what, allow_module_level=True)


@pytest.fixture(scope="session")
def prepare() -> Prepare:
    """Turns the empty database of a URL into one of ours; a conftest overrides it."""
    return lambda url: None


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[str]:
    """The server of this test run, one for all its workers: the URL of its database `postgres`."""
    try:
        with postgres_server(share=testrun_uid[:12]) as url:
            yield url
    except NoPostgres as why:
        missing(f"no PostgreSQL: {why}")


@pytest.fixture(scope="session")
def postgres_template(postgres: str, prepare: Prepare, worker_id: str) -> str:
    """Name of a prepared database that PostgreSQL copies for each test."""
    name = f"template_{worker_id}"
    prepare(create(postgres, name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(prepare: Prepare, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared file that is copied for each test."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    prepare(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database of this test alone, prepared and empty; the test runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{copied(request.getfixturevalue('sqlite_template'), tmp_path / 'test.db')}"
        return
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    with temporary(server, template) as url:
        yield url


@pytest.fixture
def another_postgres(postgres: str, postgres_template: str) -> Iterator[str]:
    """URL of a prepared PostgreSQL database, for tests that mean PostgreSQL alone."""
    with temporary(postgres, postgres_template) as url:
        yield url


def copied(template: Path, place: Path) -> Path:
    """A copy of a closed SQLite file; what its write-ahead log still holds comes along."""
    for ending in ("", "-wal"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(f"{template}{ending}", f"{place}{ending}")
    return place


_counter = iter(range(1_000_000_000))


@contextlib.contextmanager
def temporary(server: str, template: str = "template0") -> Iterator[str]:
    """A database of this name's own copied from `template`, dropped at the end with whoever is still connected."""
    name = f"test_{os.getpid()}_{next(_counter)}"
    try:
        yield create(server, name, template)
    finally:
        _tell(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def create(server: str, name: str, template: str = "template0") -> str:
    """Create a database and return its URL. `template` must have nobody connected to it."""
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    _tell(server, make)
    return server.replace("/postgres?", f"/{name}?")


def _tell(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)
