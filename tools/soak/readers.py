"""Readers as the reading screen makes them: they grade on while answers wait, and send each under one key until it is stored.

See static/js/reading/sender.js: one request at a time, in the order of the answers, the same idempotency key with every
try, 20 s of patience, waits of 0.4 s and longer up to 8 s, and nothing but the server's word ends an answer.
"""

import asyncio
import json
import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tools.load_client import BIOPSY, Connection, LoadedReader, Tally
from tools.soak.ledger import Entry, Ledger

NO_TREATMENT = "no further treatment"
STORED, REFUSED, STOPPED = {200, 201}, {400, 409, 422}, {401, 403, 404}
PATIENCE, FIRST_WAIT, LONGEST_WAIT = 20.0, 0.4, 8.0
# The screen has the photographs of so many cases at hand; whoever has graded them waits for the server.
AHEAD = 5
# Think time is lognormal with this spread about its median: one answer in six takes longer than 1.8 times the median.
SPREAD = 0.6
_SHORTEST = 0.3


def think_time(rng: random.Random, median: float) -> float:
    """Seconds for which a reader looks at a case; 0 where they do not think."""
    return max(_SHORTEST, median * rng.lognormvariate(0.0, SPREAD)) if median else 0.0


def wait_before(tries: int, rng: random.Random) -> float:
    """Seconds before an answer is sent once more."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries, 10)) * (0.7 + 0.6 * rng.random())


@dataclass
class Panel:
    """What all readers share: where they send, what they were told, how long requests took, who is in trouble."""

    port: int
    think: float
    ledger: Ledger | None = None
    sees_images: bool = True
    tally: Tally = field(default_factory=Tally)
    image_tally: Tally = field(default_factory=Tally)
    in_trouble: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)


class Grader:
    """One reader at one screen."""

    def __init__(self, reader: LoadedReader, panel: Panel, rng: random.Random) -> None:
        self.reader, self.panel, self.rng = reader, panel, rng
        self.connection = Connection(panel.port)
        self.waiting: asyncio.Queue[Entry | None] = asyncio.Queue(maxsize=AHEAD)

    async def read(self) -> None:
        """Grades until the order or the time is over, and ends when the server has every answer."""
        try:
            await asyncio.gather(self._grade(), self._send_all())
        finally:
            self.connection.close()

    async def _grade(self) -> None:
        await self._rest(self.rng.uniform(0, max(self.panel.think, 0.1)))
        for position in self.reader.positions:
            await self._rest(think_time(self.rng, self.panel.think))
            if self.panel.is_over.is_set() or self.reader.session in self.panel.stopped:
                break
            await self.waiting.put(self._answer(position))
        await self.waiting.put(None)

    async def _rest(self, seconds: float) -> None:
        if seconds:
            try:
                await asyncio.wait_for(self.panel.is_over.wait(), seconds)
            except TimeoutError:
                return

    def _answer(self, position: str) -> Entry:
        decision = self.rng.choice([BIOPSY, NO_TREATMENT])
        return Entry(str(uuid.uuid4()), position, decision, self.rng.randint(1, 5))

    async def _send_all(self) -> None:
        while entry := await self.waiting.get():
            if self.panel.ledger:
                self.panel.ledger.send(entry)
            tries = 0
            while not await self._is_settled(entry):
                self.panel.in_trouble.add(self.reader.session)
                await asyncio.sleep(wait_before(tries, self.rng))
                tries += 1
            self.panel.in_trouble.discard(self.reader.session)

    async def _is_settled(self, entry: Entry) -> bool:
        """Whether the server has given its last word on the answer."""
        begun = time.perf_counter()
        status, body = await self._posted(entry)
        if status in STORED and body.get("position") == entry.position:
            self._stored(entry, time.perf_counter() - begun)
            await self._see(body)
        elif status in REFUSED and body.get("code"):
            self.panel.refused.append(f"{status} {body['code']}: {body.get('message', '')}")
        elif status in STOPPED:
            self.panel.stopped.append(self.reader.session)
            self.panel.tally.faults.append(f"{status} for a reader who is signed in")
        else:
            self.panel.tally.faults.append(f"{status} {body.get('code', body.get('fault', ''))}")
            return False
        return True

    def _stored(self, entry: Entry, seconds: float) -> None:
        if self.panel.ledger:
            self.panel.ledger.acknowledge(entry)
        self.panel.tally.seconds.append(seconds)
        self.panel.tally.acknowledged += 1

    async def _posted(self, entry: Entry) -> tuple[int, dict[str, object]]:
        body = {"position": entry.position, "decision": entry.decision, "confidence": entry.confidence}  # fmt: skip
        headers = {**self.reader.headers(), "Idempotency-Key": entry.attempt}
        return await self._asked("POST", "/api/v1/readings/", headers, json.dumps(body).encode())

    async def _see(self, body: dict[str, object]) -> None:
        """Fetches the photograph that the answer has made room for, as the screen does ahead of need."""
        ahead = body.get("ahead")
        if not self.panel.sees_images or not isinstance(ahead, list) or not ahead:
            return
        begun = time.perf_counter()
        status, _ = await self._asked("GET", str(ahead[-1]["image_url"]), self.reader.headers())
        if status == 200:  # noqa: PLR2004 (seen)
            self.panel.image_tally.seconds.append(time.perf_counter() - begun)
        else:
            self.panel.image_tally.faults.append(str(status))

    async def _asked(
        self, method: str, path: str, headers: dict[str, str], content: bytes = b""
    ) -> tuple[int, dict[str, object]]:
        """Status and JSON body; 0 where there was no response."""
        try:
            asked = self.connection.request(method, path, headers, content)
            status, said = await asyncio.wait_for(asked, PATIENCE)
        except (OSError, asyncio.IncompleteReadError, ValueError, IndexError) as error:
            self.connection.close()
            return 0, {"fault": type(error).__name__}
        try:
            body = json.loads(said) if said else {}
        except ValueError:
            body = {"fault": "no JSON"}
        return status, body if isinstance(body, dict) else {}


async def grade_together(
    readers: Sequence[LoadedReader],
    panel: Panel,
    *,
    seed: int,
    seconds: float | None = None,
    each_second: Callable[[], None] | None = None,
) -> None:
    """All readers at once, until their orders end or the seconds are over."""
    graders = [
        Grader(reader, panel, random.Random(f"{seed}:{number}"))  # nosec B311  # noqa: S311 (no secret)
        for number, reader in enumerate(readers)
    ]
    timer = asyncio.ensure_future(_timed(panel, seconds, each_second))
    try:
        await asyncio.gather(*(grader.read() for grader in graders))
    finally:
        timer.cancel()


async def _timed(
    panel: Panel, seconds: float | None, each_second: Callable[[], None] | None
) -> None:
    end = time.monotonic() + seconds if seconds else None
    while end is None or time.monotonic() < end:
        await asyncio.sleep(min(1.0, max(0.0, end - time.monotonic())) if end else 1.0)
        if each_second:
            each_second()
    panel.is_over.set()
