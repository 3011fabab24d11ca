"""How the service meets the network: granian in front, and between it and Flask a waiting room.

A WSGI server hands a request to a thread when its head has arrived, so a client that sends its body a byte a second
keeps that thread for hours. Here the body waits in the event loop, with a limit and a deadline, and a thread is taken
only for a request that is whole; what the thread answers is handed back whole, so a slow reader keeps no thread
either. An answer that goes on (whatever has a `tick`) waits here too, and takes a thread only to look. When more
requests wait than can be answered soon, the rest are told at once to come back later.
"""

import asyncio
import contextlib
import gc
import io
import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.rsgi import ProtocolClosed

CONNECTIONS = 1024  # held open by one process at most; whoever comes then waits in the kernel's queue
HEAD_SECONDS = 10  # for the head of a request, the wait for it on a kept connection included
BODY_SECONDS = 15
BODY_LIMIT = 1024 * 1024  # bytes; the largest of any door

Answer = tuple[int, list[tuple[str, str]], bytes]
Begun = tuple[int, list[tuple[str, str]], Any]  # an answer that goes on, and what it goes on with
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WaitingRoom:
    """An RSGI application around a WSGI one: whole bodies in, whole answers out, a bounded number of threads between.

    `threads` answer at a time and `seats` wait; `body_limit` is in bytes and is the largest of any door;
    `body_seconds` is the time a client has for its whole body.
    """

    def __init__(
        self,
        application: Application,
        *,
        threads: int = 16,
        seats: int = 256,
        body_limit: int = BODY_LIMIT,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._application = application
        self._room = threads + seats
        self._inside = 0
        self._body_limit = body_limit
        self._body_seconds = body_seconds
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="door")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request. Called by granian."""
        if scope.proto != "http":
            protocol.close(None)
            return
        try:
            answer: Answer | Begun = await self._seated(_environ(scope, await self._body(scope, protocol)))
        except _Refused as refused:
            answer = refused.answer
        if isinstance(answer[2], bytes):
            protocol.response_bytes(*answer)
        else:
            await self._go_on(answer, protocol)

    async def _go_on(self, begun: Begun, protocol: Any) -> None:
        """Send what there is to send as it comes, until the stream or its reader is gone."""
        status, headers, stream = begun
        gone = asyncio.ensure_future(protocol.client_disconnect())
        try:
            transport = protocol.response_stream(status, headers)
            while (news := await asyncio.get_running_loop().run_in_executor(self._threads, stream.tick)) is not None:
                if news:
                    await transport.send_bytes(news)
                await asyncio.wait({gone}, timeout=stream.pause)
                if gone.done():
                    break
        except ProtocolClosed:
            return  # the reader went between two looks
        finally:
            gone.cancel()
            stream.close()

    async def _body(self, scope: Any, protocol: Any) -> bytes:
        if scope.headers.get("transfer-encoding"):  # cut short in the middle of its chunks it would pass for whole
            raise _Refused(411, "length-required", "A body needs a Content-Length.")
        length = int(scope.headers.get("content-length", "0"))  # granian has refused what is not a number
        if length > self._body_limit:
            raise _Refused(413, "content-too-large", "The body is too large.")
        try:
            async with asyncio.timeout(self._body_seconds):
                body = b"".join([part async for part in protocol]) if length else b""
        except TimeoutError:
            raise _Refused(408, "request-timeout", "The body did not arrive in time.") from None
        if len(body) != length:
            raise _Refused(400, "short-body", "The body ended before its Content-Length.")
        return body

    async def _seated(self, environ: dict[str, Any]) -> Answer | Begun:
        if self._inside >= self._room:
            raise _Refused(503, "overloaded", "Too much at once. Please come back.", ("retry-after", "2"))
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, environ)
        finally:
            self._inside -= 1

    def _ask(self, environ: dict[str, Any]) -> Answer | Begun:
        said: list[tuple[int, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[..., None]:
            said[:] = [(int(status[:3]), [(name.lower(), text) for name, text in headers])]
            return lambda data: None

        parts = self._application(environ, start_response)
        if hasattr(parts, "tick"):
            return *said[0], parts
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return *said[0], body


class _Refused(Exception):
    """A refusal before anybody was asked; the connection ends with it, for its body may still be coming."""

    def __init__(self, status: int, name: str, title: str, *headers: tuple[str, str]) -> None:
        problem = orjson.dumps({"type": f"/problems/{name}", "title": title, "status": status})
        plain = [("content-type", "application/problem+json"), ("connection", "close"), ("cache-control", "no-store")]
        self.answer: Answer = (status, [*plain, *headers], problem)


def _environ(scope: Any, body: bytes) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333)."""
    client, _, port = scope.client.rpartition(":")
    server, _, server_port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),  # granian has decoded its percent signs
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server,
        "SERVER_PORT": server_port,
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(scope.headers.items(), environ)
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _add_headers(headers: Iterable[tuple[str, str]], environ: dict[str, Any]) -> None:
    for name, text in headers:
        if "_" in name:  # X_Forwarded_For must not pass for X-Forwarded-For
            continue
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        if key not in environ:
            environ[key] = text
        elif key != "HTTP_HOST":
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + text


def application() -> WaitingRoom:
    """The service as granian's processes load it, with the settings of the environment."""
    from config import load
    from healthcode import create_app

    room = WaitingRoom(create_app(load(os.environ)))
    gc.collect()
    gc.freeze()  # what is there from the start is never garbage: no collection need walk past it
    return room


def serve(
    *,
    host: str,
    port: int,
    processes: int = 2,
    certificate: Path | None = None,
    key: Path | None = None,
    target: str = "healthcode.doors.server:application",
) -> None:
    """Serve until SIGINT or SIGTERM; requests being answered are finished first, for ten seconds at most.

    `certificate` and `key` are PEM files (the key in PKCS#8) and turn the door into https.
    """
    _allow_files(2 * CONNECTIONS)
    # Processes that begin from nothing: none inherits a connection, a lock or a counter of ours.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        target,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        loop=Loops.asyncio,
        workers=processes,
        http=HTTPModes.http1,
        websockets=False,
        backlog=2 * CONNECTIONS,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000),
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        ssl_cert=certificate,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    with tempfile.TemporaryDirectory(prefix="healthcode-metrics-") as folder:
        # Read by prometheus_client when a process imports it: /metrics then counts what all of them did.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        server.serve()


def _allow_files(wanted: int) -> None:
    """Every connection is an open file, and the usual limit of 1,024 is a machine's guess."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now != resource.RLIM_INFINITY and now < wanted:
        reachable = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, most))
