"""Cities that are really served, on SQLite and on a PostgreSQL that flushes what it acknowledges."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config import Settings
from tests.conftest import settings_for
from tests.proof.city import City, inside
from tests.support.databases import copied, create, missing
from tests.support.postgres import Cluster, NoPostgres, postgres_cluster
from tests.support.servers import served

_counter = iter(range(1_000_000))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this worker's own, that may be hurt."""
    try:
        with postgres_cluster() as running:
            yield running
    except NoPostgres as why:
        missing(f"no PostgreSQL: {why}")


def lasting(settings: Settings) -> Settings:
    """The same, with access tokens that outlive a long proof, and as many connections as in production."""
    return replace(settings, access_token_seconds=7200, log_level="warning", pool_size=Settings.pool_size)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A town served by four processes, for all tests of one file; each makes residents and scanners of its own."""
    folder: Path = tmp_path_factory.mktemp("city")
    cluster: Cluster | None = None
    if request.param == "sqlite":
        url = f"sqlite:///{copied(request.getfixturevalue('sqlite_template'), folder / 'city.db')}"
    else:
        cluster = request.getfixturevalue("cluster")
        url = create(cluster.url, f"city_{next(_counter)}")
        request.getfixturevalue("prepare")(url)
    settings = lasting(settings_for(url, folder / "var"))
    with inside(settings) as (app, town), served(settings, processes=4) as running:
        yield City(app, settings, town, running, url, cluster)
