"""Somebody at work who reads one record after another: there is a budget, and an alarm."""

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from healthcode.core.db import session, transaction
from healthcode.core.trail import TrailRow
from healthcode.registry.residents.routes import LOOKS
from tests.registry.people import identity
from tests.support.town import bearer

BUDGET = int(LOOKS.partition("/")[0])


def alarms() -> float:
    return REGISTRY.get_sample_value("healthcode_budgets_spent_total", {"door": "residents.show"}) or 0


@pytest.mark.case("Z18")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whoever_reads_too_many_records_is_stopped_and_told_of(app, client, town, strict_rates):
    people = [town.wang, town.son, town.child, town.stranger]
    before = alarms()
    statuses = [
        client.get(f"/api/v1/residents/{people[n % 4].id}", headers=town.headers(town.hotline)).status_code
        for n in range(BUDGET + 5)
    ]
    assert statuses == [200] * BUDGET + [429] * 5
    refused = client.get(f"/api/v1/residents/{town.wang.id}", headers=town.headers(town.hotline))
    assert refused.json["type"] == "/problems/budget-spent"
    assert int(refused.headers["Retry-After"]) > 3000
    assert alarms() - before == 6
    with transaction("read"):
        told = session().scalars(select(TrailRow.actor_id).where(TrailRow.problem == "budget-spent")).all()
    assert told == [town.hotline.id] * 6

    # Another session or another door of the same account is no way round; other accounts, and residents, go on.
    again = bearer(app, "staff", town.hotline.id)
    assert client.get(f"/api/v1/residents/{town.son.id}", headers=again).status_code == 429
    searched = client.post("/api/v1/resident-searches", json=identity(), headers=town.headers(town.hotline))
    assert searched.json["type"] == "/problems/budget-spent"
    assert client.get(f"/api/v1/residents/{town.wang.id}", headers=town.headers(town.city_admin)).status_code == 200
    assert client.get(f"/api/v1/residents/{town.wang.id}", headers=town.headers(town.wang)).status_code == 200


@pytest.mark.case("Z18")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_is_refused_anyway_spends_nothing(client, town, strict_rates):
    """A record that is not in sight is a 404, before and after: the budget tells nothing about who is here."""
    far, wang = town.headers(town.far_clerk), f"/api/v1/residents/{town.wang.id}"
    assert {client.get(wang, headers=far).status_code for _ in range(BUDGET + 5)} == {404}
    assert client.post("/api/v1/resident-searches", json=identity(), headers=far).status_code == 200
