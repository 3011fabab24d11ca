"""Who asks in the stories of the registry."""

import pytest
from flask.testing import FlaskClient

from tests.registry.people import Door
from tests.support.town import Town


@pytest.fixture
def anyone(client: FlaskClient) -> Door:
    return Door(client, {})


@pytest.fixture
def clerk(client: FlaskClient, town: Town) -> Door:
    """At the hospital's desk."""
    return Door(client, town.headers(town.clerk))


@pytest.fixture
def far_clerk(client: FlaskClient, town: Town) -> Door:
    """At the far station's desk."""
    return Door(client, town.headers(town.far_clerk))


@pytest.fixture
def admin(client: FlaskClient, town: Town) -> Door:
    """The hospital's administrator."""
    return Door(client, town.headers(town.institution_admin))


@pytest.fixture
def city(client: FlaskClient, town: Town) -> Door:
    """The city's administrator."""
    return Door(client, town.headers(town.city_admin))
