"""The front's doors."""

import os
from pathlib import Path

from flask import current_app, render_template, request

from healthcode.core import db, metrics, outbox
from healthcode.core.access import Anyone
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import NotFound, Problem, Unavailable, tongue
from healthcode.doors.assets import ASSETS, asset
from healthcode.doors.shell import modules
from healthcode.trust.sessions import service as sessions

room = Room("front", __name__)
pages = Room("front_pages", __name__, voice="page")
rooms = (room, pages)

_STATIC = Path(__file__).resolve().parent.parent / "static"
_OFTEN = "6000/minute"  # a monitor asks all the time


@room.get("/static/<path:name>", allow=Anyone(), reply=File("text/css"), rate=ASSETS, is_plain=True)
def static(caller: Caller, name: str) -> File:
    """Scripts, styles and pictures that several pages share."""
    return asset(_STATIC, name)


@room.get("/healthz", allow=Anyone(), reply=File("text/plain"), rate=_OFTEN, is_plain=True)
def healthz(caller: Caller) -> str:
    """The process is alive."""
    return "alive\n"


@room.get("/readyz", allow=Anyone(), reply=File("text/plain"), rate=_OFTEN)
def readyz(caller: Caller) -> str:
    """The process can serve: its database answers and has this version's tables. 503 otherwise."""
    try:
        db.must_be_migrated()
    except db.NotMigrated:
        raise Unavailable(retry_after=10) from None
    return "ready\n"


@room.get("/metrics", allow=Anyone(), reply=File(metrics.MIMETYPE), rate=_OFTEN)
def numbers(caller: Caller) -> File:
    """Counts and durations for Prometheus, for this machine only: elsewhere the address does not exist."""
    if request.remote_addr not in ("127.0.0.1", "::1"):
        raise NotFound()
    metrics.WAITING.set(outbox.waiting()["waiting"])
    return File(metrics.MIMETYPE, metrics.page(os.environ.get("PROMETHEUS_MULTIPROC_DIR")))


@room.get("/api/v1/openapi.json", allow=Anyone(), reply=File("application/json"), is_plain=True)
def openapi(caller: Caller) -> File:
    """The API's document, OpenAPI 3.1, written by the doors themselves."""
    return File("application/json", current_app.extensions["openapi"].text(current_app))


@pages.get("/", allow=Anyone(), reply=File("text/html"), is_plain=True)
def home(caller: Caller) -> str:
    """The way in: for residents, for stations, for developers."""
    return render_template("home.html", lang=tongue(), settings=current_app.config["SETTINGS"])


@pages.get("/receipt", allow=Anyone(), reply=File("text/html"), is_plain=True)
def receipt(caller: Caller) -> str:
    """A receipt, shown and proved from what stands behind the # of its address, which never leaves the browser."""
    settings, scripts = current_app.config["SETTINGS"], modules("/static/js/receipt.js")
    return render_template("receipt.html", lang=tongue(), settings=settings, scripts=scripts)


@pages.get("/problems/", allow=Anyone(), reply=File("text/html"), is_plain=True)
def problems(caller: Caller) -> str:
    """Everything that this service can refuse, and what it means."""
    known = sorted(Problem.catalogue.items())
    return render_template("problems.html", lang=tongue(), problems=[_told(slug, kind) for slug, kind in known])


@pages.get("/problems/<slug>", allow=Anyone(), reply=File("text/html"), is_plain=True)
def problem(caller: Caller, slug: str) -> str:
    """One problem: the page its `type` points to."""
    kind = Problem.catalogue.get(slug)
    if kind is None:
        raise NotFound()
    return render_template("problems.html", lang=tongue(), problems=[_told(slug, kind)])


@pages.get("/dev/messages", allow=Anyone(), reply=File("text/html"))
def messages(caller: Caller) -> str:
    """Development only: the text messages that would have left. Elsewhere the address does not exist."""
    if current_app.config["SETTINGS"].sms != "development":
        raise NotFound()
    return render_template("messages.html", lang=tongue(), messages=sessions.recent_messages())


def _told(slug: str, kind: type[Problem]) -> dict[str, object]:
    return {"slug": slug, "status": kind.status, "title": kind.title, "meaning": " ".join((kind.__doc__ or "").split())}
