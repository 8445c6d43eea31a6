"""An import rests when it is told to, and goes on where it may."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from readerstudy.core.errors import Conflict, NotAllowed
from readerstudy.images.models import ImageSet
from readerstudy.images.storage import folder_of, write_image
from readerstudy.intake.choices import ImportState
from readerstudy.intake.claims import STALE, claim_job
from readerstudy.intake.models import ImportJob
from readerstudy.intake.recovery import requeue_lost_imports
from readerstudy.intake.selectors import progress_of
from readerstudy.intake.services import (
    apply_job,
    confirm_job,
    create_job,
    discard_job,
    pause_job,
    plan_job,
    resume_job,
)
from tests.images.factories import encoded
from tests.images.test_services import stored_files
from tests.intake.archives import good_zip


@pytest.fixture
def job(tmp_path, admin, now):
    content = good_zip(tmp_path / "a.zip", count=6).read_bytes()
    return create_job(
        actor=admin,
        name="Set",
        is_synthetic=False,
        archive=ContentFile(content, name="ward.zip"),
        now=now,
    )


@pytest.fixture
def confirmed(job, admin, now):
    plan_job(job_id=job.pk, clock=lambda: now)
    return confirm_job(actor=admin, job=job, now=now)


class PausedAtWork:
    """A clock with a second between two looks; somebody pauses the job at the given look."""

    def __init__(self, job, actor, start, *, at):
        self.job, self.actor, self.moment, self.at = job, actor, start, at
        self.looks = 0

    def __call__(self):
        self.looks += 1
        self.moment += timedelta(seconds=1)
        if self.looks == self.at:
            pause_job(actor=self.actor, job=self.job, now=self.moment)
        return self.moment


@pytest.mark.parametrize("state", [ImportState.UPLOADED, ImportState.APPLYING])
def test_a_worker_stops_at_its_next_heartbeat_and_tells_no_failure(request, admin, now, state):
    job = request.getfixturevalue("job" if state == ImportState.UPLOADED else "confirmed")
    # An import hashes its archive and looks at its six photographs once more before it stores the first.
    at = 4 if state == ImportState.UPLOADED else 12
    clock = PausedAtWork(job, admin, now, at=at)
    work = plan_job if state == ImportState.UPLOADED else apply_job
    work(job_id=job.pk, clock=clock)
    job.refresh_from_db()
    assert (job.state, job.error, job.heartbeat_at) == (state, "", None)
    assert 0 < job.done < job.total == 6
    assert clock.looks < at + 4
    assert not ImageSet.objects.exists()
    assert stored_files() == []
    assert progress_of(job, now=clock.moment).is_paused


def test_a_paused_import_goes_on_to_its_end(
    confirmed, admin, now, django_capture_on_commit_callbacks
):
    apply_job(job_id=confirmed.pk, clock=PausedAtWork(confirmed, admin, now, at=4))
    with django_capture_on_commit_callbacks(execute=True):
        resume_job(actor=admin, job=confirmed, now=now)
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.paused_at) == (ImportState.APPLIED, None)
    assert len(stored_files()) == 12


def test_a_paused_import_is_taken_up_by_nobody(confirmed, admin, now):
    pause_job(actor=admin, job=confirmed, now=now)
    later = now + 2 * STALE
    assert claim_job(job_id=confirmed.pk, state=ImportState.APPLYING, clock=lambda: later) is None
    assert requeue_lost_imports(now=later) == 0
    confirmed.refresh_from_db()
    progress = progress_of(confirmed, now=later)
    assert (progress.is_paused, progress.can_be_retried, progress.goes_on) == (True, False, False)


def test_a_pause_taken_back_before_the_worker_saw_it_leaves_the_worker_at_work(
    confirmed, admin, now
):
    claim = claim_job(job_id=confirmed.pk, state=ImportState.APPLYING, clock=lambda: now)
    pause_job(actor=admin, job=confirmed, now=now)
    resume_job(actor=admin, job=confirmed, now=now)
    claim.beat(6, 6)
    row = ImportJob.objects.get()
    assert (row.attempt, row.done, row.paused_at) == (claim.attempt, 6, None)


def test_what_is_not_at_work_is_not_paused_and_what_is_not_paused_does_not_go_on(job, admin, now):
    with pytest.raises(Conflict, match="not paused"):
        resume_job(actor=admin, job=job, now=now)
    plan_job(job_id=job.pk, clock=lambda: now)
    with pytest.raises(Conflict, match="not at work"):
        pause_job(actor=admin, job=job, now=now)


def test_only_admins_pause_and_resume(job, coordinator, now):
    for service in (pause_job, resume_job):
        with pytest.raises(NotAllowed):
            service(actor=coordinator, job=job, now=now)


def test_a_paused_import_can_be_discarded_once_its_worker_has_stopped(
    confirmed, admin, now, django_capture_on_commit_callbacks
):
    claim_job(job_id=confirmed.pk, state=ImportState.APPLYING, clock=lambda: now)
    pause_job(actor=admin, job=confirmed, now=now)
    # As a worker leaves it that is killed while it stores photographs.
    write_image(encoded(), folder=folder_of(confirmed.public_id))
    with pytest.raises(Conflict):
        discard_job(actor=admin, job=confirmed, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        discard_job(actor=admin, job=confirmed, now=now + 2 * STALE)
    assert not ImportJob.objects.exists()
    assert stored_files("imports") == stored_files("images") == []
