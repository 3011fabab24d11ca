"""The house's own source, as syntax trees, for the rules that are tests."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "healthcode"


@dataclass(frozen=True)
class Source:
    """One module: where it is, and its tree."""

    path: str  # from the repository's root, with slashes
    tree: ast.Module


def sources(under: str = "healthcode") -> list[Source]:
    """Every module below a folder; generated migrations left out."""
    return [
        Source(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text()))
        for path in sorted((ROOT / under).rglob("*.py"))
        if "/migrations/" not in path.as_posix()
    ]


def source(text: str, path: str = "healthcode/care/sample.py") -> Source:
    """A sample, for showing that a rule can fail."""
    return Source(path, ast.parse(text))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the dotted name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"
