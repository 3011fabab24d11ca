"""What a page keeps on the device, so that it opens without network: one list, and the worker that holds to it; and
the doors that every installable page has.

The list is made from the folders themselves, so a new script cannot be forgotten; its version is a digest of every
file, so a changed one is fetched anew by every phone.
"""

import hashlib
import json
import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from healthcode.core.access import Anyone
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.doors.assets import ASSETS, asset

Page = Literal["portal", "scanner"]

_DOORS = Path(__file__).resolve().parent
_KEPT = (".css", ".js", ".mjs", ".svg", ".wasm")
_ADDRESSES: dict[Page, tuple[str, ...]] = {
    "portal": (
        "/portal/",
        "/portal/appointments",
        "/portal/book",
        "/portal/bills",
        "/portal/accesses",
        "/portal/family",
    ),
    "scanner": ("/scanner/",),
}


@lru_cache
def service_worker(page: Page) -> bytes:
    """The script of /portal/sw.js or /scanner/sw.js."""
    kept = {"page": page, "version": _version(page), "addresses": [*_ADDRESSES[page], *_files(page)]}
    script = (_DOORS / "static/js/worker.js").read_text()
    return f"const KEPT = {json.dumps(kept, indent=1)};\n\n{script}".encode()


_NAMED = re.compile(r"""^(?:import|export)\b[^"';]*?from "([^"]+)\"""", re.MULTILINE)


@lru_cache
def modules(script: str) -> list[str]:
    """The addresses of a script and of all that it imports, however deep, so that a page can ask for them at once."""
    found: dict[str, None] = {}
    waiting = [script]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found[address] = None
        text = (_DOORS / address.removeprefix("/")).read_text()
        waiting += [
            posixpath.normpath(posixpath.join(posixpath.dirname(address), name)) for name in _NAMED.findall(text)
        ]
    return list(found)


def _files(page: Page) -> list[str]:
    """Addresses of the assets that this page may need, in a steady order."""
    folders = {_DOORS / "static": "/static", _DOORS / page / "static": f"/{page}/static"}
    return [
        f"{address}/{path.relative_to(folder).as_posix()}"
        for folder, address in folders.items()
        for path in sorted(folder.rglob("*"))
        if path.suffix in _KEPT and path.name != "worker.js"
    ]


def _version(page: Page) -> str:
    digest = hashlib.sha256()
    for folder in (_DOORS / "static", _DOORS / "templates", _DOORS / page):
        for path in sorted(path for path in folder.rglob("*") if path.suffix in (*_KEPT, ".html")):
            digest.update(path.relative_to(_DOORS).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def open_shell(room: Room, page: Page) -> None:
    """Open the doors of an installable page beside its own: worker, manifest, scripts and styles."""
    folder = _DOORS / page / "static"

    @room.get("/sw.js", allow=Anyone(), reply=File("text/javascript"), is_plain=True)
    def worker(caller: Caller) -> File:
        """The service worker: what the page keeps on the device."""
        return File("text/javascript", service_worker(page), {"Cache-Control": "no-cache"})

    @room.get("/manifest.webmanifest", allow=Anyone(), reply=File("application/manifest+json"), is_plain=True)
    def manifest(caller: Caller) -> File:
        """What makes the page installable."""
        return asset(folder, "manifest.webmanifest")

    @room.get("/static/<path:name>", allow=Anyone(), reply=File("text/javascript"), is_plain=True, rate=ASSETS)
    def static(caller: Caller, name: str) -> File:
        """The page's own scripts and styles."""
        return asset(folder, name)
