"""Rules about the source that no reviewer should have to remember. Each is shown a sample that breaks it."""

import ast
import re
from collections.abc import Callable

import pytest

from tests.house.sources import PACKAGE, ROOT, Source, calls, dotted, source, sources

Rule = Callable[[Source], list[str]]


def asks_the_machine_for_the_time(module: Source) -> list[str]:
    if module.path == "healthcode/core/clock.py":
        return []
    asking = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "datetime.datetime.now"}
    return [f"{module.path}:{call.lineno} {name}" for name, call in calls(module.tree) if name in asking]


def commits_by_itself(module: Source) -> list[str]:
    if module.path == "healthcode/core/db.py":
        return []
    return [
        f"{module.path}:{call.lineno}" for name, call in calls(module.tree) if name.endswith((".commit", ".rollback"))
    ]


def branches_on_the_dialect(module: Source) -> list[str]:
    if module.path == "healthcode/core/db.py":
        return []
    return [
        f"{module.path}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "dialect"
        or isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("sqlalchemy.dialects")
    ]


def swallows_errors(module: Source) -> list[str]:
    """`except …: pass` hides what went wrong; around the trail it would hide who looked."""
    return [
        f"{module.path}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or dotted(node.type) in ("Exception", "BaseException"))
        and all(isinstance(step, ast.Pass) for step in node.body)
    ]


def takes_the_algorithm_from_the_header(module: Source) -> list[str]:
    """Nobody but core.signing reads a token's header, and it pins the algorithm."""
    if module.path == "healthcode/core/signing.py":
        return []
    return [
        f"{module.path}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(alias.name == "jwt" for alias in node.names)
        or isinstance(node, ast.ImportFrom)
        and node.module == "jwt"
    ]


def imports_flask_into_a_service(module: Source) -> list[str]:
    if not re.search(r"/(service(/\w+)?|models)\.py$", module.path):
        return []
    return [
        f"{module.path}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[0] in ("flask", "werkzeug")
        or isinstance(node, ast.Import)
        and any(alias.name.split(".")[0] in ("flask", "werkzeug") for alias in node.names)
    ]


def reaches_into_another_room(module: Source) -> list[str]:
    """From another room only `service` and `problems` are imported; types may be named for the checker."""
    mine = module.path.split("/")
    if len(mine) < 4 or mine[1] not in ("registry", "trust", "care", "pathways", "watch"):
        return []
    found = []
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        parts = node.module.split(".")
        if len(parts) < 3 or parts[0] != "healthcode" or parts[1] == "core" or parts[1:3] == mine[1:3]:
            continue
        inside = parts[3:] or [alias.name for alias in node.names]
        if inside[0] not in ("service", "problems"):
            found.append(f"{module.path}:{node.lineno} {node.module}")
    return found


def reckons_money_in_floats(module: Source) -> list[str]:
    """What is named fen is an int: never annotated as a float, divided into one, rounded, or read as anything else.

    In the room of bills no float is made at all.
    """
    is_room_of_money = module.path.startswith("healthcode/care/bills/")
    found = []
    for node in ast.walk(module.tree):
        match node:
            case ast.arg(arg=name, annotation=kind) | ast.AnnAssign(target=ast.Name(id=name), annotation=kind):
                is_wrong = _is_money(name) and kind is not None and re.search("float|Decimal", ast.unparse(kind))
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                is_wrong = _is_money(ast.unparse(left)) or _is_money(ast.unparse(right))
            case ast.Call(func=func, args=arguments):
                name, first = dotted(func) or "", ast.unparse(arguments[0]) if arguments else ""
                is_wrong = name in ("float", "round") and (is_room_of_money or _is_money(first))
                is_wrong |= is_room_of_money and name in ("fields.Float", "fields.Decimal", "Float", "Numeric")
            case _:
                continue
        if is_wrong:
            found.append(f"{module.path}:{node.lineno}")
    return found


def _is_money(text: str) -> bool:
    return bool(re.search(r"(?:^|_|\b)fen\b", text))


RULES: dict[Rule, str] = {
    asks_the_machine_for_the_time: "from datetime import datetime\ndatetime.now()",
    commits_by_itself: "session().commit()",
    branches_on_the_dialect: "if engine.dialect.name == 'sqlite': pass",
    swallows_errors: "try:\n    record()\nexcept Exception:\n    pass",
    takes_the_algorithm_from_the_header: "import jwt",
    reckons_money_in_floats: "half = bill.total_fen / 2",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.case("B16", "B20")
def test_no_module(rule: Rule):
    assert [complaint for module in sources() for complaint in rule(module)] == []


@pytest.mark.parametrize(("rule", "sample"), RULES.items(), ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.case("B16", "B20")
def test_the_rule_can_fail(rule: Rule, sample: str):
    assert rule(source(sample))


@pytest.mark.case("B9")
@pytest.mark.parametrize(
    "sample",
    [
        "total_fen: float = 0",
        "def pay(amount_fen: float): ...",
        "share = 0.7 / fen",
        "round(one.own_fen * 0.7)",
        "class Out(Schema):\n    amount = fields.Float()",
    ],
)
def test_money_in_floats_is_noticed(sample: str):
    assert reckons_money_in_floats(source(sample, "healthcode/care/bills/split.py"))


def test_services_know_no_flask():
    assert [complaint for module in sources() for complaint in imports_flask_into_a_service(module)] == []
    assert imports_flask_into_a_service(source("from flask import request", "healthcode/care/bills/service.py"))


def test_rooms_speak_to_each_other_through_their_services():
    assert [complaint for module in sources() for complaint in reaches_into_another_room(module)] == []
    sample = "from healthcode.registry.residents.models import Resident"
    assert reaches_into_another_room(source(sample, "healthcode/trust/codes/service/x.py"))


def test_every_event_that_is_heard_is_announced_somewhere():
    announced, heard = set(), set()
    for module in sources():
        for name, call in calls(module.tree):
            if call.args and isinstance(call.args[0], ast.Constant):
                if name.endswith("announce"):
                    announced.add(call.args[0].value)
                elif name.endswith("hears"):
                    heard.add(call.args[0].value)
    assert heard, "nothing is heard: the test looks in the wrong place"
    assert heard <= announced
    assert all(re.fullmatch(r"[a-z-]+\.[a-z-]+", name) for name in announced | heard)


def test_no_page_brings_a_script_or_a_style_from_outside():
    outside = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//|<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=""")
    pages = list(PACKAGE.rglob("*.html"))
    assert pages
    assert [str(path.relative_to(ROOT)) for path in pages if outside.search(path.read_text())] == []
    assert outside.search('<script src="https://example.org/x.js">')
    assert outside.search("<script>alert(1)</script>")
