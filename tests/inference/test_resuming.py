"""A run whose worker died is taken up by another, which never writes beside the first."""

from datetime import timedelta

import pytest

from inference import networks
from inference.choices import RunState
from inference.claims import beat, claim, keep
from inference.models import Score
from inference.provenance import MOST_FRUITLESS_ATTEMPTS
from inference.run_errors import SupersededError
from inference.selectors import scores_of
from inference.services import (
    execute_run,
    requeue_stale_runs,
    retry_run,
    start_runs,
)
from inference.tasks import sweep_task, take_up_lost_runs, tidy, watch_for_lost_runs
from tests.inference.factories import WorkerDied, dies_after, make_locked_study, state_of

STALE = timedelta(seconds=31)

pytestmark = pytest.mark.usefixtures("each_batch_stored")


def values_of(run):
    return dict(run.scores.values_list("image__public_id", "value"))


def test_two_workers_never_have_the_same_run(queued, now):
    assert claim(queued.pk, now=now).attempt == 1
    assert claim(queued.pk, now=now) is None
    assert execute_run(run_id=queued.pk, clock=lambda: now) is None
    assert not Score.objects.exists()


def test_a_run_whose_worker_died_is_finished_by_another_with_one_score_per_image(
    queued, now, coordinator, admin
):
    with pytest.raises(WorkerDied):
        execute_run(run_id=queued.pk, clock=dies_after(2, now))
    assert state_of(queued) == (RunState.RUNNING, 4, 5)
    before = values_of(queued)
    first_rows = set(queued.scores.values_list("pk", flat=True))

    assert execute_run(run_id=queued.pk, clock=lambda: now) is None, "the heartbeat is fresh"
    execute_run(run_id=queued.pk, clock=lambda: now + STALE)
    assert state_of(queued) == (RunState.DONE, 5, 5)
    assert queued.attempt == 2
    assert first_rows < set(queued.scores.values_list("pk", flat=True))
    assert before.items() <= values_of(queued).items()

    # The same values as a run that nobody disturbed.
    undisturbed = make_locked_study(admin=admin, coordinator=coordinator, now=now, title="Other")
    (run,) = start_runs(actor=coordinator, model=queued.artefact.model, study=undisturbed, now=now)
    execute_run(run_id=run.pk, clock=lambda: now)
    by_pixels = [
        dict(one.scores.values_list("image__pixels_sha256", "value")) for one in (queued, run)
    ]
    assert by_pixels[0] == pytest.approx(by_pixels[1], abs=1e-6)


def test_a_resumed_run_tells_of_its_attempts(queued, now):
    with pytest.raises(WorkerDied):
        execute_run(run_id=queued.pk, clock=dies_after(1, now))
    execute_run(run_id=queued.pk, clock=lambda: now + STALE)
    queued.refresh_from_db()
    attempts = queued.environment["attempts"]
    assert [(one["attempt"], one["done"]) for one in attempts] == [(1, 0), (2, 2)]
    assert queued.provider_used == "CPUExecutionProvider"


def test_a_worker_given_up_for_dead_writes_nothing_beside_its_successor(queued, now):
    old = claim(queued.pk, now=now)
    new = claim(queued.pk, now=now + STALE)
    assert (old.attempt, new.attempt) == (1, 2)
    with pytest.raises(SupersededError):
        keep(old, now=now)
    keep(new, now=now + STALE)


def test_a_worker_stops_when_its_run_is_taken_over(queued, now):
    taken = []

    def slow():
        if Score.objects.count() >= 2 and not taken:
            taken.append(claim(queued.pk, now=now + STALE))
        return now

    assert execute_run(run_id=queued.pk, clock=slow) is None
    assert state_of(queued) == (RunState.RUNNING, 2, 5)
    assert queued.attempt == 2
    assert Score.objects.count() == 2


