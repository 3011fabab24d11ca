"""A payment channel as a process of its own, and who receives what it tells."""

import contextlib
import itertools
import os
import queue
import random
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from healthcode.care.bills.channels import CallbackRefused, Order
from healthcode.care.bills.channels.wechat_keys import WechatSettings
from healthcode.care.bills.channels.wechat_v3 import WechatV3
from tests.support.patience import PATIENCE, looks
from tests.support.servers import Line, Lost, _start, _stop, free_port, tail

MERCHANT = "1900000001"
Callback = tuple[dict[str, str], bytes]


_numbers = itertools.count(1)


@dataclass
class Sandbox:
    """The running channel: where it is, and its folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    merchant: str = MERCHANT
    notify: str | None = None
    process: Any = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> WechatV3:
        return WechatV3(WechatSettings.in_folder(self.address, self.folder))

    def start(self) -> None:
        """Until it answers."""
        said = ["--port", str(self.port), "--folder", str(self.folder), "--merchant", self.merchant]
        asked = ["-m", "sandbox.channel", *said, *(["--notify", self.notify] if self.notify else [])]
        self.process = _start(asked, os.environ, self.folder / "channel.log")
        for _ in looks():
            if self.process.poll() is not None:
                break
            with contextlib.suppress(Lost):
                if self.ask("GET", "/sandbox/state"):
                    return
        raise AssertionError(f"the channel did not get ready: {tail(self.folder / 'channel.log')}")

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """At its unsigned doors; a refusal is an error here."""
        with contextlib.closing(Line("127.0.0.1", self.port)) as line:
            answer = line.ask(method, path, body)
        assert answer.status == 200, (answer.status, answer.data)
        return answer.body

    def pay(self, number: str) -> None:
        self.ask("POST", f"/sandbox/pay/{number}")

    def decline(self, number: str) -> None:
        self.ask("POST", f"/sandbox/decline/{number}")

    def faults(self, **switched: Any) -> None:
        self.ask("PUT", "/sandbox/faults", switched)

    def send_callbacks(self, which: str = "held") -> int:
        """What is held back, or with "all" everything once more; they have arrived when this returns."""
        return int(self.ask("POST", "/sandbox/callbacks/send", {"which": which})["sent"])

    def state(self) -> Any:
        return self.ask("GET", "/sandbox/state")


@contextlib.contextmanager
def sandbox(folder: Path, notify: str | None = None) -> Iterator[Sandbox]:
    """A channel until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    running = Sandbox(folder, notify=notify)
    try:
        running.start()
        yield running
    finally:
        _stop(running.process)


class Receiver:
    """A merchant's address: keeps what comes, and answers as it is told to."""

    def __init__(self) -> None:
        self.came: queue.Queue[Callback] = queue.Queue()
        self.status = 204
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.came.put((dict(self.headers.items()), body))  # first: whoever sent it may look at once
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.address = f"http://127.0.0.1:{self._server.server_port}/told"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self, seconds: float = 20) -> Callback:
        """What came first and was not yet looked at. Raises queue.Empty."""
        return self.came.get(timeout=seconds)

    def forget(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self.came.get_nowait()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def an_order(notify: str = "http://127.0.0.1:9/told", fen: int = 12_345) -> Order:
    expires = datetime.now(UTC) + timedelta(minutes=30)
    return Order(f"B-{next(_numbers)}_{random.randrange(10**9)}", fen, "门诊 Outpatient", notify, expires)


def a_paid_order(there: Sandbox, notify: str = "http://127.0.0.1:9/told", fen: int = 12_345) -> Order:
    order = an_order(notify, fen)
    there.client.create(order)
    there.pay(order.number)
    return order


def told(there: Sandbox, receiver: Receiver) -> tuple[Order, Callback]:
    order = a_paid_order(there, receiver.address)
    return order, receiver.next()


def refusal(client: WechatV3, callback: Callback) -> str:
    with pytest.raises(CallbackRefused) as refused:
        client.read_callback(*callback)
    return refused.value.why


def events(client: WechatV3, receiver: Receiver) -> list[tuple[str, str]]:
    found = []
    while True:
        try:
            one = client.read_callback(*receiver.came.get_nowait())
            found.append((one.event_id, one.number))
        except CallbackRefused:
            continue  # left by a test of forgeries
        except queue.Empty:
            return found


def numbers(client: WechatV3, receiver: Receiver) -> list[str]:
    return [number for _, number in events(client, receiver)]
