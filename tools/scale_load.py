"""What happens while people work in a filled database: how long an answer takes, and how many are stored at once.

    DATABASE_URL=postgres://… python -m tools.scale_load answer [--answers 150]
    DATABASE_URL=postgres://… python -m tools.scale_load together [--seconds 4]

Prints a line of JSON. `answer`: milliseconds of an answer, and of asking what comes next, over the API, in the study of the usual
size and in the large one. `together`: answers, and changes that are written to the audit trail, in a second, by 1 to 16 connections.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
import django

django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from readerstudy.core.audit import record_event
from readerstudy.core.clock import now
from readerstudy.reading.choices import ManagementDecision
from readerstudy.reading.selectors import positions_of
from readerstudy.reading.services import commit_reading
from readerstudy.studies.models import Enrolment
from tests.reading.factories import answer
from tools.million import LARGE, PEER

_CONNECTIONS = (1, 2, 4, 8, 16)
_FORK = multiprocessing.get_context("fork")
BODY = {"decision": ManagementDecision.BIOPSY, "confidence": 3}


def unfinished(title: str, count: int) -> list[Enrolment]:
    """So many readers of a study who have cases left."""
    found = Enrolment.objects.filter(study__title=title, positions__readings=None)
    return list(found.select_related("user", "study__protocol").distinct()[:count])


def unread(enrolment: Enrolment, count: int) -> list[str]:
    """The next positions of the reader, in order."""
    left = positions_of(enrolment).filter(readings=None)
    return list(left.values_list("public_id", flat=True)[:count])


def answered(title: str, count: int) -> dict[str, list[float]]:
    """Milliseconds of so many answers of one reader after the other, and of asking for the next position."""
    times: dict[str, list[float]] = {"answer": [], "next": []}
    for enrolment in unfinished(title, count):
        client = Client()
        client.force_login(enrolment.user)
        for position in unread(enrolment, min(25, count - len(times["answer"]))):
            times["answer"].append(_timed(partial(_send, client, position), 201))
            address = f"/api/v1/enrolments/{enrolment.public_id}/next-position/"
            times["next"].append(_timed(partial(client.get, address), 200))
        if len(times["answer"]) >= count:
            break
    return times


def _send(client: Client, position: str) -> Any:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = {**BODY, "position": position}
    return client.post("/api/v1/readings/", body, content_type="application/json", headers=key)


def _timed(request: Callable[[], Any], status: int) -> float:
    start = time.perf_counter()
    response = request()
    if response.status_code != status:
        raise RuntimeError(f"{response.status_code}: {response.content[:200]!r}")
    return (time.perf_counter() - start) * 1000


def middle_and_late(times: list[float]) -> dict[str, float]:
    """p50 and p95."""
    parts = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50": round(parts[49], 2), "p95": round(parts[94], 2)}


class _Answers:
    """One reader who answers one case after the other."""

    def __init__(self, enrolment: Enrolment) -> None:
        self.user, self.left = enrolment.user, iter(unread(enrolment, 10_000))

    def __call__(self) -> bool:
        position = next(self.left, None)
        if position is None:
            return False
        commit_reading(
            actor=self.user, position_id=position, answer=answer(), attempt=uuid.uuid4(), now=now()
        )
        return True


class _Events:
    """A change that is written to the audit trail: a row of one's own, and the event."""

    def __init__(self, enrolment: Enrolment) -> None:
        self.enrolment = enrolment

    def __call__(self) -> bool:
        with transaction.atomic():
            Enrolment.objects.filter(pk=self.enrolment.pk).update(years_of_experience=1)
            record_event(
                actor=self.enrolment.user, verb="measured", subject=self.enrolment, now=now()
            )
        return True


def rates(kind: type[_Answers | _Events], enrolments: list[Enrolment], seconds: float) -> dict[int, float]:  # fmt: skip
    """Connections → how often in a second it was done, each connection in a process of its own."""
    return {
        many: _rate([kind(one) for one in enrolments[:many]], seconds)
        for many in _CONNECTIONS
        if many <= len(enrolments)
    }


def _rate(workers: list[Any], seconds: float) -> float:
    connection.close()  # no process may go on with the connection of another
    start, done = _FORK.Barrier(len(workers)), _FORK.Queue()
    processes = [_FORK.Process(target=_work, args=(one, seconds, start, done)) for one in workers]
    for process in processes:
        process.start()
    found = [done.get(timeout=60 + seconds) for _ in processes]
    for process in processes:
        process.join()
    return round(sum(found), 1)


def _work(worker: Any, seconds: float, start: Any, done: Any) -> None:
    connection.ensure_connection()
    worker()
    start.wait()
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds and worker():
        count += 1
    done.put(count / (time.perf_counter() - begun))
    connection.close()


def main(arguments: list[str] | None = None) -> None:
    """Prints what was measured."""
    parser = argparse.ArgumentParser(prog="python -m tools.scale_load", description=__doc__)
    parser.add_argument("what", choices=["answer", "together"])
    parser.add_argument("--answers", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=4.0)
    chosen = parser.parse_args(arguments)
    settings.ALLOWED_HOSTS = ["testserver"]
    if chosen.what == "answer":
        found: Any = {
            title: {name: middle_and_late(times) for name, times in answered(title, chosen.answers).items()}
            for title in (PEER, LARGE)
        }  # fmt: skip
    else:
        readers = unfinished(LARGE, max(_CONNECTIONS))
        found = {
            "answers": rates(_Answers, readers, chosen.seconds),
            "audited changes": rates(_Events, readers, chosen.seconds),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
