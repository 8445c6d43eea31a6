"""What all tasks have in common."""

import ast
from pathlib import Path

import pytest
from celery.exceptions import Reject, Retry
from django.core.cache import cache
from django.db import OperationalError
from kombu.exceptions import OperationalError as QueueError
from redis.exceptions import ConnectionError as RedisConnectionError

from inference.choices import RunState
from inference.models import ModelRun
from inference.recovery import give_up_run, revive_run
from readerstudy.celery import app
from readerstudy.core import background
from readerstudy.core.background import (
    MOST_DEATHS,
    MOST_RETRIES_OF_AN_OUTAGE,
    KillsItsWorkerError,
    WorkTask,
    wait_before,
)
from readerstudy.core.errors import Conflict
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob
from readerstudy.intake.recovery import give_up_job, revive_job
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis
from readerstudy.results.recovery import (
    PATIENCE,
    give_up_analysis,
    requeue_lost_results,
    revive_analysis,
)

ROOT = Path(__file__).resolve().parents[2]


def our_tasks():
    app.loader.import_default_modules()
    return {
        name: task
        for name, task in app.tasks.items()
        if not name.startswith("celery.") and "poison" not in name
    }


def test_every_task_has_limits_and_is_acknowledged_when_it_is_done():
    for name, task in our_tasks().items():
        assert isinstance(task, WorkTask), name
        assert 0 < task.soft_time_limit < task.time_limit, name
        assert task.acks_late, name
        assert task.reject_on_worker_lost, name
    assert len(our_tasks()) >= 11


def test_nothing_but_json_is_sent_or_read():
    assert app.conf.task_serializer == app.conf.result_serializer == "json"
    assert list(app.conf.accept_content) == ["json"]


def test_tasks_are_sent_with_ids_alone():
    """No task takes more than ids, so that neither the queue nor a dead letter holds what a person typed."""
    for path in [*ROOT.glob("inference/tasks.py"), *ROOT.glob("readerstudy/**/tasks.py")]:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and any(
                "shared_task" in ast.unparse(one) for one in node.decorator_list
            ):
                names = {one.arg for one in [*node.args.args, *node.args.kwonlyargs]}
                # `root` is where the site itself is reached.
                assert all(one.endswith("_id") or one == "root" for one in names), (
                    f"{path}: {node.name}"
                )


class Delivered:
    """A task as a worker delivers it."""

    def __init__(self, function, retries=0, revive=None):
        @app.task(name=f"tests.{function.__name__}", bind=False, revive=revive)
        def task(*args, **kwargs):
            return function(*args, **kwargs)

        self.task, self.retries = task, retries

    def __call__(self, *args, **kwargs):
        self.task.push_request(
            id="1", retries=self.retries, called_directly=False, is_eager=False, args=args,
            kwargs=kwargs, delivery_info={}, headers={},
        )  # fmt: skip
        try:
            return self.task(*args, **kwargs)
        finally:
            self.task.pop_request()
            app.tasks.pop(self.task.name, None)


@pytest.fixture
def sent(monkeypatch):
    """What is sent again, instead of the queue."""
    found = []
    monkeypatch.setattr(
        "celery.canvas.Signature.apply_async",
        lambda self, **options: found.append({**self.options, **options}),
    )
    return found


def test_what_fails_is_tried_again_later_and_its_row_is_made_ready(sent):
    revived = []

    def fails(*, row_id):
        raise OSError("disk")

    def revive(*, row_id, seconds):
        revived.append((row_id, seconds))

    with pytest.raises(Retry):
        Delivered(fails, retries=2, revive=staticmethod(revive))(row_id=7)
    # Before this try, in case that it could not be done after the one before; and after it.
    (before, (row_id, seconds)) = revived
    assert before == (7, 0)
    assert row_id == 7
    assert 30 <= seconds <= 50
    assert [one["countdown"] for one in sent] == [seconds]


def lost():
    raise OperationalError("connection timeout expired")


def test_what_fails_is_tried_again_where_its_row_cannot_be_reached_either(sent):
    def works():
        lost()

    with pytest.raises(Retry):
        Delivered(works, revive=staticmethod(lambda **_: lost()))()
    assert len(sent) == 1


def test_what_cannot_be_sent_again_goes_back_into_the_queue(monkeypatch):
    """Found by faults under load: Redis was away when a run failed, and the run was given up after one try."""
    revived = []

    def fails():
        raise RedisConnectionError("refused")

    def revive(*, seconds):
        revived.append(seconds)

    def unsent(self, **_options):
        raise QueueError("refused")

    monkeypatch.setattr("celery.canvas.Signature.apply_async", unsent)
    with pytest.raises(Reject) as refusal:
        Delivered(fails, revive=staticmethod(revive))()
    assert refusal.value.requeue
    assert len(revived) == 1


