"""The service as it runs in a city: processes of its own behind one port of 127.0.0.1, real HTTP, the machine's time."""

import base64
import contextlib
import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from pathlib import Path
from threading import Barrier
from typing import Any, Self

from config import Settings
from tests.support.patience import PATIENCE, looks

IDLE = 5.0  # seconds after which a client does not trust a kept connection any more; the server closes it after ten
SERVICE = "healthcode.doors.server:application"
_HOME = Path(__file__).resolve().parent.parent.parent
_GONE = (OSError, http.client.HTTPException)


class Lost(ConnectionError):
    """The connection ended before its answer: nobody knows whether anything was done."""


@dataclass(frozen=True)
class Answer:
    """One answer as a client got it. It reads like that of Flask's test client, so that phones and scanners take it."""

    status: int
    data: bytes
    headers: Mapping[str, str]

    @property
    def body(self) -> Any:
        return json.loads(self.data) if "json" in self.headers.get("Content-Type", "") else self.data

    status_code = property(lambda self: self.status)
    json = property(lambda self: self.body)
    text = property(lambda self: self.data.decode())


class Line:
    """One client with one kept connection. It never asks a second time by itself: it raises Lost."""

    def __init__(self, host: str, port: int, patience: float = 30.0) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=patience)
        self._used_at = 0.0

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        if time.monotonic() - self._used_at > IDLE:
            self._connection.close()
        data = json.dumps(body).encode() if body is not None else None
        said = {"Content-Type": "application/json"} if data is not None else {}
        try:
            self._connection.request(method, path, data, said | dict(headers or {}))
            answer = self._connection.getresponse()
            heard = Answer(answer.status, answer.read(), answer.headers)
        except _GONE as why:
            self._connection.close()
            raise Lost(type(why).__name__) from why
        self._used_at = time.monotonic()
        return heard

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, json: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("POST", path, json, headers)

    def close(self) -> None:
        self._connection.close()


class Crowd:
    """So many clients, each with a connection that is open already, who all ask at the same instant."""

    def __init__(self, served: "Served", size: int) -> None:
        self._lines = [served.line() for _ in range(size)]
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="client")

    def all(self, deed: Callable[[Line, int], Answer], size: int | None = None) -> list[Answer]:
        """What each of the first `size` clients is answered; a lost answer is an error here."""
        lines = self._lines[:size]
        together = Barrier(len(lines))

        def go(number: int) -> Answer:
            lines[number].get("/healthz")  # opens the connection, so that connecting is no part of the race
            together.wait(PATIENCE)
            return deed(lines[number], number)

        return list(self._threads.map(go, range(len(lines))))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        for line in self._lines:
            line.close()


