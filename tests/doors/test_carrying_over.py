"""A town moves to PostgreSQL and is the same town there."""

from dataclasses import replace

import click
import pytest
from sqlalchemy import text, update

from docs.operations.carry_over import carry_over
from healthcode import create_app
from healthcode.core import sealing
from healthcode.core.db import db, transaction
from healthcode.registry.residents.models import Resident
from tests.support.phones import Phone


def test_a_town_is_the_same_town_on_postgresql(app, client, town, settings, another_postgres):
    phone = Phone(town.headers(town.wang), town.wang.id)
    phone.fetch(client)
    with transaction() as current:  # the earlier record points at the later one
        first, last = sorted([town.child.id, town.stranger.id])
        current.execute(update(Resident).where(Resident.id == first).values(merged_into_id=last))
    sealing.seal()
    before = counts()
    db.session.remove()

    assert carry_over(settings.database_url, another_postgres) > 0
    moved = create_app(replace(settings, database_url=another_postgres))
    with moved.app_context():
        assert counts() == before
        assert before["linked"] == 1
        verdict = sealing.verify(sealing.checkpoint_file())
        assert (verdict.broken, verdict.unsealed) == (None, 0)
        shown = moved.test_client().get("/api/v1/me", headers=town.headers(town.wang))
        assert shown.json["display_name"] == "王秀英"
        db.session.remove()
        db.engine.dispose()
    with pytest.raises(click.ClickException, match="not empty"):
        carry_over(settings.database_url, another_postgres)


def counts() -> dict[str, int]:
    """How many rows each table holds, and how many of them point at others."""
    asked = {
        table: f"SELECT count(*) FROM {table}"
        for table in ("residents", "trail", "issued_codes", "institutions", "posts")
    }
    asked["linked"] = "SELECT count(*) FROM residents WHERE merged_into_id IS NOT NULL"
    with transaction("read") as current:
        return {name: current.execute(text(question)).scalar_one() for name, question in asked.items()}
