"""Fills an empty, migrated PostgreSQL database with studies as large as they are asked for: to measure on, never to read in.

    DATABASE_URL=postgres://… python -m tools.million [--readers 1000] [--cases 1000] [--beside 12] [--events 200000]

Every study is made by the services with one reader, who practises, answers and writes once. All further rows are copies
of that reader's, made by the database itself with what differs from row to row: a column that is added later comes along
by itself. Orders are shuffled, answers lie in the order in which they would have come, a few readers stop half-way, and
some answers have a second version. The audit trail tells of every answer and is hashed event by event, so that it verifies.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
os.environ["EMAIL_URL"] = "dummymail://"  # nobody of these people is there
import django

django.setup()

from django.db import connection, models

from inference.choices import RunState
from inference.models import Artefact, ModelRun, Score
from readerstudy.accounts.models import Consent, User
from readerstudy.core.clock import now as clock
from readerstudy.core.models import AuditEvent
from readerstudy.reading.messaging import write_to_coordinators
from readerstudy.reading.models import Message, PracticeAnswer, PracticeRound, Reading
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Enrolment, Position, Study, StudyCase
from tests.conftest import make_user
from tests.inference.factories import make_model
from tests.reading.factories import begin, ids, item, open_study
from tests.reading.practising import practise, practised_study
from tools.million_events import add_events, tell_answers

LARGE, PEER = "The large study", "A study of the usual size"
_READERS_BESIDE, _CASES_BESIDE = 20, 50
_PEER_READERS, _PEER_CASES = 145, 100
_STATES = (StudyState.READING, StudyState.CLOSED, StudyState.UNBLINDED, StudyState.ARCHIVED)
# One reader in twelve has stopped half-way; answers come every forty seconds, on as many days as there are readers in a hundred.
_STOPPED = "CASE WHEN e.id % 12 = 0 THEN 2 ELSE 1 END"
_DECISION = "CASE WHEN p.id * 7919 % 5 < 2 THEN 'biopsy / further treatment' ELSE 'no further treatment' END"


def multiplied(model: type[models.Model], source: str, **changed: str) -> str:
    """INSERT of copies of a row `t`, one for each row of `source`; `changed` is column → SQL."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    if unknown := set(changed) - set(columns):
        raise ValueError(f"{model.__name__} has no column {', '.join(sorted(unknown))}.")
    values = ", ".join(changed.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {model._meta.db_table} t {source}"  # nosec B608  # noqa: S608 (names of our own tables)


def public_id(*parts: str) -> str:
    """SQL of an id that is as long as a real one."""
    return f"substr(md5({' || '.join(parts)}), 1, 26)"


class Builder:
    """The people who make the studies, and the moment at which it all begins."""

    def __init__(self) -> None:
        self.began = clock() - timedelta(days=30)
        self.admin = make_user("admin", "admin@example.org", "Ada Admin")
        self.coordinator = make_user("coordinator", "coordinator@example.org", "Cora Coordinator")
        self.reader = make_user("reader", "reader@example.org", "Rhea Reader")

    @property
    def common(self) -> dict[str, Any]:
        """What the factories ask for."""
        return {"admin": self.admin, "coordinator": self.coordinator, "now": self.began}

    def study(self, title: str, *, readers: int, cases: int, practised: bool = False) -> Study:
        """A study in reading that so many readers read, with runs of a CNN over it."""
        make = practised_study if practised else open_study
        study = make(**self.common, title=title, cases=cases, emails=[self.reader.email])
        enrolment = begin(study, self.reader, now=self.began)
        if practised:
            practise(enrolment, now=self.began, rights=[True, True, True])
        write_to_coordinators(
            actor=self.reader, enrolment=enrolment, text="A word.", link=str, now=self.began
        )
        commit_readings(actor=self.reader, answers=[item(ids(enrolment)[0])], now=self.began)
        self._readers(study, enrolment, readers - 1)
        for statement in _copies(study, enrolment):
            run(statement)
        return study

    def _readers(self, study: Study, first: Enrolment, count: int) -> None:
        """Other people than those of any other study, in turns in every group."""
        users = User.objects.bulk_create(
            User(email=f"{study.slug}-{number}@example.org", name=f"Reader {number}", password="!")  # nosec B106  # noqa: S106 (no password at all)
            for number in range(count)
        )
        groups = list(study.rank_groups.all())
        Enrolment.objects.bulk_create(
            Enrolment(
                study=study, user=user, code=f"X-{number:05d}", rank_group=groups[number % len(groups)],
                institution=first.institution, state=first.state, enrolled_at=self.began,
            )
            for number, user in enumerate(users)
        )  # fmt: skip

    def runs(self, study: Study, count: int) -> None:
        """So many finished runs with a score for every image."""
        model = make_model(
            admin=self.admin, now=self.began, runs=count, name=f"CNN for {study.title}"
        )
        total = StudyCase.objects.filter(study=study).count()
        for artefact in Artefact.objects.filter(model=model):
            ModelRun.objects.create(
                study=study, artefact=artefact, state=RunState.DONE, done=total, total=total, attempt=1,
                artefact_sha256=artefact.sha256, spec_sha256=artefact.spec_sha256, provider_requested="cpu",
                provider_used="CPUExecutionProvider", runtime_version="1", app_version="1", batch_size=8,
                created_by=self.coordinator, created_at=self.began, started_at=self.began, finished_at=self.began,
            )  # fmt: skip
        case = StudyCase.objects.filter(study=study).select_related("case")[0]
        first = Score.objects.create(
            run=study.model_runs.all()[0], study_case=case, image=case.case.images.get(), value=0.5, outputs=[0, 0],
            image_sha256="0" * 64, tensor_sha256="0" * 64, milliseconds=20.0,
        )  # fmt: skip
        run(_scores(study, first))


def _copies(study: Study, first: Enrolment) -> Iterator[str]:
    """What the other readers have: orders of their own, answers, second versions, and what surrounds them."""
    of_study = f"e.study_id = {study.pk}"
    others = f"{of_study} AND e.id <> {first.pk}"
    shuffled = (
        "row_number() OVER (PARTITION BY e.id, t.session_id ORDER BY md5(e.id || '-' || t.id))"
    )
    yield multiplied(
        Position, f", studies_enrolment e WHERE t.enrolment_id = {first.pk} AND {others}",
        public_id=public_id("e.id", "'p'", "t.id"), enrolment_id="e.id", number=shuffled,
    )  # fmt: skip
    yield "ANALYZE"
    template = Reading.objects.get(position__enrolment=first).pk
    answered = (
        f", studies_position p JOIN studies_enrolment e ON e.id = p.enrolment_id WHERE t.id = {template} AND {of_study}"
        f" AND p.id <> t.position_id AND p.number <= {study.study_cases.count()} / ({_STOPPED})"
        " ORDER BY p.number, md5(p.id::text)"
    )
    yield multiplied(
        Reading, answered, public_id=public_id("p.id", "'r'"), position_id="p.id", attempt="gen_random_uuid()",
        decision=_DECISION, confidence="1 + p.id * 31 % 5", milliseconds_to_decision="1000 + p.id % 5000",
        milliseconds_to_commit="3000 + p.id % 5000", timing_quality="'ok'", input_device="'mouse'",
        received_at="t.received_at + p.number * interval '40 seconds' + (e.id % 10) * interval '1 day'",
    )  # fmt: skip
    changed = f"JOIN studies_position p ON p.id = t.position_id JOIN studies_enrolment e ON e.id = p.enrolment_id WHERE {of_study} AND t.id % 33 = 0"
    yield multiplied(
        Reading, changed, public_id=public_id("t.id", "'v2'"), attempt="gen_random_uuid()", version="2",
        confidence="1 + t.confidence % 5", received_at="t.received_at + interval '20 seconds'",
    )  # fmt: skip
    for model in (Message, PracticeAnswer, PracticeRound):
        own = {"public_id": public_id("e.id", "'-'", "t.id")} if model is PracticeAnswer else {}
        given = {"sender_id": "e.user_id"} if model is Message else {}
        yield multiplied(
            model, f", studies_enrolment e WHERE t.enrolment_id = {first.pk} AND {others}",
            enrolment_id="e.id", **own, **given,
        )  # fmt: skip
    consent = Consent.objects.get(user=first.user, scope=study.public_id).pk
    yield multiplied(
        Consent, f", studies_enrolment e WHERE t.id = {consent} AND {others}",
        public_id=public_id("e.id", "'c'"), user_id="e.user_id",
    )  # fmt: skip


def _scores(study: Study, first: Score) -> str:
    return multiplied(
        Score,
        f", inference_modelrun r, studies_studycase c JOIN images_image i ON i.case_id = c.case_id"
        f" WHERE t.id = {first.pk} AND r.study_id = {study.pk} AND c.study_id = {study.pk}"
        " AND (r.id, i.id) <> (t.run_id, t.image_id)",
        run_id="r.id", study_case_id="c.id", image_id="i.id", value="random()",
    )  # fmt: skip


def run(statement: str) -> None:
    """One statement, on its own."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Runs the work and says how long it took."""
    start = time.perf_counter()
    result = work()
    print(f"{name}: {time.perf_counter() - start:.1f} s", flush=True)
    return result


def fill(*, readers: int, cases: int, beside: int, events: int, runs: int) -> None:
    """The large study, one of the usual size, and smaller ones beside them in every state."""
    # Foreign keys of rows that the database copies from its own need no check.
    run("SET session_replication_role = replica")
    builder = Builder()
    large = timed(
        f"{LARGE}, {readers} readers and {cases} cases",
        lambda: builder.study(LARGE, readers=readers, cases=cases, practised=True),
    )
    timed(f"{runs} runs", lambda: builder.runs(large, runs))
    peer = timed(
        f"{PEER}, {_PEER_READERS} readers and {_PEER_CASES} cases",
        lambda: builder.study(PEER, readers=_PEER_READERS, cases=_PEER_CASES),
    )
    builder.runs(peer, runs)
    for number in range(beside):
        study = builder.study(f"Beside {number}", readers=_READERS_BESIDE, cases=_CASES_BESIDE)
        Study.objects.filter(pk=study.pk).update(state=_STATES[number % len(_STATES)])
    timed("events of the answers", lambda: tell_answers(Study.objects.all()))
    timed(f"{events} further events", lambda: add_events(events, study=large, began=builder.began))
    run("SET session_replication_role = DEFAULT")
    timed("VACUUM ANALYZE", lambda: run("VACUUM ANALYZE"))
    for model in (Position, Reading, Score, AuditEvent):
        print(f"{model._meta.label}: {model.objects.count()} rows")


def main(arguments: list[str] | None = None) -> None:
    """Refuses any database that is not PostgreSQL or has a user in it already."""
    parser = argparse.ArgumentParser(prog="python -m tools.million", description=__doc__)
    for name, default in (("readers", 1000), ("cases", 1000), ("beside", 12), ("events", 200_000), ("runs", 10)):  # fmt: skip
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args(arguments)
    if connection.vendor != "postgresql" or User.objects.exists():
        parser.error("DATABASE_URL must name a PostgreSQL database that is migrated and empty.")
    fill(**vars(chosen))


if __name__ == "__main__":
    main()