@dataclass
class Served:
    """A running service: where it is, its processes, and where they write their logs."""

    host: str
    port: int
    start: "Callable[[], subprocess.Popen[bytes]]"
    processes: int
    log: Path
    parent: "subprocess.Popen[bytes]" = field(init=False)
    worker: "subprocess.Popen[bytes] | None" = None
    _seen: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parent = self.start()

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def workers(self) -> list[int]:
        """The server's processes, oldest first."""
        listed = subprocess.run(
            ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,command="], capture_output=True, text=True, check=True
        )
        pids = [
            int(pid)
            for pid, ppid, state, command in (
                line.split(None, 3) for line in listed.stdout.splitlines() if len(line.split(None, 3)) == 4
            )
            if int(ppid) == self.parent.pid and "spawn_main" in command and not state.startswith("Z")
        ]
        for pid in pids:
            self._seen.setdefault(pid, time.monotonic())
        return sorted(pids, key=self._seen.__getitem__)

    def listening(self) -> int | None:
        """How many of its processes listen on its port, where the system tells (Linux)."""
        table = Path("/proc/net/tcp")
        if not table.exists():
            return None
        rows = (line.split() for line in table.read_text().splitlines()[1:])
        return sum(row[1].endswith(f":{self.port:04X}") and row[3] == "0A" for row in rows)

    def kill_one(self, which: int) -> int:
        """End one process as a power cut would, counted from the oldest; the server starts another.

        It waits for the one that took the place of the last, because a server whose youngest process dies at once takes
        itself for a program that cannot start, and ends; and until half of them listen, because a machine that starts
        processes slower than they are killed would have no service at all, and nothing to lose in the middle.
        """
        for _ in looks():
            pids, listening = self.workers(), self.listening()
            if len(pids) == self.processes and (listening is None or 2 * listening >= self.processes):
                break
        victim = pids[which]
        os.kill(victim, signal.SIGKILL)
        for _ in looks(
            pause=0.01
        ):  # it is listed until its memory is given back, and would be taken for one that serves
            if victim not in self.workers():
                break
        return victim

    def restart(self, how: signal.Signals) -> None:
        """End the whole server by a signal, processes that outlive their parent too, and start it again.

        One that is still starting is let get ready first: ended sooner, it would never have served anybody.
        """
        _wait(self)
        processes = self.workers()
        self.parent.send_signal(how)
        self.parent.wait(PATIENCE)
        for pid in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.parent = self.start()

    def line(self, patience: float = 30.0) -> Line:
        """A new client."""
        return Line(self.host, self.port, patience)

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, patience: float = 30
    ) -> Answer:
        """One request on a connection of its own. Raises Lost."""
        with contextlib.closing(self.line(patience)) as line:
            return line.ask(method, path, body, headers)

    def insist(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask until there is an answer: what a client does whose answer was lost. 503 is no answer."""
        for _ in looks(pause=0.05, look=30):
            with contextlib.suppress(Lost):
                answer = self.ask(method, path, body, headers)
                if answer.status != 503:
                    return answer
        raise AssertionError("the service did not come back")

    def processor_seconds(self) -> dict[int, float]:
        """What each process has worked so far, where the system tells (Linux)."""
        ticks = os.sysconf("SC_CLK_TCK")
        stats = {pid: Path(f"/proc/{pid}/stat") for pid in self.workers()}
        read = {pid: stat.read_text().rpartition(")")[2].split() for pid, stat in stats.items() if stat.exists()}
        return {pid: (int(parts[11]) + int(parts[12])) / ticks for pid, parts in read.items()}


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of a process with these settings; nothing of ours that is set here gets through to it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("HEALTHCODE_")}
    chosen = {
        one.name: getattr(settings, one.name) for one in fields(settings) if getattr(settings, one.name) != one.default
    }
    return plain | {f"HEALTHCODE_{name.upper()}": _written(value) for name, value in chosen.items()} | more


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{name}:{_written(key)}" for name, key in value.items())
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


@contextlib.contextmanager
def served(
    settings: Settings,
    *,
    processes: int = 2,
    port: int | None = None,
    target: str = SERVICE,
    with_worker: bool = False,
    **more: str,
) -> Iterator[Served]:
    """Serve a prepared database until the block ends; nothing is left running. `more` goes into the environment.

    As `healthcode serve` does it, unless a test's own `target` is served; `with_worker` runs `healthcode work` beside.
    """
    host, port = "127.0.0.1", port or free_port()
    asked = ["-m", "healthcode", "serve", "--port", str(port), "--processes", str(processes)]
    if target != SERVICE:
        said = f"host={host!r}, port={port}, processes={processes}, target={target!r}"
        asked = ["-c", f"from healthcode.doors.server import serve; serve({said})"]
    environ = environment(settings, **more)
    settings.folder.mkdir(parents=True, exist_ok=True)
    log = settings.folder / "server.log"
    with contextlib.ExitStack() as at_the_end:
        server = Served(host, port, lambda: _start(asked, environ, log), processes, log)
        at_the_end.callback(lambda: _stop(server.parent))
        if with_worker:
            server.worker = start_worker(settings, **more)
            at_the_end.callback(lambda: _stop(server.worker))
        _wait(server)
        yield server


def start_worker(settings: Settings, **more: str) -> "subprocess.Popen[bytes]":
    """`healthcode work`, for as long as nobody ends it."""
    return _start(["-m", "healthcode", "work"], environment(settings, **more), settings.folder / "server.log")


def _start(asked: Sequence[str], environ: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, *asked],
            cwd=_HOME,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C ends the tests, and their end ends the service
            preexec_fn=_end_with_parent,
        )


def _end_with_parent() -> None:
    """Where the kernel can (Linux), killed tests take the service with them."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _stop(process: "subprocess.Popen[bytes] | None") -> None:
    """Politely, then for certain, with everything that it started."""
    if process is None:
        return
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=20)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Served) -> None:
    """Until every process listens: each has a socket of its own on the port, and connections are spread over them."""
    for _ in looks(pause=0.05):
        if server.parent.poll() is not None:
            break
        if server.listening() in (None, server.processes):
            with contextlib.suppress(Lost):
                if server.ask("GET", "/readyz", patience=5).status == 200:
                    return
    raise AssertionError(f"the server did not get ready: {tail(server.log)}")


def tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.is_file() else ""
