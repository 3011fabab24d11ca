"""From opening the page to the first code on the screen, cold, in a Chromium whose processor is slowed down four times.

The resident is signed in, and nothing else is there: no cache, no worker, no key. The page is fetched, seven keys are
made, the city certifies them, the first showing is signed and drawn. The yardstick is the first paint of the plain
way in of the same service, in the same browser.
"""

import statistics
import tempfile
from datetime import date
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.table import Row, in_turn, ratio, size
from config import Settings
from healthcode import create_app
from healthcode.core.db import db
from tests.support.chromium import PHONE, chromium
from tests.support.screens import PhoneScreen, Place, place

SLOWER = 4
REACH = 2_000  # milliseconds
_WATCH = """new MutationObserver(() => {
    if (!document.querySelector("#panel[data-state=pass]")) return;
    requestAnimationFrame(() => { window.firstCode ??= performance.now(); });
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"]});"""
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def rows() -> list[Row]:
    """One row: milliseconds to the first code."""
    with tempfile.TemporaryDirectory(prefix="healthcode-benchmark-") as folder:
        settings = _settings(Path(folder))
        app = create_app(settings)
        with app.app_context():
            upgrade()
            db.engine.dispose()
        with place(settings) as town, chromium() as browser:
            rounds = size("rounds", 11)
            ours, theirs = in_turn(lambda: _code(town, browser), lambda: _way_in(town, browser), rounds)
    measured = f"{statistics.median(ours):,.0f} ms"
    yardstick = f"first paint of / {statistics.median(theirs):,.0f} ms"
    what = f"page to first code on screen (cold, Chromium, processor {SLOWER}× slower, median of {rounds})"
    return [
        Row(
            what, measured, yardstick, f"{ratio(ours, theirs):.1f}×", f"< {REACH:,} ms", statistics.median(ours) < REACH
        )
    ]


def _settings(folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'first.db'}",
        folder=folder,
        master_keys={"first": bytes(range(32))},
        index_key=bytes(range(32, 64)),
        environment="development",
        log_level="warning",
    )


def _code(town: Place, browser: Browser) -> float:
    """A signed-in resident who was never here with this phone."""
    person = town.newcomer("王秀英", date(1952, 3, 8))
    context, page = _cold(browser)
    phone = PhoneScreen(page, town)
    phone.remember(person)
    page.add_init_script(_WATCH)
    phone.open()
    milliseconds = page.wait_for_function("() => window.firstCode").json_value()
    assert phone.code().startswith("HP1:")
    context.close()
    return float(milliseconds)


def _way_in(town: Place, browser: Browser) -> float:
    context, page = _cold(browser)
    page.goto(f"{town.address}/")
    milliseconds = page.wait_for_function(_PAINTED).json_value()
    context.close()
    return float(milliseconds)


def _cold(browser: Browser) -> tuple[BrowserContext, Page]:
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return context, page
