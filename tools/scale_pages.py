"""Opens every page of the baseline in a database that `tools/million.py` has filled, and explains the queries that take long.

    DATABASE_URL=postgres://… python -m tools.scale_pages [--slow 50] [--plans plans.txt] [--results] [--only progress]

Prints a line of JSON: of every page its status, queries, milliseconds of the first look at it and of the faster of two,
milliseconds of the processor at that one, kilobytes, and the slow queries of both by fingerprint. With `--results` the large study is unblinded and analysed first; it is in reading again at the end.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client

from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.core.slow_queries import fingerprint_of, shape_of
from readerstudy.results.models import Analysis
from readerstudy.results.services import request_analysis, run_analysis
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from tests.every_page import address_of, read_baseline
from tools.million import LARGE

Subjects = dict[str, dict[str, str]]
_READABLE = ("SELECT", "WITH")


class Watch:
    """Every query with its time; `slow` are those that took so many milliseconds or longer."""

    def __init__(self, least: float) -> None:
        self.least, self.count = least, 0
        self.slow: list[tuple[float, str, Any]] = []

    def __call__(self, execute: Any, sql: str, parameters: Any, *rest: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, parameters, *rest)
        finally:
            self.count += 1
            took = (time.perf_counter() - start) * 1000
            if took >= self.least:
                self.slow.append((took, sql, parameters))


def subjects_of(study: Study, name: str) -> Subjects:
    """What the addresses of the large study name, as `tests/every_page.py` calls it."""
    enrolment = study.enrolments.get(user__email="reader@example.org")
    case = study.study_cases.all()[0]
    found = {
        name: {"slug": study.slug},
        f"reader of {name}": {"slug": study.slug, "public_id": enrolment.public_id},
        f"code in {name}": {"slug": study.slug, "code": enrolment.code},
        f"enrolment in {name}": {"public_id": enrolment.public_id},
        f"position in {name}": {"public_id": enrolment.positions.all()[0].public_id},
        f"case of {name}": {"slug": study.slug, "public_id": case.public_id},
        "case": {"public_id": case.public_id},
        "image set": {"public_id": study.image_set.public_id},
        "model": {"public_id": study.model_runs.all()[0].artefact.model.public_id},
        "model run": {"public_id": study.model_runs.all()[0].public_id},
        "training run": {"public_id": study.model_runs.all()[0].artefact.public_id},
    }
    analysis = Analysis.objects.filter(study=study).first()
    return found | ({"analysis": {"public_id": analysis.public_id}} if analysis else {})


@contextmanager
def unblinded(study: Study) -> Iterator[None]:
    """The study unblinded and analysed for a while."""
    Study.objects.filter(pk=study.pk).update(state=StudyState.UNBLINDED)
    study.refresh_from_db()
    if not Analysis.objects.filter(study=study).exists():
        coordinator = User.objects.get(email="coordinator@example.org")
        analysis = request_analysis(actor=coordinator, study=study, now=now())
        run_analysis(analysis_id=analysis.pk, now=now())
    yield
    Study.objects.filter(pk=study.pk).update(state=StudyState.READING)


def measured(subjects: Subjects, least: float, plans: Any, only: str = "") -> dict[str, Any]:
    """Page → what was measured, for the pages whose subjects are there and whose name has `only` in it."""
    people = {
        role: User.objects.get(email=f"{role}@example.org")
        for role in ("admin", "coordinator", "reader")
    }
    clients = {role: Client() for role in (*people, "nobody")}
    for role, user in people.items():
        clients[role].force_login(user)
    found = {}
    for page in read_baseline():
        _route, *rest, role = page.split(" · ")
        if role not in clients:  # nobody keeps the truth of these studies
            continue
        if only not in page or any("=" not in part and part not in subjects for part in rest):
            continue
        address, role = address_of(page, subjects)
        found[page] = _opened(clients[role], address, least, plans, page)
    return found


def _opened(client: Any, address: str, least: float, plans: Any, page: str) -> dict[str, Any]:
    times, slow = [], []
    for _ in range(2):
        watch, start, busy = Watch(least), time.perf_counter(), time.process_time()
        with connection.execute_wrapper(watch):
            response = client.get(address)
            body = b"".join(response) if response.streaming else response.content
        times.append((time.perf_counter() - start, time.process_time() - busy))
        slow += watch.slow
    for took, sql, parameters in slow:
        _explain(took, sql, parameters, plans, page)
    return {
        "status": response.status_code,
        "queries": watch.count,
        "first": round(times[0][0] * 1000),
        "ms": round(min(times)[0] * 1000),
        "processor": round(min(times)[1] * 1000),
        "kB": round(len(body) / 1000),
        "slow": [(round(took), fingerprint_of(shape_of(sql))) for took, sql, _ in slow],
    }


def _explain(took: float, sql: str, parameters: Any, plans: Any, page: str) -> None:
    if plans is None:
        return
    plans.write(f"\n== {page}: {took:.0f} ms, {fingerprint_of(shape_of(sql))}\n{shape_of(sql)}\n")
    if sql.startswith(_READABLE):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", parameters)
            plans.writelines(f"{line}\n" for (line,) in cursor.fetchall())


def main(arguments: list[str] | None = None) -> None:
    """Prints what was measured."""
    parser = argparse.ArgumentParser(prog="python -m tools.scale_pages", description=__doc__)
    parser.add_argument("--slow", type=float, default=50, help="milliseconds of a slow query")
    parser.add_argument("--plans", type=Path, help="where the plans of slow queries are written")
    parser.add_argument("--results", action="store_true", help="the results of the large study too")
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    chosen = parser.parse_args(arguments)
    settings.ALLOWED_HOSTS = ["testserver"]
    study = Study.objects.select_related("image_set").get(title=LARGE)
    plans = chosen.plans.open("w", encoding="utf-8") if chosen.plans else None
    found = measured(subjects_of(study, "reading"), chosen.slow, plans, chosen.only)
    if chosen.results:
        with unblinded(study):
            found |= measured(subjects_of(study, "unblinded"), chosen.slow, plans, chosen.only)
    if plans:
        plans.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
