"""Which server keeps answering while slow clients hold its connections? `python -m benchmarks.servers`

A small Flask route takes and gives JSON; each server runs it with two processes on the loopback interface.
Ordinary clients ask over eight connections, ten questions on each, while others send their head or their body one
byte a second, or ask for 256 KiB and do not read it.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

SECONDS = 5
CLIENTS = 8
PATIENCE = 2.0  # seconds after which an ordinary client counts its question as unanswered
HOME = Path(__file__).resolve().parent.parent

app = Flask(__name__)


@app.post("/echo")
def echo() -> dict[str, Any]:
    """A small JSON route."""
    asked = request.get_json()
    return {"status": "accepted", "said": asked["text"], "length": len(asked["text"])}


@app.get("/long")
def long() -> Response:
    """What a slow reader does not read."""
    return Response(b"x" * 262_144, mimetype="application/octet-stream")


def __getattr__(name: str) -> object:
    if name != "waiting_room":
        raise AttributeError(name)
    from healthcode.doors.server import WaitingRoom  # only for the server that is made of it

    return WaitingRoom(app)


_GRANIAN = "granian --workers 2 --no-log --port {port}"
_ROOMY = f"{_GRANIAN} --backlog 2048 --backpressure 1024 --http1-header-read-timeout 10000"
SERVERS = {
    "granian wsgi, 16 threads": f"{_GRANIAN} --interface wsgi --blocking-threads 16 benchmarks.servers:app",
    "granian wsgi, 512 threads": f"{_ROOMY} --interface wsgi --blocking-threads 512 benchmarks.servers:app",
    "granian + waiting room": f"{_ROOMY} --interface rsgi --loop asyncio benchmarks.servers:waiting_room",
    "gunicorn gthread, 16 threads": "gunicorn --workers 2 --threads 16 --bind 127.0.0.1:{port} --no-control-socket "
    "--log-level critical benchmarks.servers:app",
    "waitress, 1 process, 16 threads": "waitress --listen 127.0.0.1:{port} --threads 16 --connection-limit 4000 "
    "--asyncore-use-poll benchmarks.servers:app",
}


@dataclass(frozen=True)
class Figures:
    """What the ordinary clients saw."""

    per_second: float
    median_ms: float
    p99_ms: float
    unanswered: int


_QUESTION = json.dumps({"text": "HP1:" + "7" * 200}).encode()
_HEAD = b"POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
_ASK = _HEAD + b"Content-Length: %d\r\n\r\n" % len(_QUESTION) + _QUESTION


def _ordinary(port: int, told: "multiprocessing.Queue[Figures]") -> None:
    """Runs in a process of its own, so that the slow ones do not slow the measuring."""
    took: list[float] = []
    unanswered = 0

    async def client() -> None:
        nonlocal unanswered
        until = time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            try:
                reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), PATIENCE)
                with contextlib.closing(writer):
                    for _ in range(10):
                        began = time.perf_counter()
                        writer.write(_ASK)
                        await asyncio.wait_for(_answer(reader), PATIENCE)
                        took.append((time.perf_counter() - began) * 1000)
            except (TimeoutError, OSError, asyncio.IncompleteReadError):
                unanswered += 1

    async def all_clients() -> None:
        await asyncio.gather(*(client() for _ in range(CLIENTS)))

    asyncio.run(all_clients())
    took.sort()
    p99 = took[int(len(took) * 0.99)] if took else float("nan")
    told.put(Figures(len(took) / SECONDS, statistics.median(took) if took else float("nan"), p99, unanswered))


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise ConnectionError(head)
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))


async def _slow_head(port: int) -> None:
    await _trickle(port, b"", b"POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + b"s" * 600)


async def _slow_body(port: int) -> None:
    await _trickle(port, _HEAD + b"Content-Length: 600\r\n\r\n", b"s" * 600)


async def _trickle(port: int, at_once: bytes, slowly: bytes) -> None:
    while True:  # thrown out, they come back
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                writer.write(at_once)
                for byte in slowly:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(1)
        await asyncio.sleep(0.2)


async def _slow_reader(port: int) -> None:
    with socket.socket() as line, contextlib.suppress(OSError):
        line.setblocking(False)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(line, ("127.0.0.1", port))
        await loop.sock_sendall(line, b"GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 4)
        while True:
            await asyncio.sleep(1)
            await loop.sock_recv(line, 1)


Slow = Callable[[int], Awaitable[None]]
SIEGES: dict[str, list[Slow]] = {
    "nobody slow": [],
    "200 slow heads": [_slow_head] * 200,
    "200 slow bodies": [_slow_body] * 200,
    "200 slow readers": [_slow_reader] * 200,
    "1,500 slow bodies": [_slow_body] * 1500,
}


async def _besiege(port: int, siege: list[Slow]) -> Figures:
    slow = [asyncio.ensure_future(one(port)) for one in siege]
    await asyncio.sleep(2 if slow else 0)  # until they all hold what they can hold
    told: multiprocessing.Queue[Figures] = multiprocessing.Queue()
    ordinary = multiprocessing.Process(target=_ordinary, args=(port, told))
    ordinary.start()
    try:
        return await asyncio.to_thread(told.get, True, SECONDS + PATIENCE * 12)
    finally:
        ordinary.join()
        for one in slow:
            one.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


@contextlib.contextmanager
def _serving(command: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", *command.format(port=port).split()],
        cwd=HOME,
        env=os.environ | {"PYTHONPATH": str(HOME)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_it_answers(port)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait_until_it_answers(port: int) -> None:
    until = time.monotonic() + 15
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as line:
                line.sendall(_ASK)
                if b" 200 " in line.recv(64):
                    return
        except OSError:
            pass
        if time.monotonic() > until:
            raise TimeoutError("the server does not answer")
        time.sleep(0.1)


def _allow_files() -> None:
    """The slow ones are many, and each is an open file, here and in the server."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most if most != resource.RLIM_INFINITY else 8192, most))


def main() -> None:
    """Measure and print."""
    _allow_files()
    row = "{:32} {:18} {:>9} {:>9} {:>9} {:>11}"
    print(row.format("server", "besieged by", "answers/s", "median ms", "p99 ms", "unanswered"))
    for name, command in SERVERS.items():
        for kind, siege in SIEGES.items():
            with _serving(command) as port:
                seen = asyncio.run(_besiege(port, siege))
            figures = f"{seen.per_second:.0f}", f"{seen.median_ms:.1f}", f"{seen.p99_ms:.1f}", str(seen.unanswered)
            print(row.format(name, kind, *figures), flush=True)


if __name__ == "__main__":
    main()
