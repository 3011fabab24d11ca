"""The wall's page. Public, for nothing in it is about a person: what it shows, it asks for as an enrolled display."""

from pathlib import Path

from flask import current_app, render_template

from healthcode.core.access import Anyone
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import tongue
from healthcode.doors.assets import ASSETS, asset
from healthcode.doors.shell import modules

room = Room("wall", __name__, prefix="/wall", voice="page", template_folder="templates")
rooms = (room,)

_STATIC = Path(__file__).resolve().parent / "static"


@room.get("/", allow=Anyone(), reply=File("text/html"), is_plain=True)
def wall(caller: Caller) -> str:
    """The wall's page."""
    scripts = modules("/wall/static/wall.js")
    return render_template("wall/wall.html", lang=tongue(), settings=current_app.config["SETTINGS"], scripts=scripts)


@room.get("/static/<path:name>", allow=Anyone(), reply=File("text/javascript"), is_plain=True, rate=ASSETS)
def static(caller: Caller, name: str) -> File:
    """The page's own scripts and styles."""
    return asset(_STATIC, name)
