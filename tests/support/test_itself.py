"""The ground that tests stand on, tested: servers, databases of one's own, a browser with a camera."""

import base64
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import qrcode
import zxingcpp
from PIL import Image
from playwright.sync_api import Error, Page
from sqlalchemy import create_engine, text

from tests.support.chromium import chromium, film, offline
from tests.support.postgres import postgres_server

_HOME = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("time_of_asking", ["first", "second"])
def test_every_test_gets_a_database_of_its_own(database: str, time_of_asking: str) -> None:
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("create table mine (n integer)"))
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from mine")).scalar() == 0
    engine.dispose()


def test_a_server_that_flushes_can_be_had_beside_the_other(postgres: str) -> None:
    with postgres_server(fsync=True) as flushing:
        for server, fsync in ((flushing, "on"), (postgres, "off")):
            with psycopg.connect(server.replace("+psycopg", "")) as connection:
                assert connection.execute("show fsync").fetchone() == (fsync,)


def test_a_server_ends_even_with_a_killed_user() -> None:
    program = "import time; from tests.support.postgres import postgres_server as p\nwith p() as u: print(u, flush=True); time.sleep(60)"
    user = subprocess.Popen([sys.executable, "-c", program], cwd=_HOME, stdout=subprocess.PIPE, text=True)
    assert user.stdout
    url = user.stdout.readline().strip()
    psycopg.connect(url.replace("+psycopg", "")).close()
    os.kill(user.pid, signal.SIGKILL)
    user.wait()
    folder = Path(url.partition("host=")[2])
    until = time.monotonic() + 20
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("+psycopg", ""))


def test_a_phone_is_chinese_and_lives_in_the_city_s_time(phone: Page) -> None:
    assert phone.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"
    assert phone.evaluate("navigator.language") == "zh-CN"


def test_a_phone_can_lose_its_network(phone: Page) -> None:
    with offline(phone.context), pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        phone.goto("http://127.0.0.1:9/")


def test_a_camera_shows_the_film(tmp_path: Path) -> None:
    place = film(tmp_path / "film.mjpeg", [qrcode.make("HP1:SEEN").get_image()])
    with chromium(camera=place) as seeing:
        page = seeing.new_page()
        page.route("**", lambda route: route.fulfill(body="<canvas width=640 height=480>", content_type="text/html"))
        page.goto("https://healthcode.test/")  # a camera needs a secure page; nobody is asked, the route answers
        picture = page.evaluate("""async () => {
            const video = document.createElement("video");
            video.srcObject = await navigator.mediaDevices.getUserMedia({video: {width: 640, height: 480}});
            await video.play();
            await new Promise(done => video.requestVideoFrameCallback(done));
            const canvas = document.querySelector("canvas");
            canvas.getContext("2d").drawImage(video, 0, 0);
            return canvas.toDataURL("image/png").split(",")[1];
        }""")
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    assert [found.text for found in zxingcpp.read_barcodes(image)] == ["HP1:SEEN"]
