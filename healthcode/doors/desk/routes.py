"""The doors of the desk's pages and their files. All public: nothing in them is about a person."""

from pathlib import Path

from flask import current_app, render_template

from healthcode.core.access import Anyone
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import tongue
from healthcode.doors.assets import ASSETS, asset
from healthcode.doors.shell import modules

room = Room("desk", __name__, prefix="/desk", voice="page", template_folder="templates")
rooms = (room,)

_PAGE = File("text/html")
_STATIC = Path(__file__).resolve().parent / "static"


def _page(name: str) -> str:
    scripts = modules(f"/desk/static/{name}.js")
    return render_template(f"desk/{name}.html", lang=tongue(), settings=current_app.config["SETTINGS"], scripts=scripts)


@room.get("/", allow=Anyone(), reply=_PAGE, is_plain=True)
def home(caller: Caller) -> str:
    """Signing in to work, and what this post does."""
    return _page("home")


@room.get("/day", allow=Anyone(), reply=_PAGE, is_plain=True)
def day(caller: Caller) -> str:
    """The day's list and its queue."""
    return _page("day")


@room.get("/book", allow=Anyone(), reply=_PAGE, is_plain=True)
def book(caller: Caller) -> str:
    """Booking for somebody in front."""
    return _page("book")


@room.get("/bills", allow=Anyone(), reply=_PAGE, is_plain=True)
def bills(caller: Caller) -> str:
    """The institution's bills: written, issued, paid, credited."""
    return _page("bills")


@room.get("/reconciliation", allow=Anyone(), reply=_PAGE, is_plain=True)
def reconciliation(caller: Caller) -> str:
    """What payment channels say of a day, and settling what differs."""
    return _page("reconciliation")


@room.get("/referrals", allow=Anyone(), reply=_PAGE, is_plain=True)
def referrals(caller: Caller) -> str:
    """Referrals that came in, and those sent out."""
    return _page("referrals")


@room.get("/static/<path:name>", allow=Anyone(), reply=File("text/javascript"), is_plain=True, rate=ASSETS)
def static(caller: Caller, name: str) -> File:
    """The pages' own scripts and styles."""
    return asset(_STATIC, name)
