"""One HTTP request to a channel: bounded in time and size, no redirects, no second try."""

import http.client
import io
import socket
import ssl
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from healthcode.care.bills.channels.base import ChannelAway
from healthcode.core import clock

CONNECT_SECONDS = 2.0
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """How long an answer may take in all, in seconds, and how many bytes it may have."""

    seconds: float = 5.0
    size: int = 1024 * 1024


@dataclass(frozen=True)
class Heard:
    """The head of an answer; its body is where the asker wanted it. Header names are in small letters."""

    status: int
    headers: Mapping[str, str]


class Site:
    """Where a channel is: scheme, host and port come from the settings alone. Raises ValueError for any other scheme."""

    def __init__(self, base_url: str) -> None:
        address = urllib.parse.urlsplit(base_url)
        if address.scheme not in ("http", "https") or not address.hostname or address.query or address.fragment:
            raise ValueError("a channel's address is http:// or https://, a host, and perhaps a port and a path")
        self._is_secure = address.scheme == "https"
        self._host, self._port = address.hostname, address.port
        self.prefix = address.path.rstrip("/")

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, into: IO[bytes], limits: Limits
    ) -> Heard:
        """Ask once and write the answer's body to `into`. Raises ChannelAway."""
        until = clock.ticks() + limits.seconds
        connection = self._connection(min(CONNECT_SECONDS, limits.seconds))
        try:
            connection.connect()
            connection.sock = _Timed(connection.sock, until)
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            _copy(answer, into, limits.size)
            return Heard(answer.status, _once(answer.getheaders()))
        except (OSError, http.client.HTTPException, ValueError) as why:
            raise ChannelAway(type(why).__name__) from why
        finally:
            connection.close()

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        if self._is_secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=seconds, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=seconds)


class _Timed:
    """A socket whose every use ends at one moment: a peer that sends a byte a second would else never end."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def _left(self) -> None:
        left = self._until - clock.ticks()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)

    def sendall(self, data: bytes) -> None:
        self._left()
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock.makefile("rb", buffering=0), self._left))

    def close(self) -> None:
        self._sock.close()


class _TimedReader(io.RawIOBase):
    def __init__(self, raw: Any, left: Callable[[], None]) -> None:
        self._raw, self._left = raw, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._left()
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


def _copy(answer: http.client.HTTPResponse, into: IO[bytes], size: int) -> None:
    """Raises ValueError for a body that is too long or shorter than it claims."""
    read = 0
    while piece := answer.read(_PIECE):
        read += len(piece)
        if read > size:
            raise ValueError("too long")
        into.write(piece)
    if answer.length:
        raise ValueError("cut short")


def _once(headers: list[tuple[str, str]]) -> dict[str, str]:
    """The headers by name; one that is there twice is as good as none."""
    names = [name.lower() for name, _ in headers]
    return {name.lower(): value for name, value in headers if names.count(name.lower()) == 1}
