"""A Chromium for the tests of pages: found, else installed where that can be had, else missed aloud.

`from tests.support.chromium import browser, phone` in a conftest gives the fixtures.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.support.databases import missing

__all__ = ["browser", "phone"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = (
    Path("/usr/bin/chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
# It speaks to nobody but our own server, and starts as root in a container.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
)
PHONE = {"width": 390, "height": 844}


class NoChromium(Exception):
    """No Chromium can be had here; the text says what was tried."""


def find() -> str | None:
    """The path of a Chromium or Chrome on this machine; CHROMIUM names one outright."""
    named = [os.environ.get("CHROMIUM")] + [shutil.which(name) for name in _NAMES]
    return next((path for path in [*named, *map(str, _PLACES)] if path and Path(path).exists()), None)


def obtain() -> str | None:
    """The path of a Chromium, installed now if it must be; None means the one Playwright keeps. Raises NoChromium."""
    with (Path(tempfile.gettempdir()) / f"healthcode-install-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of one run do not install it twice
        if path := find():
            return path
        if os.geteuid() == 0 and shutil.which("apt-get"):
            _install_packages("chromium", "fonts-noto-cjk")
            if path := find():
                return path
        elif _run([sys.executable, "-m", "playwright", "install", "chromium"]):
            return None
    raise NoChromium("no Chromium here, and none could be installed: apt-get install chromium, or set CHROMIUM")


def ensure_chinese_font() -> bool:
    """Best effort: without a Chinese font pages are screenshots of boxes. True if there is one in the end."""
    if _has_chinese_font():
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _install_packages("fonts-noto-cjk")
    return _has_chinese_font()


def _has_chinese_font() -> bool:
    if sys.platform == "darwin":
        return True
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").rglob("*CJK*"))
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout)


def _install_packages(*names: str) -> None:
    _run(["apt-get", "-qq", "update"])
    _run(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *names])


def _run(command: list[str]) -> bool:
    print(f"installing for the browser tests: {' '.join(command)}", file=sys.__stderr__, flush=True)
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, timeout=900, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextlib.contextmanager
def chromium(*, camera: Path | None = None) -> Iterator[Browser]:
    """A running headless browser. `camera` is a film (.mjpeg, .y4m) that every camera shows, with no one asked."""
    flags = list(_FLAGS)
    if camera:
        flags += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        flags += [f"--use-file-for-fake-video-capture={camera}"]
    path = obtain()
    ensure_chinese_font()
    with _playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()


_running: list[Playwright] = []


@contextlib.contextmanager
def _playwright() -> Iterator[Playwright]:
    """Playwright's driver, of which a process may run only one at a time: whoever comes second shares it."""
    if _running:
        yield _running[0]
        return
    with sync_playwright() as playwright:
        _running.append(playwright)
        try:
            yield playwright
        finally:
            _running.clear()


def film(place: Path, pictures: list[Image.Image], frames_each: int = 10) -> Path:
    """Write pictures as a film for `chromium(camera=…)`: 640 × 480, each shown for so many frames, round and round."""
    with place.open("wb") as out:
        for picture in pictures:
            frame = Image.new("RGB", (640, 480), "white")
            shown = picture.convert("RGB")
            shown.thumbnail((440, 440))
            frame.paste(shown, ((640 - shown.width) // 2, (480 - shown.height) // 2))
            for _ in range(frames_each):
                frame.save(out, "JPEG", quality=95)
    return place


@contextlib.contextmanager
def offline(context: BrowserContext) -> Iterator[None]:
    """The network is away for every page of this context, service workers included."""
    context.set_offline(True)
    try:
        yield
    finally:
        context.set_offline(False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a worker, without a camera."""
    try:
        with chromium() as running:
            yield running
    except NoChromium as why:
        missing(str(why))


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A fresh page as a resident's phone shows it: Chinese, in the city's time zone, nothing remembered."""
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=2, has_touch=True, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(10_000)
    try:
        yield context.new_page()
    finally:
        context.close()
