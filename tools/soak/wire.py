"""A wire between two processes that can be cut: in the end of each connection, or so that nothing comes through."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

_PIECE = 2**16


class Wire:
    """Listens on `port` and passes everything on to `to`. `cut` and `mend` may be called from any thread."""

    def __init__(self, port: int, to: int) -> None:
        self.port, self.to = port, to
        self._loop = asyncio.new_event_loop()
        self._open = asyncio.Event()
        self._refuses = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Returns once it listens."""
        self._thread.start()
        self._do(self._listen()).result(timeout=10)

    def stop(self) -> None:
        """Ends all connections and the listening."""
        self._do(self._end()).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def reset(self) -> None:
        """Ends every connection with a reset, and refuses new ones until it is mended."""
        self._do(self._reset(refuses=True)).result(timeout=10)

    def swallow(self) -> None:
        """Takes everything and passes nothing on, as a firewall that drops packets."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def mend(self, *, forget: bool = False) -> None:
        """Everything comes through again; with `forget` the connections of before are reset, as after a firewall's restart."""
        if forget:
            self._do(self._reset(refuses=False)).result(timeout=10)
        self._do(self._mended()).result(timeout=10)

    def _do(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _listen(self) -> None:
        self._open.set()
        self._server = await asyncio.start_server(self._taken, "127.0.0.1", self.port)

    async def _end(self) -> None:
        self._server.close()
        await self._reset(refuses=True)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _mended(self) -> None:
        self._refuses = False
        self._open.set()

    async def _reset(self, *, refuses: bool) -> None:
        self._refuses = refuses
        for writer in list(self._writers):
            _abort(writer)

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            _abort(writer)
            return
        self._writers.add(writer)
        try:
            await self._open.wait()
            await self._joined(reader, writer)
        except OSError:
            _abort(writer)
        finally:
            self._writers.discard(writer)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        beyond, onward = await asyncio.open_connection("127.0.0.1", self.to)
        self._writers.add(onward)
        try:
            await asyncio.gather(self._passed(reader, onward), self._passed(beyond, writer))
        finally:
            self._writers.discard(onward)
            onward.close()
            writer.close()

    async def _passed(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(_PIECE):
                await self._open.wait()
                sink.write(piece)
                await sink.drain()
        # The other side is told, however this one ended.
        with suppress(OSError):
            sink.close()


def _abort(writer: asyncio.StreamWriter) -> None:
    """Ends a connection with a reset, without a word of what was still on its way."""
    if sock := writer.get_extra_info("socket"):
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
