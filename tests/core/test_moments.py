"""Moments at the edge of what a calendar can hold: a field that is not right, and never our own fault."""

import pytest
from marshmallow import ValidationError

from healthcode.core.schemas import Moment
from tests.support.phones import new_deed
from tests.support.town import batch_of

EDGES = ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]


@pytest.mark.parametrize("text", EDGES)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_door_that_takes_a_moment_refuses_it_in_words(client, town, text):
    grant = {"phone": town.son.phone, "relation": "child", "scopes": ["codes:show"], "until": text}
    post = {"username": "worker", "role": "pharmacist", "until_at": text}
    item = {"text": "HP1:A", "read_at": text, "step": "check-in"}
    wang, admin = town.headers(town.wang), town.headers(town.institution_admin)
    answers = [
        client.post(f"/api/v1/residents/{town.wang.id}/grants", json=grant, headers=wang | new_deed()),
        client.get("/api/v1/trail", query_string={"since": text}, headers=town.headers(town.auditor)),
        client.post(f"/api/v1/institutions/{town.hospital}/posts", json=post, headers=admin),
        client.post("/api/v1/verifications/batch", json=batch_of(1, [item]), headers=town.station_scanner.headers),
    ]
    assert [(answer.status_code, answer.json.get("type")) for answer in answers] == [(422, "/problems/invalid")] * 4


def test_what_is_read_is_far_from_the_edges():
    """So that a zone or a span more or less still is a moment."""
    for text in EDGES:
        with pytest.raises(ValidationError):
            Moment().deserialize(text)
    for text in ("0002-01-01T00:00:00+14:00", "9998-12-31T23:59:59-14:00"):
        with pytest.raises(ValidationError):  # in UTC they fall into the years that are left out
            Moment().deserialize(text)
    assert Moment().deserialize("9998-12-31T23:59:59+00:00").year == 9998
