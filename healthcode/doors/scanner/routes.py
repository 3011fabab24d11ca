"""The doors of the scanner's page: its shell, its worker, its files. All public: nothing in them is about a person."""

from flask import current_app, render_template

from healthcode.core.access import Anyone
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import tongue
from healthcode.doors.shell import modules, open_shell

room = Room("scanner", __name__, prefix="/scanner", voice="page", template_folder="templates")
rooms = (room,)
open_shell(room, "scanner")

_PAGE = File("text/html")


@room.get("/", allow=Anyone(), reply=_PAGE, is_plain=True)
def scanner(caller: Caller) -> str:
    """The scanner's page."""
    scripts = modules("/scanner/static/scanner.js")
    return render_template(
        "scanner/scanner.html", lang=tongue(), settings=current_app.config["SETTINGS"], scripts=scripts
    )
