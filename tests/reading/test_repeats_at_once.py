"""The same answer sent several times at the same moment, through a real server: stored once, and every time said so."""

import asyncio
import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.site import RunningSite, production_parts
from tools.bench_reading import BUILD, STORED
from tools.load_client import BIOPSY, Connection, LoadedReader

TIMES = 8


@pytest.fixture(params=["embedded", pytest.param("production", marks=pytest.mark.services)])
def site(request, tmp_path):
    if request.param == "embedded":
        yield from _running(tmp_path, {})
    else:
        with production_parts() as parts:
            yield from _running(tmp_path, {"DATABASE_URL": parts["DATABASE_URL"]})


def _running(folder, parts):
    site = RunningSite(folder, parts)
    try:
        site.manage("migrate", "--verbosity", "0")
        yield site
    finally:
        site.stop()


async def all_at_once(site, reader, position):
    """What the server says to each of the same requests: the statuses, sorted."""
    headers = reader.headers() | {"Idempotency-Key": str(uuid.uuid4())}
    body = json.dumps({"position": position, "decision": BIOPSY, "confidence": 3}).encode()
    connections = [Connection(site.port) for _ in range(TIMES)]
    answers = await asyncio.gather(
        *(one.post("/api/v1/readings/", headers, body) for one in connections)
    )
    for one in connections:
        one.close()
    return sorted(status for status, _ in answers)


def statuses_of(site, reader, position):
    return asyncio.run(all_at_once(site, reader, position))


def test_the_same_answer_at_the_same_moment_is_stored_once_and_acknowledged_every_time(site):
    session, order = site.python(BUILD.format(readers=1, cases=5))[0]
    site.start_web()
    reader = LoadedReader(session, order)
    for position in order:
        # In a thread of its own: tests that drive a browser leave a loop running in this one.
        with ThreadPoolExecutor(1) as pool:
            statuses = pool.submit(statuses_of, site, reader, position).result()
        assert statuses == [200] * (TIMES - 1) + [201]
    assert site.python(STORED) == [len(order), len(order)]