def test_an_outage_is_outlasted_and_not_for_ever(sent):
    def works():
        lost()

    with pytest.raises(Retry):
        Delivered(works, retries=MOST_RETRIES_OF_AN_OUTAGE - 1)()
    with pytest.raises(OperationalError):
        Delivered(works, retries=MOST_RETRIES_OF_AN_OUTAGE)()
    assert len(sent) == 1


def test_work_that_cannot_be_counted_is_tried_again_or_stays_done(sent, monkeypatch):
    class Away:
        def get(self, *_key, **_options):
            raise RedisConnectionError("refused")

        incr = get

    def works():
        monkeypatch.setattr(background, "cache", Away())
        return 3

    assert Delivered(works)() == 3
    with pytest.raises(Retry):
        Delivered(works)()


def test_the_last_try_raises_and_a_refusal_is_not_tried_again(sent):
    def fails():
        raise OSError("disk")

    def refuses():
        raise Conflict("No.")

    with pytest.raises(OSError, match="disk"):
        Delivered(fails, retries=4)()
    with pytest.raises(Conflict):
        Delivered(refuses)()
    assert sent == []


def test_work_at_which_workers_die_is_not_begun_for_ever():
    class Died(BaseException):
        pass

    begun = []

    def works():
        begun.append(1)

    # As a death leaves it: begun, and never ended.
    for _ in range(MOST_DEATHS):
        key = next(iter(_keys(works)))
        if not cache.add(key, 1):
            cache.incr(key)
    with pytest.raises(KillsItsWorkerError):
        Delivered(works, retries=4)()
    assert begun == []
    # Once somebody has sent it again, it is tried again.
    Delivered(works)()
    assert begun == [1]
    assert cache.get(key) == 0


def _keys(function):
    from readerstudy.core.canonical import sha256_of

    yield f"begun:tests.{function.__name__}:{sha256_of([[], {}])}"


def test_waits_are_longer_each_time_and_end():
    assert 7 < wait_before(0) < 13
    assert 119 < wait_before(4) < 201
    assert wait_before(30) <= 750


def test_a_failed_run_waits_again_and_one_that_is_given_up_says_why(queued, now):
    ModelRun.objects.update(state=RunState.FAILED, error="Ouch.", finished_at=now)
    revive_run(run_id=queued.pk, due=now)
    queued.refresh_from_db()
    assert (queued.state, queued.error, queued.heartbeat_at) == (RunState.QUEUED, "", now)
    give_up_run(run_id=queued.pk, sentence="Given up.", now=now)
    give_up_run(run_id=queued.pk, sentence="Again.", now=now)
    queued.refresh_from_db()
    assert (queued.state, queued.error) == (RunState.FAILED, "Given up.")


def test_a_failed_import_waits_again_for_what_it_needs(admin, now):
    job = ImportJob.objects.create(
        name="A", archive="a", archive_name="a.zip", state=ImportState.FAILED, created_by=admin,
        created_at=now,
    )  # fmt: skip
    revive_job(job.pk, due=now)
    job.refresh_from_db()
    assert (job.state, job.queued_at) == (ImportState.UPLOADED, now)
    give_up_job(job.pk, sentence="Given up.", now=now)
    job.refresh_from_db()
    assert (job.state, job.error) == (ImportState.FAILED, "Given up.")
    ImportJob.objects.update(report={"totals": {}})
    revive_job(job.pk, due=now)
    job.refresh_from_db()
    assert job.state == ImportState.APPLYING


def test_an_analysis_whose_message_was_lost_is_sent_again(locked_study, coordinator, now):
    analysis = Analysis.objects.create(
        study=locked_study, code_version="1", created_by=coordinator, created_at=now
    )
    assert requeue_lost_results(now=now) == 0
    give_up_analysis(analysis_id=analysis.pk, sentence="Given up.", now=now)
    assert Analysis.objects.get().error == "Given up."
    revive_analysis(analysis_id=analysis.pk, due=now)
    assert Analysis.objects.get().state == AnalysisState.QUEUED
    assert requeue_lost_results(now=now + PATIENCE * 2) == 1
    # Not unblinded: it was looked at, and refused with a sentence.
    assert Analysis.objects.get().state == AnalysisState.FAILED
