"""The doors of the portal's page: its shell, its worker, its files. All public: nothing in them is about a person."""

from flask import current_app, render_template

from healthcode.core.access import Anyone
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import tongue
from healthcode.doors.portal.schemas import BookAsked
from healthcode.doors.shell import modules, open_shell

room = Room("portal", __name__, prefix="/portal", voice="page", template_folder="templates")
rooms = (room,)
open_shell(room, "portal")

_PAGE = File("text/html")


_CHANNEL = "sandbox"  # by which bills are paid


def _page(name: str, **more: str) -> str:
    scripts = modules(f"/portal/static/{name}.js")
    return render_template(
        f"portal/{name}.html", lang=tongue(), settings=current_app.config["SETTINGS"], scripts=scripts, **more
    )


@room.get("/", allow=Anyone(), reply=_PAGE, is_plain=True)
def code(caller: Caller) -> str:
    """The code page."""
    return _page("code")


@room.get("/appointments", allow=Anyone(), reply=_PAGE, is_plain=True)
def appointments(caller: Caller) -> str:
    """What I have: appointments, my number today, referrals, notices."""
    return _page("appointments")


@room.get("/book", allow=Anyone(), query=BookAsked, reply=_PAGE, is_plain=True)
def book(caller: Caller, asked: dict[str, str]) -> str:
    """Find a free hour and book it, or another one instead."""
    return _page("book")


@room.get("/bills", allow=Anyone(), reply=_PAGE, is_plain=True)
def bills(caller: Caller) -> str:
    """What I have to pay, what I paid, and why."""
    return _page("bills", channel=_CHANNEL)


@room.get("/accesses", allow=Anyone(), reply=_PAGE, is_plain=True)
def accesses(caller: Caller) -> str:
    """Who looked at my data."""
    return _page("accesses")


@room.get("/family", allow=Anyone(), reply=_PAGE, is_plain=True)
def family(caller: Caller) -> str:
    """For whom I act, and who acts for me."""
    return _page("family")
