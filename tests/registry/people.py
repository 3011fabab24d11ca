"""People for stories: numbers that are right, bodies that doors take, and desks that ask."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from healthcode.core import clock, ids
from healthcode.core.db import transaction
from healthcode.registry.residents.documents import check_character
from healthcode.trust.grounds import service as grounds
from tests.support.phones import new_deed
from tests.support.sign_in import Visitor, bearer

BORN = date(1952, 3, 8)


def identity_number(order: int = 2, born: date = BORN, region: str = "350582") -> str:
    """A right 18-character number; an even order is a woman's."""
    digits = f"{region}{born:%Y%m%d}{order:03d}"
    return digits + check_character(digits)


def identity(order: int = 2, born: date = BORN) -> dict[str, str]:
    return {"kind": "resident-id", "number": identity_number(order, born)}


def passport(number: str, country: str) -> dict[str, str]:
    return {"kind": "passport", "country": country, "number": number}


def woman(order: int = 2, **more: Any) -> dict[str, Any]:
    """Wang Fang, born on a day in 1952, with an identity card."""
    body = {"name": "王芳", "sex": "female", "birth_date": BORN.isoformat(), "documents": [identity(order)]}
    return body | more


@dataclass
class Door:
    """Somebody who asks: a client with the headers of a session."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers, query_string=query)

    def post(self, path: str, body: dict[str, Any], **more: str) -> TestResponse:
        return self.client.post(f"/api/v1{path}", headers=self.headers | more, json=body)

    def carry_in(self, sex: str = "female") -> dict[str, Any]:
        """Register somebody who cannot say who they are, under a key of its own."""
        return made(self.post("/temporary-residents", {"sex": sex}, **new_deed()))

    def delete(self, path: str) -> TestResponse:
        return self.client.delete(f"/api/v1{path}", headers=self.headers)

    def patch(self, path: str, body: dict[str, Any], version: int | None = 1) -> TestResponse:
        condition = {} if version is None else {"If-Match": f'"{version}"'}
        return self.client.patch(f"/api/v1{path}", headers=self.headers | condition, json=body)


def newcomer(client: FlaskClient, phone: str) -> Door:
    """Somebody who just proved a phone that nobody here has registered."""
    clock.advance(seconds=1)  # the newest message is told by its moment
    return Door(client, bearer(Visitor(client, phone).sign_in()))


def made(answer: TestResponse) -> dict[str, Any]:
    """The body of what was created."""
    assert answer.status_code == 201, answer.json
    body: dict[str, Any] = answer.json
    return body


def open_visit(resident_id: str, institution_id: str) -> None:
    """The ground that showing a code at an institution leaves behind."""
    with transaction():
        grounds.open_ground(
            resident_id=resident_id,
            grantee_kind="institution",
            grantee_id=institution_id,
            scopes=[grounds.VISIT],
            source="verification",
            source_id=ids.new(),
            until_at=clock.now() + timedelta(hours=12),
        )