def test_heartbeats_go_on_until_the_run_is_another_workers(queued, now):
    run = claim(queued.pk, now=now)
    later = iter(now + timedelta(seconds=10 * n) for n in range(1, 9))
    waits = iter([False, False, True])
    beat(run, lambda: next(later), lambda _seconds: next(waits))
    run.refresh_from_db()
    assert run.heartbeat_at == now + timedelta(seconds=20)

    claim(queued.pk, now=now + 2 * STALE)
    beat(run, lambda: next(later), lambda _seconds: False)
    run.refresh_from_db()
    assert run.heartbeat_at == now + 2 * STALE


def test_a_run_that_kills_its_worker_again_and_again_is_given_up(queued, now, coordinator):
    for number in range(MOST_FRUITLESS_ATTEMPTS):
        networks._open.cache_clear()
        moment = now + number * STALE
        calls = iter([moment, moment])

        def dying(calls=calls):
            try:
                return next(calls)
            except StopIteration:
                raise WorkerDied from None

        with pytest.raises(WorkerDied):
            execute_run(run_id=queued.pk, clock=dying)
    execute_run(run_id=queued.pk, clock=lambda: now + 9 * STALE)
    assert state_of(queued) == (RunState.FAILED, 0, 5)
    assert "died 5 times" in queued.error

    retry_run(actor=coordinator, run=queued, now=now)
    execute_run(run_id=queued.pk, clock=lambda: now)
    assert state_of(queued) == (RunState.DONE, 5, 5)


def test_a_case_withdrawn_after_its_score_leaves_the_counts_whole(queued, now):
    with pytest.raises(WorkerDied):
        execute_run(run_id=queued.pk, clock=dies_after(1, now))
    scored = queued.scores.first().study_case
    queued.study.study_cases.filter(pk=scored.pk).update(withdrawn_at=now)
    execute_run(run_id=queued.pk, clock=lambda: now + STALE)
    assert state_of(queued) == (RunState.DONE, 5, 5)
    (scores,) = scores_of(study=queued.study)
    assert scores.values.shape == (1, 4)


def test_a_run_without_a_heartbeat_is_sent_again_and_finished(queued, now):
    claim(queued.pk, now=now)
    assert requeue_stale_runs(now=now) == 0
    with pytest.raises(WorkerDied):
        execute_run_from(queued, now)
    # Tasks run in place here: what is sent again is executed at once.
    assert requeue_stale_runs(now=now + 2 * STALE) == 1
    assert state_of(queued) == (RunState.DONE, 5, 5)


def execute_run_from(queued, now):
    moments = dies_after(1, now + STALE)
    execute_run(run_id=queued.pk, clock=moments)


def test_a_run_whose_message_was_lost_is_sent_again(queued, now):
    assert requeue_stale_runs(now=now) == 0
    assert requeue_stale_runs(now=now + STALE) == 1
    assert state_of(queued) == (RunState.DONE, 5, 5)
    assert requeue_stale_runs(now=now + 9 * STALE) == 0


def test_a_run_in_line_behind_another_is_not_sent_again(coordinator, locked_study, model, now):
    first, *others = start_runs(actor=coordinator, model=model, study=locked_study, now=now)
    claim(first.pk, now=now + STALE)
    assert requeue_stale_runs(now=now + STALE) == 0
    assert {state_of(run)[0] for run in others} == {RunState.QUEUED}


class Timer:
    """What a worker offers for work that comes again."""

    def __init__(self):
        self.entries = []

    def call_repeatedly(self, seconds, function):
        self.entries.append((seconds, function))


class Worker:
    def __init__(self):
        self.timer = Timer()


def test_a_worker_that_starts_takes_up_lost_runs_and_goes_on_looking(queued):
    # The run was queued long before the worker's clock, and its message is nowhere.
    worker = Worker()
    watch_for_lost_runs(sender=worker)
    assert state_of(queued) == (RunState.DONE, 5, 5)
    assert worker.timer.entries == [(10, take_up_lost_runs), (3600, tidy)]


def test_a_sweep_takes_up_lost_runs(queued):
    sweep_task.delay()
    assert state_of(queued) == (RunState.DONE, 5, 5)
