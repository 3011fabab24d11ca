"""What the package may touch: a stranger's header must have no way to a file, an address or a query."""

import ast
from pathlib import Path

import pytest

from healthcode.trust.codes import hp1
from healthcode.trust.codes.hp1 import refusals

PACKAGE = Path(hp1.__file__).parent
MAY_IMPORT = {
    "bisect",
    "cbor2",
    "collections",
    "cryptography",
    "dataclasses",
    "functools",
    "re",
    "secrets",
    "struct",
    "typing",
}
MAY_NOT_CALL = {"open", "eval", "exec", "compile", "__import__", "print", "getattr"}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.case("Q8")
@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_no_way_to_a_file_an_address_a_clock_or_a_query(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert set(imported(tree)) <= MAY_IMPORT
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & MAY_NOT_CALL


@pytest.mark.case("Q6")
def test_no_refusal_repeats_what_was_read():
    """Every `why` is a literal in the source."""
    family = {name for name, kind in vars(refusals).items() if isinstance(kind, type)}
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in family:
                assert all(isinstance(argument, ast.Constant) for argument in node.args), path
