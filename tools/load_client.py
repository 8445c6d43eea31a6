"""Readers as a server sees them: one connection each, kept open, an answer every few seconds."""

import asyncio
import json
import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

BIOPSY = "biopsy / further treatment"


@dataclass
class Tally:
    """What the readers saw: seconds of every answered request, acknowledged answers, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    acknowledged: int = 0
    faults: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the requests was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Connection:
    """One kept-open HTTP/1.1 connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and body of the response; the connection is made anew where the server has closed it."""
        return await self.request("POST", path, headers, body)

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, bytes]:
        """The same for any method."""
        for attempt in (1, 2):
            try:
                return await self._request(method, path, headers, body)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if attempt == 2:  # noqa: PLR2004 (the second and last)
                    raise
        raise AssertionError

    async def _request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        reader, writer = self._streams or await asyncio.open_connection("127.0.0.1", self.port)
        self._streams = reader, writer
        lines = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        await writer.drain()
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        status, _, rest = answer.partition("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in rest.split("\r\n") if ": " in line)
        content = await _body(reader, fields)
        if fields.get("connection") == "close":
            self.close()
        return int(status.split()[1]), content

    def close(self) -> None:
        """Ends the connection; the next request makes another one."""
        if self._streams:
            self._streams[1].close()
        self._streams = None


async def _body(reader: asyncio.StreamReader, fields: Mapping[str, str]) -> bytes:
    """As long as is said, or in chunks, as where an error is told before the length is counted."""
    if fields.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(fields.get("content-length", 0)))
    content = b""
    while length := int(await reader.readline(), 16):
        content += (await reader.readexactly(length + 2))[:-2]
    await reader.readline()
    return content


@dataclass(frozen=True)
class LoadedReader:
    """One signed-in reader and the positions of their order."""

    session: str
    positions: Sequence[str]

    def headers(self) -> dict[str, str]:
        """What the reading screen sends with an answer."""
        token = "a" * 32
        return {
            "Cookie": f"sessionid={self.session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
        }


async def read_all(
    readers: Sequence[LoadedReader], port: int, *, period: float, rng: random.Random
) -> Tally:
    """Every reader answers all positions, one each `period` seconds, starting at a random moment of the first."""
    tally = Tally()
    starts = [rng.uniform(0, period) for _ in readers]
    await asyncio.gather(
        *(
            _read(reader, port, start, period, tally)
            for reader, start in zip(readers, starts, strict=True)
        )
    )
    return tally


async def _read(reader: LoadedReader, port: int, start: float, period: float, tally: Tally) -> None:
    connection = Connection(port)
    begun = time.perf_counter() + start
    for number, position in enumerate(reader.positions):
        await asyncio.sleep(max(0.0, begun + number * period - time.perf_counter()))
        body = {"position": position, "decision": BIOPSY, "confidence": 3}
        await _send(connection, "/api/v1/readings/", reader.headers, body, tally)
    connection.close()


async def _send(
    connection: Connection,
    path: str,
    headers: Callable[[], Mapping[str, str]],
    body: Mapping[str, object],
    tally: Tally,
) -> None:
    before = time.perf_counter()
    try:
        status, content = await connection.post(path, headers(), json.dumps(body).encode())
    except (OSError, asyncio.IncompleteReadError) as error:
        tally.faults.append(f"{type(error).__name__}: {error}")
        return
    tally.seconds.append(time.perf_counter() - before)
    if status == 201:  # noqa: PLR2004 (created)
        tally.acknowledged += 1
    else:
        tally.faults.append(f"{status} {content[:200].decode(errors='replace')}")


async def insert_rows(port: int, headers: Callable[[], Mapping[str, str]], count: int) -> Tally:
    """So many answers, one after the other, to a peer that takes any."""
    tally, connection = Tally(), Connection(port)
    body = {"position": "x" * 26, "decision": BIOPSY, "confidence": 3}
    for _ in range(count):
        await _send(connection, "/readings/", headers, body, tally)
    connection.close()
    return tally
