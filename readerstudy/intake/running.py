"""What a worker does with an import job. Called by tasks; safe to call again after any death."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, DomainError
from readerstudy.core.leftovers import stored_or_removed
from readerstudy.core.stopping import WorkerStoppingError
from readerstudy.images.storage import folder_of, remove_folder
from readerstudy.intake.applying import (
    check_applicable,
    new_rows,
    stored_images,
    write_image_set,
)
from readerstudy.intake.choices import ImportState
from readerstudy.intake.claims import AT_WORK, Claim, Clock, ImportPaused, claim_job
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.models import ImportJob
from readerstudy.intake.plan import ImportPlan
from readerstudy.intake.planning import Progress, plan_import
from readerstudy.intake.preview import remove_preview, write_preview
from readerstudy.intake.progress import uncounted
from readerstudy.intake.questions import state_after
from readerstudy.intake.sending import send_job
from readerstudy.intake.staging import staging_folder
from readerstudy.intake.uploads import local_copy, remove_uploads


def plan_job(*, job_id: int, clock: Clock) -> None:
    """Checks the job's archive and stores the report. Does nothing where that is done or another worker is on it."""
    claim = claim_job(job_id=job_id, state=ImportState.UPLOADED, clock=clock)
    if claim is None:
        return
    job = ImportJob.objects.get(pk=job_id)
    with _failures_told(claim), _planned(job, claim.beat) as plan:
        _store_report(job, claim, plan)


def apply_job(*, job_id: int, clock: Clock) -> None:
    """Imports the job's archive: all or nothing. Does nothing where that is done or another worker is on it.

    The image set gets the job's public id, so that files a killed worker left behind lie where they can be found.
    """
    claim = claim_job(job_id=job_id, state=ImportState.APPLYING, clock=clock)
    if claim is None:
        return
    job = ImportJob.objects.get(pk=job_id)

    def alive(_done: int, total: int) -> None:
        # The photographs are counted as they are stored, not once more before.
        claim.beat(0, total)

    with _failures_told(claim), _planned(job, alive) as plan:
        if not plan.can_be_applied:
            _store_report(job, claim, plan)
            return
        remove_folder(folder_of(job.public_id))
        _apply(job, plan, claim)


def _apply(job: ImportJob, plan: ImportPlan, claim: Claim) -> None:
    alive = uncounted(claim.beat)
    check_applicable(actor=job.created_by, plan=plan, name=job.name, on_alive=alive)
    stored = stored_images(plan, image_set_id=job.public_id, on_progress=claim.beat)
    with stored as files:
        # All that can be done before the transaction is: on SQLite it keeps every other writer waiting.
        rows = new_rows(plan, files, on_alive=uncounted(claim.beat, len(files)))
        report = plan.report()
        with transaction.atomic():
            # First of all: once the rows are stored, the files are theirs, whatever fails after the commit.
            transaction.on_commit(files.clear)
            locked = claim.locked_job()
            locked.image_set = write_image_set(
                actor=job.created_by,
                plan=plan,
                rows=rows,
                name=job.name,
                is_synthetic=job.is_synthetic,
                now=claim.clock(),
                public_id=job.public_id,
            )
            locked.state = ImportState.APPLIED
            locked.report = report
            locked.save()
            record_event(
                actor=job.created_by,
                verb="import.applied",
                subject=locked,
                now=claim.clock(),
                data={"image_set": locked.image_set.public_id},
            )
            transaction.on_commit(partial(remove_uploads, locked), robust=True)


@contextmanager
def _planned(job: ImportJob, on_progress: Progress) -> Iterator[ImportPlan]:
    """The plan of the job's archive, which stays readable inside the block."""
    manifest = None
    if job.manifest:
        with job.manifest.open("rb") as file:
            manifest = file.read()
    with local_copy(job.archive) as path:
        yield plan_import(
            archive_path=path,
            archive_name=job.archive_name,
            manifest=manifest,
            manifest_name=job.manifest_name,
            name=job.name,
            mapping=ManifestMapping.from_json(job.mapping),
            staging=staging_folder(job.public_id),
            on_progress=on_progress,
        )


def _store_report(job: ImportJob, claim: Claim, plan: ImportPlan) -> None:
    """Stores the report. The files stay: what is refused can be put right.

    Where another worker has taken up the job, its pictures stay as they are, and those of this one go.
    """
    report = plan.report()
    state = state_after(report)
    preview = write_preview(job, plan)
    with stored_or_removed(partial(remove_preview, preview)):
        job = claim.locked_job()
        # Robust: the report is stored, whatever becomes of the pictures of the one before.
        transaction.on_commit(partial(remove_preview, job.preview), robust=True)
        job.report, job.preview, job.state = report, preview, state
        job.heartbeat_at = None
        job.save()


@contextmanager
def _failures_told(claim: Claim) -> Iterator[None]:
    """Writes into the row why the work ended, whatever it was; what nobody foresaw is raised again for the log."""
    try:
        yield
    except ImportPaused:
        return
    except WorkerStoppingError:
        _give_back(claim)
    except DomainError as error:
        _fail(claim, error.message)
    except OSError as error:
        _fail(claim, f"The server could not read or store a file: {error.strerror or error}.")
    except SoftTimeLimitExceeded:
        hours = settings.IMPORT_MAX_SECONDS / 3600
        _fail(
            claim,
            f"The work took longer than the {hours:g} hours it may (IMPORT_MAX_SECONDS). Try again: photographs that are decoded already are not decoded again.",
        )
    except (OperationalError, InterfaceError):
        # The row cannot be written now; once its heartbeat is stale, a worker takes the job up again.
        raise
    except Exception:
        _fail(claim, "The import ended unexpectedly; the server's log says why.")
        raise


def _give_back(claim: Claim) -> None:
    """The worker stops; another goes on. What was decoded is on this one's disk."""
    if claim.give_back():
        job = ImportJob.objects.get(pk=claim.job_id)
        send_job(job.pk, ImportState(job.state))


def _fail(claim: Claim, message: str) -> None:
    with transaction.atomic():
        try:
            job = claim.locked_job()
        except Conflict:
            return  # another worker is on it now and will tell how it ended
        if job.state not in AT_WORK:
            return  # the work was done, and what failed came after it
        job.state, job.error, job.heartbeat_at = ImportState.FAILED, message, None
        job.save()
        record_event(actor=job.created_by, verb="import.failed", subject=job, now=claim.clock())
