"""The documents: their links lead somewhere, their tables are true, and they speak of this project alone."""

import ast
import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from healthcode.core.problems import Problem
from healthcode.trust.codes.schemas import DISCLOSED
from tests.house.sources import ROOT, sources

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Who made this, where, and in which order is not what a reader comes for.
_FOREIGN = re.compile(
    r"\bagents?\b|\bissue ?#|(?<![\w&/])#\d+\b|/work/|/root/|/home/\w|/tmp/|\bTODO\b|\bFIXME\b", re.IGNORECASE
)


def anchors(text: str) -> set[str]:
    """The names by which a page's headings are linked to, as the usual renderers make them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in _HEADING.findall(text)}


def broken_links(page: Path) -> list[str]:
    found = []
    for plain, picture in _LINK.findall(re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)):
        target, _, anchor = (plain or picture).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        other = (page.parent / target).resolve() if target else page
        if not other.exists() or (anchor and anchor not in anchors(other.read_text())):
            found.append(f"{page.name}: {plain or picture}")
    return found


def test_every_link_leads_somewhere(tmp_path):
    assert DOCUMENTS
    assert [complaint for page in DOCUMENTS for complaint in broken_links(page)] == []
    page = tmp_path / "page.md"
    page.write_text("# A heading\n[here](#a-heading) [there](missing.md) [nowhere](#missing)")
    assert broken_links(page) == ["page.md: missing.md", "page.md: #missing"]


def test_the_documents_speak_of_the_project_alone():
    texts = [
        *DOCUMENTS,
        *(ROOT / "docs").rglob("*.sh"),
        *(ROOT / "docs").rglob("*.conf"),
        *(ROOT / "docs").rglob("*.py"),
    ]
    assert [f"{path.name}: {word[0]}" for path in texts if (word := _FOREIGN.search(path.read_text()))] == []
    assert _FOREIGN.search("as an agent said in #12")


def test_the_table_of_settings_is_true():
    """A row for every setting, with the default it has; none for what is not a setting."""
    table = dict(
        re.findall(r"^\| `HEALTHCODE_(\w+)` \| (.+?) \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    )
    real = {
        setting.name.upper(): "must be set" if setting.default is MISSING else f"`{setting.default}`"
        for setting in fields(Settings)
    }
    assert table == real


def test_every_page_is_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        for plain, _ in _LINK.findall(page.read_text()):
            other = (page.parent / plain.partition("#")[0]).resolve()
            waiting += sorted(other.glob("*.md")) if other.is_dir() else [other] if other.is_file() else []
    assert set(DOCUMENTS) - reached == set()


def test_the_tour_of_the_readme_is_the_script():
    tour = (ROOT / "README.md").read_text().split("## A tour of the API", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"```sh\n(.*?)\n```", tour, re.DOTALL)
    assert blocks
    assert (ROOT / "docs/tour.sh").read_text().endswith("\n\n".join(blocks) + "\n")


def test_every_event_stands_in_the_page_of_states():
    announced = {
        call.args[0].value
        for module in sources()
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "announce"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    told = set(
        re.findall(r"`([a-z-]+\.[a-z-]+)`", (ROOT / "docs/states.md").read_text().split("## What is announced")[1])
    )
    assert announced == told


@pytest.mark.case("Q16")
def test_the_page_of_privacy_says_what_each_step_discloses():
    """What a scanner learns is a promise to residents: it changes in both places or in none."""
    rows = re.findall(r"^\| `([a-z-]+)` \| ([a-z_`, ]+) \|$", (ROOT / "docs/privacy.md").read_text(), re.MULTILINE)
    assert {step: tuple(re.findall(r"`(\w+)`", told)) for step, told in rows} == DISCLOSED


def test_problems_named_in_documents_exist(app: Flask):
    slugs = {*Problem.catalogue, "overloaded"}
    named = {
        slug
        for page in DOCUMENTS
        for slug in re.findall(
            r"`((?:code|not|too-many|challenge|wrong|changed|idempotency|still|condition)-[a-z-]+)`", page.read_text()
        )
    }
    assert named
    assert named - slugs == set()
