"""How fast the server takes answers: against a bare Django view, and with 145 readers grading at once.

    python -m tools.bench_reading [--readers 145] [--answers 10] [--period 3]

On PostgreSQL where TEST_POSTGRES_URL (or 127.0.0.1:5432) answers, on SQLite elsewhere.
"""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from readerstudy.core.processes import web_command
from tests.site import POSTGRES, RunningSite, free_port, kill, production_parts
from tools.load_client import LoadedReader, Tally, insert_rows, read_all

ALONE = 200
CREATE_TABLE = """
from django.db import connection
from tools.signed_in_site import SignedInReading
with connection.schema_editor() as editor:
    editor.create_model(SignedInReading)
print(1)
"""
BUILD = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.studies.models import Position
from tests.conftest import make_user
from tests.reading.factories import begin, open_study
moment = now()
admin, coordinator = make_user("admin", "a@example.org", "A"), make_user("coordinator", "c@example.org", "C")
emails = [f"reader{{number}}@example.org" for number in range({readers})]
study = open_study(admin=admin, coordinator=coordinator, now=moment, cases={cases}, emails=emails)
made = []
for enrolment in study.enrolments.select_related("user"):
    begin(study, enrolment.user, now=moment)
    store = SessionStore()
    store[SESSION_KEY] = str(enrolment.user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = enrolment.user.get_session_auth_hash()
    store.create()
    order = Position.objects.filter(enrolment=enrolment).order_by("number")
    made.append([store.session_key, list(order.values_list("public_id", flat=True))])
print(json.dumps(made))
"""
STORED = """
import json
from readerstudy.reading.models import Reading
print(json.dumps([Reading.objects.count(), Reading.objects.values("position").distinct().count()]))
"""


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, _parts() as parts:
        site = RunningSite(folder, parts)
        site.manage("migrate", "--verbosity", "0")
        cases = max(options.answers, ALONE) + options.answers
        made = site.python(BUILD.format(readers=options.readers, cases=cases))
        # What PostgreSQL does by itself within a minute; a study that was made a moment ago has no statistics yet.
        site.python(
            "from django.db import connection; connection.cursor().execute('ANALYZE'); print(1)"
        )
        readers = [LoadedReader(session, order) for session, order in made]
        try:
            site.start_web()
            _alone(site, readers[0], parts)
            _together(site, readers[1:], options)
        finally:
            site.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench_reading", description=__doc__)
    parser.add_argument("--readers", type=int, default=146, help="one reads alone, the others at once")  # fmt: skip
    parser.add_argument("--answers", type=int, default=10, help="of each reader")
    parser.add_argument("--period", type=float, default=3.0, help="seconds between a reader's answers")  # fmt: skip
    return parser


@contextmanager
def _parts() -> Iterator[dict[str, str]]:
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        print("reading: no PostgreSQL here; on SQLite")
        yield {}
    else:
        with production_parts() as parts:
            yield {"DATABASE_URL": parts["DATABASE_URL"]}


def _json() -> dict[str, str]:
    return {"Content-Type": "application/json"}


def _alone(site: RunningSite, reader: LoadedReader, parts: dict[str, str]) -> None:
    """One reader without a pause, and as many answers to both peers, on the same database."""
    first = LoadedReader(reader.session, reader.positions[:ALONE])
    ours = asyncio.run(read_all([first], site.port, period=0.0, rng=_rng()))
    database = parts.get("DATABASE_URL", f"sqlite:///{Path(site.folder) / 'bare.sqlite3'}")
    bare = _peer(site, "bare_site", _json, {"DATABASE_URL": database})
    site.python(CREATE_TABLE)
    signed_in = _peer(site, "signed_in_site", reader.headers, parts)
    print(f"reading: one answer {_times(ours)}")
    for name, peer in (
        ("a bare view that inserts one row by SQL, nobody signed in", bare),
        ("a view of this site that inserts one row by the ORM, signed in", signed_in),
    ):
        ratio = ours.percentile(0.95) / peer.percentile(0.95)
        print(f"reading: {name}: {_times(peer)}; p95 of an answer is {ratio:.1f} times that")


def _peer(
    site: RunningSite,
    module: str,
    headers: Callable[[], Mapping[str, str]],
    parts: dict[str, str],
) -> Tally:
    with _served(site, module, parts) as port:
        asyncio.run(insert_rows(port, headers, ALONE))
        return asyncio.run(insert_rows(port, headers, ALONE))


@contextmanager
def _served(site: RunningSite, module: str, parts: dict[str, str]) -> Iterator[int]:
    port = free_port()
    command = web_command(host="127.0.0.1", port=port)
    command[command.index("readerstudy.wsgi")] = f"tools.{module}:application"
    peer = RunningSite(site.folder, parts)
    peer.port, peer.url = port, f"http://127.0.0.1:{port}"
    process = peer.start(module, command)
    try:
        peer.wait_for_web()
        yield port
    finally:
        kill(process)


def _together(site: RunningSite, readers: list[LoadedReader], options: argparse.Namespace) -> None:
    before, _ = site.python(STORED)
    some = [LoadedReader(one.session, one.positions[: options.answers]) for one in readers]
    tally = asyncio.run(read_all(some, site.port, period=options.period, rng=_rng()))
    stored, distinct = site.python(STORED)
    print(
        f"reading: {len(some)} readers at once, an answer each {options.period:g} s: {_times(tally)}, "
        f"p99 {tally.percentile(0.99) * 1000:.0f} ms, {len(tally.faults)} faults"
    )
    print(
        f"reading: {tally.acknowledged} acknowledged, {stored - before} stored, "
        f"{stored - distinct} stored twice"
    )
    for fault in sorted(set(tally.faults))[:5]:
        print(f"  {fault}")


def _rng() -> random.Random:
    return random.Random(0)  # nosec B311  # noqa: S311 (when readers answer is no secret)


def _times(tally: Tally) -> str:
    middle, late = (tally.percentile(share) * 1000 for share in (0.5, 0.95))
    return f"p50 {middle:.1f} ms, p95 {late:.1f} ms"


if __name__ == "__main__":
    main()
