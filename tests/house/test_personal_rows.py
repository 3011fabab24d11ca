"""Rows about a person are reached through `visible_to`, or through a verb that says what stands in for sight."""

import ast
import pkgutil
from importlib import import_module

import pytest

import healthcode
from healthcode.core.caller import Personal
from tests.house.sources import Source, calls, dotted, source, sources

SELECTS = ("select", "get", "get_one", "query", "update", "delete", "exists")


def personal_tables() -> dict[str, str]:
    """Name of each personal table's class and the module it lives in."""
    for module in pkgutil.walk_packages(healthcode.__path__, "healthcode."):
        if module.name.endswith(".models"):
            import_module(module.name)

    def below(kind: type) -> set[type]:
        return {kind, *(deeper for child in kind.__subclasses__() for deeper in below(child))}

    return {
        kind.__name__: kind.__module__.replace(".", "/") + ".py"
        for kind in below(Personal)
        if kind is not Personal and "__tablename__" in vars(kind)
    }


def selects_without_sight(module: Source, tables: dict[str, str]) -> list[str]:
    """Calls such as select(Resident) or session().get(Resident, …) outside a marked verb of the table's own module."""
    found = []
    allowed = {
        id(inside)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
        and any(dotted(mark.func) == "proof" for mark in node.decorator_list if isinstance(mark, ast.Call))
        for inside in ast.walk(node)
    }
    for name, call in calls(module.tree):
        if name.rpartition(".")[2] not in SELECTS or id(call) in allowed:
            continue
        for argument in call.args:
            table = dotted(argument).partition(".")[0]
            if table in tables:
                found.append(f"{module.path}:{call.lineno} {name}({table})")
    return found


@pytest.mark.case("B13", "Z1", "Z12")
def test_no_module_selects_a_personal_table_without_sight():
    tables = personal_tables()
    assert {"Resident", "IdentityDocument", "Verification", "TrailRow", "Grant"} <= tables.keys()
    found = [complaint for module in sources() for complaint in selects_without_sight(module, tables)]
    assert found == []


@pytest.mark.case("B13")
def test_the_rule_can_fail():
    tables = personal_tables()
    for sample in ("select(Resident)", "session().get(Resident, id)", "select(Resident.id)", "session().query(Grant)"):
        assert selects_without_sight(source(sample), tables)
    assert not selects_without_sight(source("Resident.visible_to(caller)"), tables)
