"""The clients: a process of their own that asks over kept connections, as fast as it is answered.

It shares neither the interpreter nor the lock of what is measured. Requests come ready as bytes, so that asking costs
little and the same everywhere; every answer's status is checked.
"""

import multiprocessing
import selectors
import socket
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter
from typing import Any

CONNECTIONS = 32
PATIENCE = 30  # seconds without any answer until a round is given up


@dataclass(frozen=True)
class Heard:
    """One round: how many answers in how many seconds, and how long each took."""

    answers: int
    seconds: float
    median_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds


class Wrong(Exception):
    """An answer that was not the expected one: the round counts for nothing."""


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A whole request as it goes over the line."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*", "User-Agent: benchmark"]
    lines += [f"{name}: {text}" for name, text in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(
    port: int,
    stock: Sequence[bytes],
    *,
    seconds: float,
    status: int,
    again: bool = False,
    connections: int = CONNECTIONS,
) -> Heard:
    """Ask what is in stock, each once, for so long or until it is used up; with `again` it begins anew.

    Raises Wrong for any answer of another status.
    """
    ours, theirs = multiprocessing.Pipe()
    clients = multiprocessing.get_context("spawn").Process(target=_clients, args=(theirs,), daemon=True)
    clients.start()
    theirs.close()
    try:
        ours.send((port, stock, seconds, status, again, connections))
        heard = ours.recv()
    finally:
        ours.close()
        clients.join(PATIENCE)
    if isinstance(heard, str):
        raise Wrong(heard)
    answers: Heard = heard
    return answers


def _clients(line: Any) -> None:
    port, stock, seconds, status, again, connections = line.recv()
    try:
        line.send(_ask_all(port, cycle(stock) if again else iter(stock), seconds, str(status).encode(), connections))
    except (Wrong, OSError) as why:
        line.send(f"{type(why).__name__}: {why}")


def _ask_all(port: int, stock: Iterator[bytes], seconds: float, status: bytes, connections: int) -> Heard:
    took: list[float] = []
    asked: dict[socket.socket, float] = {}
    with selectors.DefaultSelector() as waiting:
        for _ in range(connections):
            line = socket.create_connection(("127.0.0.1", port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(line, selectors.EVENT_READ)
            asked[line] = 0.0
        began = last = perf_counter()
        for line in list(asked):
            _ask_next(line, stock, asked, began)
        while asked:
            ready = waiting.select(PATIENCE)
            if not ready:
                raise Wrong("no answer any more")
            for key, _ in ready:
                line = key.fileobj  # type: ignore[assignment]  # only sockets were registered
                _hear(line, status)
                last = perf_counter()
                took.append(last - asked.pop(line))
                if last - began < seconds:
                    _ask_next(line, stock, asked, last)
        for key in list(waiting.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
    took.sort()
    return Heard(len(took), last - began, statistics.median(took) * 1000, took[int(len(took) * 0.99)] * 1000)


def _ask_next(line: socket.socket, stock: Iterator[bytes], asked: dict[socket.socket, float], now: float) -> None:
    following = next(stock, None)
    if following is None:
        asked.pop(line, None)
        return
    asked[line] = now
    line.sendall(following)


def _hear(line: socket.socket, status: bytes) -> None:
    """One whole answer. Raises Wrong unless it has that status."""
    data = line.recv(65536)
    while b"\r\n\r\n" not in data:
        data += _more(line)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += _more(line)
    if head[9:12] != status or len(body) != length:
        raise Wrong(f"{head.decode(errors='replace')} {body[:300].decode(errors='replace')}")


def _more(line: socket.socket) -> bytes:
    data = line.recv(65536)
    if not data:
        raise Wrong("the connection ended before its answer")
    return data
