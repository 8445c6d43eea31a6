"""How fast the results come: 10^6 readings from PostgreSQL into arrays, and a whole analysis of the paper's size.

    python -m tools.bench_results [--readers 1000] [--cases 1000]

The readings are compared with a bare COPY of the same rows that NumPy reads; the first part needs PostgreSQL at
TEST_POSTGRES_URL (or 127.0.0.1:5432) and is left out, with a sentence, where there is none.
"""

import argparse
import os
import tempfile

# As the worker that computes an analysis has it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import psycopg
import pytest

from readerstudy.results.analysis import build_document, main_part
from tests.results.factories import fuller_table
from tests.site import RunningSite, production_parts
from tools.timing import seconds

BUILD = """
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.studies.models import Enrolment, Study
from tests.conftest import make_user
from tests.reading.factories import open_study
moment = now()
admin, coordinator = make_user("admin", "a@example.org", "A"), make_user("coordinator", "c@example.org", "C")
study = open_study(admin=admin, coordinator=coordinator, now=moment, cases={cases}, emails=["first@example.org"])
first = study.enrolments.get()
users = User.objects.bulk_create(
    User(email=f"r{{n}}@example.org", name=f"R{{n}}", role="reader", password="!") for n in range(1, {readers})
)
Enrolment.objects.bulk_create(
    Enrolment(
        study=study, user=user, code=f"X-{{n:05d}}", rank_group=first.rank_group, institution=first.institution,
        state=first.state, enrolled_at=moment,
    )
    for n, user in enumerate(users)
)
Study.objects.filter(pk=study.pk).update(state="unblinded")
print(1)
"""
# By the database alone: a million rows through Django would take longer than everything that is measured.
FILL = (
    "SET session_replication_role = replica",
    (
        "INSERT INTO studies_position (public_id, enrolment_id, session_id, study_case_id, number, arm, block)"
        " SELECT substr(md5(e.id || 'p' || p.id), 1, 26), e.id, p.session_id, p.study_case_id, p.number, p.arm, p.block"
        " FROM studies_enrolment e, studies_position p WHERE e.id <> p.enrolment_id"
    ),
    (
        "INSERT INTO reading_reading (public_id, position_id, level, version, attempt, body_sha256, scale, decision,"
        " confidence, not_assessable_reason, not_assessable_note, further_answers, milliseconds_to_decision,"
        " milliseconds_to_commit, milliseconds_hidden, timing_quality, zooms, input_device, language, received_at)"
        " SELECT substr(md5(p.id::text), 1, 26), p.id, 1, 1, gen_random_uuid(), repeat('0', 64), 'two_step',"
        " CASE WHEN p.id * 7919 % 5 < 2 THEN 'biopsy / further treatment' ELSE 'no further treatment' END,"
        " 1 + p.id * 31 % 5, '', '', '{}', 1000 + p.id % 5000, 3000 + p.id % 5000, 0, 'ok', 0, 'mouse', 'en', now()"
        " FROM studies_position p"
    ),
    "ANALYZE",
)
MEASURE = """
import json, re, time
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.reading.selectors import primary_readings
from readerstudy.results.gathering import reading_table
from readerstudy.results.readings import fetched
from readerstudy.studies.models import Study
study = Study.objects.get()
times = []
for _ in range(3):
    start = time.perf_counter()
    rows = fetched(primary_readings(study))
    times.append(time.perf_counter() - start)
start = time.perf_counter()
table = reading_table(study=study, actor=User.objects.get(role="coordinator"), now=now())
whole = time.perf_counter() - start
# Not getrusage, which goes on with what the process that started this one had taken.
memory = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([len(rows), min(times), list(table.decision.shape), whole, memory]))
"""
# The same rows and columns without any rule about which of them count.
BARE = (
    "COPY (SELECT p.enrolment_id, p.study_case_id, (r.decision <> 'no further treatment')::int, r.confidence,"
    " r.milliseconds_to_decision FROM reading_reading r JOIN studies_position p ON p.id = r.position_id) TO STDOUT"
)
_COLUMNS = 5


def bare(address: str) -> np.ndarray:
    """A bare COPY, as text, read by NumPy."""
    with (
        psycopg.connect(address) as connection,
        connection.cursor() as cursor,
        cursor.copy(BARE) as copy,
    ):
        content = b"".join(copy)
    return np.fromstring(content.decode(), np.int64, sep=" ").reshape(-1, _COLUMNS)


def readings_from_postgresql(readers: int, cases: int) -> None:
    """Prints the share of a bare COPY's speed, and the memory."""
    with tempfile.TemporaryDirectory() as folder, production_parts() as parts:
        site = RunningSite(folder, parts)
        site.manage("migrate", "--verbosity", "0")
        site.python(BUILD.format(readers=readers, cases=cases))
        with psycopg.connect(parts["DATABASE_URL"], autocommit=True) as connection:
            for statement in FILL:
                connection.execute(statement)
        rows, ours, shape, whole, memory = site.python(MEASURE)
        plain = seconds(lambda: bare(parts["DATABASE_URL"]))
    print(
        f"{rows} readings from PostgreSQL into arrays: {ours:.2f} s, {plain / ours:.2f} of the speed of a bare COPY that "
        f"NumPy reads ({plain:.2f} s); the whole table of {shape[0]} readers and {shape[1]} cases {whole:.2f} s, "
        f"{memory:.0f} MB at most"
    )  # fmt: skip


def analysis_of_the_papers_size() -> None:
    """145 readers, 100 cases, 10 training runs, aided readings and repeats: the whole document, and a filter's numbers."""
    table = fuller_table(readers=145, positives=20, negatives=80, runs=10)
    whole = seconds(lambda: build_document(table))
    print(f"analysis of 145 readers, 100 cases, 10 runs, with all sections: {whole:.2f} s")
    some = np.array([reader.group == "Attending" for reader in table.readers])
    cases = np.arange(table.truth.size) % 2 == 0
    picked = seconds(lambda: main_part(table.picked(readers=some, cases=cases)))
    widest = seconds(lambda: main_part(table.picked()))
    print(
        f"a filter's numbers: {picked * 1000:.0f} ms for {int(some.sum())} readers and {int(cases.sum())} cases, "
        f"{widest * 1000:.0f} ms for all"
    )


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_results", description=__doc__)
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--cases", type=int, default=1000)
    chosen = parser.parse_args(arguments)
    analysis_of_the_papers_size()
    try:
        readings_from_postgresql(chosen.readers, chosen.cases)
    except pytest.skip.Exception as reason:
        print(f"readings from PostgreSQL: not measured ({reason})")


if __name__ == "__main__":
    main()
