"""What a page keeps for when there is no network."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from healthcode.doors import shell

PAGES = ("portal", "scanner")


def kept(script: bytes) -> dict[str, Any]:
    found = re.match(r"const KEPT = (\{.*?\});\n", script.decode(), re.DOTALL)
    assert found is not None
    told: dict[str, Any] = json.loads(found[1])
    return told


@pytest.mark.parametrize("page", PAGES)
def test_everything_a_phone_is_told_to_keep_is_there(client: FlaskClient, page: str) -> None:
    answer = client.get(f"/{page}/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert "Service-Worker-Allowed" not in answer.headers, "its own folder is as far as it reaches"
    addresses = kept(answer.data)["addresses"]
    assert len(addresses) > 20
    for address in addresses:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("page", PAGES)
def test_every_script_a_page_names_is_kept(client: FlaskClient, page: str) -> None:
    addresses = set(kept(client.get(f"/{page}/sw.js").data)["addresses"])
    named = re.findall(r'(?:src|href)="(/[a-z]+/static/[^"]+|/static/[^"]+)"', client.get(f"/{page}/").text)
    assert named
    assert {name for name in named if not name.endswith(".png")} <= addresses


def test_nothing_of_a_person_is_kept(client: FlaskClient) -> None:
    for page in PAGES:
        addresses = kept(client.get(f"/{page}/sw.js").data)["addresses"]
        assert not [address for address in addresses if address.startswith(("/api", "/.well-known"))]


def test_a_changed_script_changes_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "static/js/worker.js"
    script.parent.mkdir(parents=True)
    script.write_text("// worker")
    (tmp_path / "portal/static").mkdir(parents=True)
    code = tmp_path / "portal/static/code.js"
    monkeypatch.setattr(shell, "_DOORS", tmp_path)
    versions = set()
    for text in ("one", "two", "one"):
        code.write_text(text)
        shell.service_worker.cache_clear()
        versions.add(kept(shell.service_worker("portal"))["version"])
    shell.service_worker.cache_clear()
    assert len(versions) == 2


def test_what_is_told_in_english_only_says_so_and_is_seen_in_chinese_too(client: FlaskClient) -> None:
    for address in ("/problems/", "/problems/code-revoked"):
        page = client.get(address, headers={"Accept-Language": "zh"}).text
        assert '<p lang="zh">' in page
        assert '<dd lang="en" class="only-so">' in page
    style = client.get("/static/css/healthcode.css").text
    assert '[lang="en"]:not(html, .only-so)' in style
