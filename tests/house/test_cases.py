"""The list of cases in docs/cases.md and the tests that carry their ids say the same.

`python -m tests.house.test_cases` brings the page up to date with the tests.
"""

import ast
import re
from collections.abc import Iterator

from tests.house.sources import ROOT, calls, sources

DOCUMENT = ROOT / "docs" / "cases.md"
_ROW = re.compile(r"^\| ([A-Z][0-9]+) \|.*\| ([^|]+) \|$", re.MULTILINE)


def listed(text: str) -> dict[str, str]:
    """Every id of the page's tables with its status."""
    return dict(_ROW.findall(text))


def tried() -> set[str]:
    """Every id that a test carries."""
    return {
        word.value
        for module in sources("tests")
        for name, call in calls(module.tree)
        if name.endswith("mark.case")
        for word in call.args
        if isinstance(word, ast.Constant)
    }


def expanded(text: str) -> Iterator[str]:
    """`Q1–Q3, B4` as ids."""
    for part in filter(None, text.split(", ")):
        first, _, last = part.partition("–")
        letter, end = first[0], int((last or first)[1:])
        yield from (f"{letter}{number}" for number in range(int(first[1:]), end + 1))


def said(heading: str, text: str) -> list[str]:
    """The ids in the line that begins with a bold heading."""
    found = re.search(rf"^\*\*{re.escape(heading)}:\*\* (.+)$", text, re.MULTILINE)
    assert found, f"{heading} is missing"
    return list(expanded(found[1]))


def contracted(ids: list[str]) -> str:
    """The other way round; only three and more in a row are drawn together."""
    runs: list[list[str]] = []
    for case in ids:
        if runs and runs[-1][-1] == f"{case[0]}{int(case[1:]) - 1}":
            runs[-1].append(case)
        else:
            runs.append([case])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def corrected(text: str, ids: set[str]) -> str:
    """The page as it would have to be, for these tests."""
    built = said("Belong to what is built", text)

    def row(found: re.Match[str]) -> str:
        case = found[1]
        status = "shown" if case in ids else "not yet" if case in built else found[2]
        return found[0].removesuffix(f"| {found[2]} |") + f"| {status} |"

    missing = contracted([case for case in built if case not in ids])
    return re.sub(r"(?m)^(\*\*Built, and not yet shown:\*\*) .+$", rf"\1 {missing}", _ROW.sub(row, text))


def wrong_statuses(rows: dict[str, str], built: set[str], ids: set[str]) -> list[str]:
    """What each row would have to say instead."""
    return [
        f"{case} says “{status}” and must say “{expected}”"
        for case, status in rows.items()
        for expected in ["shown" if case in ids else "not yet" if case in built else "waits for …"]
        if not (status == expected or (expected == "waits for …" and status.startswith("waits for ")))
    ]


def test_every_id_that_a_test_carries_is_listed_once():
    text = DOCUMENT.read_text()
    rows = _ROW.findall(text)
    assert len(rows) == len({case for case, _ in rows})
    assert tried() - listed(text).keys() == set()


def test_every_status_is_true():
    text = DOCUMENT.read_text()
    assert wrong_statuses(listed(text), set(said("Belong to what is built", text)), tried()) == []


def test_what_is_built_and_not_yet_shown_is_named():
    text = DOCUMENT.read_text()
    built, ids = said("Belong to what is built", text), tried()
    missing = [case for case in built if case not in ids]
    print("built, and not yet shown:", ", ".join(missing))
    assert set(built) <= listed(text).keys()
    assert set(said("Built, and not yet shown", text)) == set(missing)


def test_a_promise_without_a_test_is_noticed():
    rows = {"Q1": "shown", "Q2": "shown", "Q3": "not yet", "S1": "waits for appointments"}
    assert wrong_statuses(rows, {"Q1", "Q2", "Q3"}, {"Q1", "Q3"}) == [
        "Q2 says “shown” and must say “not yet”",
        "Q3 says “not yet” and must say “shown”",
    ]
    assert list(expanded("Q1–Q3, B4")) == ["Q1", "Q2", "Q3", "B4"]


def test_the_page_can_be_brought_up_to_date():
    page = "**Belong to what is built:** Q1–Q4\n**Built, and not yet shown:** Q1\n| Q1 | a | b | not yet |\n| S1 | a | b | waits for it |\n"
    better = corrected(page, {"Q1"})
    assert "| Q1 | a | b | shown |" in better
    assert "| S1 | a | b | waits for it |" in better
    assert "not yet shown:** Q2–Q4\n" in better


if __name__ == "__main__":
    DOCUMENT.write_text(corrected(DOCUMENT.read_text(), tried()))
