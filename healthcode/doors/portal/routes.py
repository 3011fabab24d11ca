"""The doors of the portal's page: its shell, its worker, its files. All public: nothing in them is about a person."""

from pathlib import Path

from flask import current_app, render_template

from healthcode.core.access import Anyone
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import tongue
from healthcode.doors.assets import asset
from healthcode.doors.shell import service_worker

room = Room("portal", __name__, prefix="/portal", voice="page", template_folder="templates")
rooms = (room,)

_STATIC = Path(__file__).parent / "static"
_PAGE = File("text/html")


def _page(name: str) -> str:
    return render_template(f"portal/{name}.html", lang=tongue(), settings=current_app.config["SETTINGS"])


@room.get("/", allow=Anyone(), reply=_PAGE, is_plain=True)
def code(caller: Caller) -> str:
    """The code page."""
    return _page("code")


@room.get("/accesses", allow=Anyone(), reply=_PAGE, is_plain=True)
def accesses(caller: Caller) -> str:
    """Who looked at my data."""
    return _page("accesses")


@room.get("/family", allow=Anyone(), reply=_PAGE, is_plain=True)
def family(caller: Caller) -> str:
    """For whom I act, and who acts for me."""
    return _page("family")


@room.get("/sw.js", allow=Anyone(), reply=File("text/javascript"), is_plain=True)
def worker(caller: Caller) -> File:
    """The service worker: what the page keeps on the device."""
    return File("text/javascript", service_worker("portal"), {"Cache-Control": "no-cache"})


@room.get("/manifest.webmanifest", allow=Anyone(), reply=File("application/manifest+json"), is_plain=True)
def manifest(caller: Caller) -> File:
    """What makes the page installable."""
    return asset(_STATIC, "manifest.webmanifest")


@room.get("/static/<path:name>", allow=Anyone(), reply=File("text/javascript"), is_plain=True, rate="6000/minute")
def static(caller: Caller, name: str) -> File:
    """The page's own scripts and styles."""
    return asset(_STATIC, name)
