"""A line between a client and what it asks, that can be hurt: cut, deaf, late, losing replies, saying things twice."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Literal

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
How = Literal["whole", "deaf", "cut", "loses replies", "doubles", "late"]


class Wire:
    """Listens on a port of 127.0.0.1 and passes on to `reach`. `how` may be changed at any moment.

    - deaf: connections are taken, and nothing is ever answered; cut: those there are end, new ones end at once
    - loses replies: what was asked is passed on, and when the answer comes the connection ends without it
    - doubles: what is asked is passed on twice, at the same time; late: each part waits for up to `longest` seconds
    """

    def __init__(self, reach: Callable[[], Awaitable[Ends]], how: How = "whole", longest: float = 0.05) -> None:
        self.how = how
        self.port = 0
        self._reach, self._longest, self._chance = reach, longest, random.Random(1)
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._thread.start()
        self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    def become(self, how: How) -> None:
        self.how = how
        if how in ("cut", "deaf"):
            self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._cut)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            if self.how == "deaf":
                await reader.read()
            elif self.how != "cut":
                await self._pass_on(reader, writer)
        self._open.discard(writer)
        writer.transport.abort() if self.how == "cut" else writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [await self._reach() for _ in range(2 if self.how == "doubles" else 1)]
        self._open.update(end for _, end in ends)
        tasks = [asyncio.create_task(self._ask(reader, [end for _, end in ends]))]
        tasks += [asyncio.create_task(self._answer(told, None if n else writer)) for n, (told, _) in enumerate(ends)]
        await asyncio.wait(tasks[:2], return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait(tasks[2:] or tasks[:1], timeout=10 if len(ends) > 1 else 0)
        for task in tasks:
            task.cancel()
        for _, end in ends:
            self._open.discard(end)
            end.close()

    async def _ask(self, reader: asyncio.StreamReader, ends: list[asyncio.StreamWriter]) -> None:
        while data := await reader.read(65536):
            if self.how == "late":
                await asyncio.sleep(self._chance.uniform(0, self._longest))
            for end in ends:
                end.write(data)

    async def _answer(self, told: asyncio.StreamReader, writer: asyncio.StreamWriter | None) -> None:
        """To the client; a lost answer, or the second one to a doubled question, to nobody."""
        while data := await told.read(65536):
            if writer is None or self.how == "loses replies":
                return
            writer.write(data)


@contextlib.contextmanager
def wire_to_port(port: int, how: How = "whole") -> Iterator[Wire]:
    with _kept(Wire(lambda: asyncio.open_connection("127.0.0.1", port), how)) as wire:
        yield wire


@contextlib.contextmanager
def wire_to_socket(path: str) -> Iterator[Wire]:
    with _kept(Wire(lambda: asyncio.open_unix_connection(path))) as wire:
        yield wire


@contextlib.contextmanager
def _kept(wire: Wire) -> Iterator[Wire]:
    try:
        yield wire
    finally:
        wire.stop()
