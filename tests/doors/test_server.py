"""The service's way of meeting the network, asked over real sockets."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request

from healthcode.doors.server import WaitingRoom

_HOME = Path(__file__).resolve().parent.parent.parent
_ASK = b"POST /told HTTP/1.1\r\nHost: here.test\r\n"


def little_service() -> WaitingRoom:
    """What the server under test serves: says what it was told; two threads, two seats, small and impatient."""
    app = Flask(__name__)

    @app.route("/told", methods=["GET", "POST"])
    @app.route("/told/<path:rest>")
    def told(rest: str = "") -> dict[str, object]:
        body = request.get_data().decode()
        return {"body": body, "path": request.path, "query": request.query_string.decode(), "host": request.host,
                "headers": [[name, text] for name, text in request.headers], "from": request.remote_addr}  # fmt: skip

    @app.get("/slowly")
    def slowly() -> str:
        time.sleep(0.5)
        return "done"

    return WaitingRoom(app, threads=2, seats=2, body_limit=1000, body_seconds=1)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    program = (
        "from healthcode.doors.server import serve; "
        f"serve(host='127.0.0.1', port={number}, processes=1, target='tests.doors.test_server:little_service')"
    )
    server = subprocess.Popen([sys.executable, "-c", program], cwd=_HOME, start_new_session=True)
    try:
        _wait(number)
        yield number
        server.terminate()
        assert server.wait(15) == 0
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            if say(port, _ASK + b"\r\n").startswith(b"HTTP/1.1 200"):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError


def say(port: int, *parts: bytes, pause: float = 0.05) -> bytes:
    """Send the parts with a pause between them; return all that comes back until the server closes or a second passes."""
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        for part in parts:
            line.sendall(part)
            time.sleep(pause)
        heard = b""
        while b"\r\n\r\n" not in heard or len(heard.partition(b"\r\n\r\n")[2]) < _length(heard):
            more = line.recv(65536)
            if not more:
                break
            heard += more
        return heard


def _length(answer: bytes) -> int:
    lines = answer.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    return next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)


def told(answer: bytes) -> dict[str, object]:
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def test_a_body_in_pieces_arrives_whole(port: int) -> None:
    answer = say(port, _ASK + b"Content-Length: 6\r\n\r\n", "晋".encode(), "江".encode())
    assert told(answer)["body"] == "晋江"


@pytest.mark.case("K12")
def test_a_body_that_never_ends_keeps_no_thread_and_is_sent_away(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=4) for _ in range(50)]
    for line in lines:
        line.sendall(_ASK + b"Content-Length: 900\r\n\r\nx")
    began = time.monotonic()
    assert told(say(port, _ASK + b"\r\n"))["body"] == ""
    assert time.monotonic() - began < 0.8
    for line in lines:
        assert line.recv(100).startswith(b"HTTP/1.1 408 ")
        line.close()


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(port: int) -> None:
    answer = say(port, _ASK + b"Content-Length: 1001\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert told(answer)["type"] == "/problems/content-too-large"


def test_a_body_cut_short_never_passes_for_a_whole_one(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        line.sendall(_ASK + b"Content-Length: 10\r\n\r\n12345")
        line.shutdown(socket.SHUT_WR)
        assert not line.recv(1000).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\n12345\r\n0\r\n\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"Content-Length: -3\r\n\r\nabc",
        b"Content-Length: +3\r\n\r\nabc",
        b"Content-Length: 3\r\nTransfer-Encoding: identity\r\n\r\nabc",
    ],
)
def test_a_body_whose_length_is_in_doubt_is_refused(port: int, head: bytes) -> None:
    assert say(port, _ASK + head)[9:12] in (b"400", b"411")


def test_when_all_seats_are_taken_the_rest_are_told_to_come_back(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(10)]
    for line in lines:
        line.sendall(b"GET /slowly HTTP/1.1\r\nHost: here.test\r\n\r\n")
    answers = [line.recv(1000) for line in lines]
    refused = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503 ")]
    assert len(refused) == 6
    assert all(b"retry-after: 2\r\n" in answer for answer in refused)
    assert sum(answer.startswith(b"HTTP/1.1 200 ") for answer in answers) == 4
    for line in lines:
        line.close()


def test_headers_arrive_as_wsgi_has_them(port: int) -> None:
    answer = say(
        port,
        b"GET /told/%E6%99%8B%2F?a=%E6&b=1 HTTP/1.1\r\nHost: here.test\r\nCookie: a=1\r\nCookie: b=2\r\n"
        b"Accept: x/y\r\nAccept: y/z\r\nX_Forwarded_For: 9.9.9.9\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n",
    )
    heard = told(answer)
    headers = dict(heard["headers"])
    assert (heard["path"], heard["query"], heard["host"], heard["from"]) == (
        "/told/晋/",
        "a=%E6&b=1",
        "here.test",
        "127.0.0.1",
    )
    assert (headers["Cookie"], headers["Accept"]) == ("a=1; b=2", "x/y,y/z")
    assert headers["X-Forwarded-For"] == "1.1.1.1"


def test_a_connection_is_kept_for_the_next_question(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        for _ in range(3):
            line.sendall(_ASK + b"Content-Length: 2\r\n\r\nok")
            heard = b""
            while b"\r\n\r\n" not in heard or len(heard.partition(b"\r\n\r\n")[2]) < _length(heard):
                heard += line.recv(65536)
            assert told(heard)["body"] == "ok"
