"""Lost imports are taken up again: by the sweep that every worker makes."""

from datetime import timedelta

import pytest

from readerstudy.intake.choices import ImportState
from readerstudy.intake.claims import STALE, claim_job
from readerstudy.intake.models import ImportJob
from readerstudy.intake.recovery import requeue_lost_imports
from tests.intake.archives import good_zip
from tests.intake.factories import make_job

LATER = STALE + timedelta(seconds=1)


@pytest.fixture
def job(tmp_path, admin, now):
    return make_job(good_zip(tmp_path / "upload.zip"), admin=admin, now=now)


def test_a_job_just_queued_is_left_alone(job, now):
    assert requeue_lost_imports(now=now + STALE / 2) == 0


def test_a_job_whose_message_was_lost_is_checked_after_all(job, now):
    assert requeue_lost_imports(now=now + LATER) == 1
    job.refresh_from_db()
    assert job.state == ImportState.PLANNED


def test_a_job_whose_worker_died_is_taken_up_once_its_heartbeat_is_old(job, now):
    claim_job(job_id=job.pk, state=ImportState.UPLOADED, clock=lambda: now)
    assert requeue_lost_imports(now=now + STALE / 2) == 0
    assert requeue_lost_imports(now=now + LATER) == 1
    job.refresh_from_db()
    assert (job.state, job.attempt) == (ImportState.PLANNED, 2)


def test_a_job_in_line_behind_a_living_worker_is_not_sent_again(job, admin, now, tmp_path):
    other = make_job(good_zip(tmp_path / "other.zip"), admin=admin, now=now, name="Other")
    claim_job(job_id=other.pk, state=ImportState.UPLOADED, clock=lambda: now + LATER)
    assert requeue_lost_imports(now=now + LATER) == 0


def test_a_paused_job_is_not_lost(job, now):
    ImportJob.objects.filter(pk=job.pk).update(paused_at=now)
    assert requeue_lost_imports(now=now + LATER) == 0


def test_a_job_that_waits_for_a_person_is_not_lost(job, now):
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.PLANNED)
    assert requeue_lost_imports(now=now + 10 * LATER) == 0
