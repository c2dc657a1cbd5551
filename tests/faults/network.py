"""The network between workers and endpoint: a small TCP proxy that can break it, and remembers which calls it broke."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

# Longer than the 10 s that the client waits for a reply.
STALL_SECONDS = 11.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Trouble(Enum):
    """What the sender sees, and whether the endpoint got the message."""

    DROP_BEFORE = "network: closed before the endpoint got it"
    RESET_BEFORE = "network: reset before the endpoint got it"
    HOLE = "network: swallowed, no reply in time"
    DROP_AFTER = "network: closed after the endpoint took it"
    RESET_AFTER = "network: reset after the endpoint took it"
    STALL = "network: taken, no reply in time"


_AFTER = {Trouble.DROP_AFTER, Trouble.RESET_AFTER, Trouble.STALL}
_RESETS = {Trouble.RESET_BEFORE, Trouble.RESET_AFTER}
_SLOW = {Trouble.HOLE, Trouble.STALL}


class _BrokenError(Exception):
    """The endpoint gave no whole reply: neither do we."""


@dataclass
class Network:
    """Everything but `_serve` and what it calls is used from other threads than the proxy's."""

    endpoint_port: int
    chance: random.Random
    port: int = 0
    broken: Counter[str] = field(default_factory=Counter)  # by msgUuid
    cuts: list[float] = field(default_factory=list)  # when, in seconds of Unix time
    _trouble: tuple[Trouble, float] | None = None  # and for which share of the calls
    _open: dict[asyncio.StreamWriter, str] = field(default_factory=dict)  # the msgUuid of its last call
    # A call goes on to its end at the endpoint when its sender has died; asyncio alone would forget it in the middle.
    _tasks: set[asyncio.Task[None] | None] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def have(self, trouble: Trouble | None, *, share: float = 1.0) -> None:
        self._trouble = (trouble, share) if trouble else None

    def cut(self) -> None:
        """Reset every connection, whatever its call is just at."""
        self._loop.call_soon_threadsafe(self._cut)

    def listen(self) -> None:
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=20)

    def refuse(self) -> None:
        """Nobody listens any more: new connections are refused."""
        asyncio.run_coroutine_threadsafe(self._refuse(), self._loop).result(timeout=20)

    @contextlib.contextmanager
    def running(self) -> Iterator[Network]:
        thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        thread.start()
        self.listen()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=20)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(timeout=20)
            self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._server:
            self._server.close()
        self._cut()

    async def _end(self) -> None:
        await self._refuse()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _cut(self) -> None:
        """A reply that was on its way is lost with its connection, so the last call counts as broken as well."""
        self.cuts.append(time.time())
        for writer, msg_uuid in self._open.items():
            if msg_uuid:
                self.broken[msg_uuid] += 1
            _reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = msg_uuid = ""
        self._tasks.add(asyncio.current_task())
        try:
            while True:
                request = await _read_message(reader)
                msg_uuid = self._open[writer] = _msg_uuid(request)
                if not await self._pass_on(request, writer, msg_uuid):
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the sender is gone, we have cut it off, or all of it ends
        except _BrokenError:
            self.broken[msg_uuid] += 1
        finally:
            del self._open[writer]
            self._tasks.discard(asyncio.current_task())
            writer.close()

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter, msg_uuid: str) -> bool:
        """False when the connection ends here."""
        trouble = self._drawn()
        if trouble:
            self.broken[msg_uuid] += 1
        reply = b"" if trouble and trouble not in _AFTER else await self._ask(request)
        if trouble is None:
            writer.write(reply)
            await writer.drain()
            return True
        if trouble in _SLOW:
            await asyncio.sleep(STALL_SECONDS)
        if trouble in _RESETS:
            _reset(writer)
        return False

    def _drawn(self) -> Trouble | None:
        if self._trouble is None:
            return None
        trouble, share = self._trouble
        return trouble if self.chance.random() < share else None

    async def _ask(self, request: bytes) -> bytes:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.endpoint_port)
            try:
                writer.write(request)
                return await _read_message(reader)
            finally:
                writer.close()
        except (OSError, asyncio.IncompleteReadError) as error:
            raise _BrokenError from error


async def _read_message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


def _msg_uuid(request: bytes) -> str:
    return str(json.loads(request.partition(b"\r\n\r\n")[2]).get("msgUuid", "none"))


def _reset(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()
