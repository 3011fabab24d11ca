"""What every door must say, and the list of who may enter where."""

from pathlib import Path

import pytest
from flask import Flask
from marshmallow import RAISE, Schema, fields, validate

from healthcode.core.access import Anyone, SignedIn
from healthcode.core.http import Door, Room

GUEST_LIST = Path(__file__).parent / "guest_list.txt"


def doors(app: Flask) -> list[tuple[str, str, Door]]:
    """Every (method, rule, door) the application serves."""
    return sorted(
        (
            (door.method, rule.rule, door)
            for rule in app.url_map.iter_rules()
            for door in [getattr(app.view_functions[rule.endpoint], "door", None)]
            if door is not None
        ),
        key=lambda found: (found[1], found[0]),
    )


def test_the_guest_list_is_true(app: Flask):
    """A change of who may enter is a line in a diff of guest_list.txt."""
    told = "".join(f"{method:6} {rule}  ←  {door.allow}\n" for method, rule, door in doors(app))
    if not GUEST_LIST.exists() or GUEST_LIST.read_text() != told:
        GUEST_LIST.with_suffix(".new").write_text(told)
    assert GUEST_LIST.read_text() == told, "compare guest_list.new, and take it over if every change is meant"


@pytest.mark.case("Z2", "B12")
def test_every_rule_is_a_door(app: Flask):
    closed = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "door", None) is None
    ]
    assert closed == []


@pytest.mark.case("Z2", "B12")
def test_an_endpoint_that_says_nothing_is_not_served(app: Flask):
    app.add_url_rule("/secret", "secret", lambda: "told")
    for ask in ("get", "head", "options"):
        assert getattr(app.test_client(), ask)("/secret").status_code == 403


@pytest.mark.case("B12")
def test_a_door_without_its_word_would_be_seen(app: Flask):
    """The bug, planted: somebody registers an address past the rooms."""
    app.add_url_rule("/api/v1/everybody", "everybody", lambda: "told")
    with pytest.raises(AssertionError):
        test_every_rule_is_a_door(app)


def test_a_door_without_allow_cannot_be_built():
    room = Room("sample", __name__)
    with pytest.raises(TypeError, match="allow"):
        room.get("/open")
    with pytest.raises(TypeError, match="a door is opened by"):
        room.route("/open", methods=["GET", "POST"])


def test_a_plain_door_is_public():
    room = Room("sample", __name__)
    with pytest.raises(TypeError, match="plain"):
        room.get("/mine", allow=SignedIn(), is_plain=True)(lambda caller: None)


def test_every_door_has_a_sentence(app: Flask):
    assert [rule for _, rule, door in doors(app) if not (door.view.__doc__ or "").strip()] == []


@pytest.mark.case("K16")
def test_every_text_that_comes_in_is_bounded(app: Flask):
    wrong = []
    for _, rule, door in doors(app):
        for schema in (door.body, door.query):
            wrong += [f"{rule} {name}" for name in unbounded(schema)] if schema else []
    assert wrong == []


@pytest.mark.case("Z3")
def test_every_body_refuses_what_it_does_not_know(app: Flask):
    assert [
        rule for _, rule, door in doors(app) for schema in (door.body, door.query) if schema and schema.unknown != RAISE
    ] == []


def unbounded(schema: Schema, at: str = "") -> list[str]:
    found = []
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(field, fields.List) and not any(isinstance(check, validate.Length) for check in field.validators):
            found.append(f"{at}{name}")
        if isinstance(inner, fields.Nested):
            found += unbounded(inner.schema, f"{at}{name}/")
        elif isinstance(inner, fields.String) and type(inner) is fields.String:
            found.append(f"{at}{name}")
        elif isinstance(inner, fields.Dict):
            found.append(f"{at}{name}")
    return found


def test_the_bounds_rule_can_fail():
    class Loose(Schema):
        name = fields.String()
        items = fields.List(fields.Integer())

    assert unbounded(Loose()) == ["name", "items"]


@pytest.mark.case("Z2")
def test_public_doors_are_few_and_known(app: Flask):
    public = {rule for _, rule, door in doors(app) if door.allow == Anyone()}
    assert public >= {"/healthz", "/.well-known/healthcode/keys", "/api/v1/sessions"}
    assert not {rule for rule in public if "residents/" in rule or "verifications" in rule}


@pytest.mark.case("Z2")
def test_other_verbs_and_slashes_do_not_get_in(app: Flask):
    client = app.test_client()
    for method, rule, _ in doors(app):
        if "<" in rule or rule == "/":
            continue
        assert client.options(rule).status_code == 405, rule
        other = "PUT" if method != "PUT" else "PATCH"
        refused = client.open(rule, method=other, headers={"X-HTTP-Method-Override": method})
        assert refused.status_code == 405, rule
        assert method in refused.headers["Allow"]
        if not rule.endswith("/"):
            assert client.open(rule + "/", method=method).status_code == 404


def test_every_trailed_door_has_words_for_the_person_it_is_about(app: Flask):
    from healthcode.trust.audit.deeds import DEEDS

    trailed = {door.name for _, _, door in doors(app) if door.is_trailed}
    assert trailed - DEEDS.keys() == set()
    assert DEEDS.keys() - trailed == set()
