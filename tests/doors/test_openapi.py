"""The API's document: OpenAPI 3.1, whole, with examples that are true."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from healthcode import create_app
from healthcode.core.problems import Problem
from tests.conftest import settings_for
from tests.house.test_doors import doors

ADDRESS = "/api/v1/openapi.json"
Operations = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The service without a database: the document asks for none."""
    return create_app(settings_for("sqlite:///:memory:", tmp_path_factory.mktemp("document")))


@pytest.fixture(scope="module")
def written(app: Flask) -> bytes:
    answer = app.test_client().get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return answer.data


@pytest.fixture
def document(written: bytes) -> dict[str, Any]:
    return json.loads(written)


@pytest.fixture
def operations(document: dict[str, Any]) -> Operations:
    """Every operation, as METHOD path."""
    return [
        (f"{method.upper()} {path}", said)
        for path, item in document["paths"].items()
        for method, said in item.items()
        if method != "parameters"
    ]


def test_it_is_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    assert [f"{list(error.absolute_path)}: {error.message}" for error in complaints(document)] == []


def complaints(document: dict[str, Any]) -> Iterator[Any]:
    return OpenAPIV31SpecValidator(document).iter_errors()


def test_the_validator_can_fail(document):
    document["paths"]["/api/v1/me"]["get"]["responses"] = {"two hundred": {}}
    assert list(complaints(document))


def test_it_tells_of_every_door_of_the_api(app: Flask, operations):
    served = {
        f"{method} {rule}".replace("<id:", "{").replace("<", "{").replace(">", "}") for method, rule, _ in doors(app)
    }
    told = {name for name, _ in operations}
    assert told <= served
    untold = {name for name in served - told if "/api/v1" in name or "/.well-known" in name}
    assert untold == {f"GET {ADDRESS}"}


def test_every_operation_says_what_it_is_and_what_it_answers(operations):
    for name, said in operations:
        assert said["summary"].endswith("."), name
        assert said["x-allow"], name
        assert "default" not in said["responses"], "default allows everything"
        assert {"400", "401", "404", "422", "429", "503"} <= said["responses"].keys(), name
        assert any(status.startswith("2") for status in said["responses"]), name
        if said["security"]:
            assert "403" in said["responses"], name


def test_refusals_name_problems_that_exist(operations):
    for name, said in operations:
        for status, answer in said["responses"].items():
            if not status.startswith("2"):
                assert answer["content"].keys() == {"application/problem+json"}
                slugs = set(answer["description"].split(", ")) - {"about:blank"}
                assert {Problem.catalogue[slug].status for slug in slugs} <= {int(status)}, name


def test_every_body_has_an_example_that_holds(document, operations):
    """Against the document's own schema, as whoever reads it would check."""
    for name, said in operations:
        if "requestBody" in said:
            content = said["requestBody"]["content"]["application/json"]
            assert content.get("example"), name
            hold(document, content)


def test_every_example_of_an_answer_holds(document, operations):
    shown = [
        content
        for _, said in operations
        for answer in said["responses"].values()
        for content in answer.get("content", {}).values()
        if "example" in content
    ]
    assert shown
    for content in shown:
        hold(document, content)


def hold(document: dict[str, Any], content: dict[str, Any]) -> None:
    schema = {**content["schema"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(content["example"])


def test_the_doors_themselves_take_the_examples(app: Flask):
    """What JSON Schema cannot say (control signs, days that exist) is asked too."""
    with app.test_request_context():
        for _, _, door in doors(app):
            if door.body is not None:
                door.body.load(door.body.example)


def test_an_example_can_fail(document):
    content = {
        "schema": {"$ref": "#/components/schemas/CodesBlockIn"},
        "example": {"reason": "stolen", "colour": "red"},
    }
    with pytest.raises(jsonschema.ValidationError):
        hold(document, content)


def test_a_pattern_is_that_of_the_whole_text(document):
    """JSON Schema looks for a pattern anywhere in a text; ours mean all of it."""
    found = [pattern for schema in document["components"]["schemas"].values() for pattern in patterns(schema)]
    assert found
    assert all(pattern.startswith("^") and pattern.endswith("$") for pattern in found)


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for below in schema.values():
            yield from patterns(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from patterns(below)
