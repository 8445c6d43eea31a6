"""The services of an import job: made by an upload, confirmed, taken up again, discarded."""

from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict
from readerstudy.core.leftovers import stored_or_removed
from readerstudy.images.services import check_may_administer, check_name
from readerstudy.intake.choices import ImportState
from readerstudy.intake.chunks import remove_upload, whole_file
from readerstudy.intake.claims import is_held, is_interrupted
from readerstudy.intake.models import ChunkedUpload, ImportJob
from readerstudy.intake.pausing import is_paused
from readerstudy.intake.queueing import locked, queue_job
from readerstudy.intake.uploads import (
    check_sizes,
    name_without_ending,
    remove_all_files,
    remove_uploads,
    upload_name,
)

AT_REST = (ImportState.ASKED, ImportState.PLANNED, ImportState.REFUSED, ImportState.FAILED)


def create_job(
    *,
    actor: User,
    name: str,
    is_synthetic: bool,
    archive: File,
    manifest: File | None = None,
    now: datetime,
) -> ImportJob:
    """A new job with its uploaded files; a worker checks it.

    Raises NotAllowed for anybody but admins, InvalidInput for a name that cannot be had or a file that is too large.
    """
    check_may_administer(actor)
    check_name(name)
    check_sizes(archive, manifest)
    job = ImportJob(
        name=name.strip(),
        is_synthetic=is_synthetic,
        archive_name=upload_name(archive),
        manifest_name=upload_name(manifest) if manifest else "",
        created_by=actor,
        created_at=now,
    )
    _write_files(job, archive, manifest)
    with stored_or_removed(partial(remove_uploads, job)):
        job.save()
        record_event(actor=actor, verb="import.uploaded", subject=job, now=now)
        queue_job(job, now=now)
    return job


def _write_files(job: ImportJob, archive: File, manifest: File | None) -> None:
    """Before the transaction, which would keep others waiting for the whole of an archive. All of them or none."""
    try:
        job.archive.save(f"imports/{job.public_id}.archive", archive, save=False)
        if manifest:
            job.manifest.save(f"imports/{job.public_id}.csv", manifest, save=False)
        job.full_clean()
    except BaseException:
        remove_uploads(job)
        raise


def create_job_of_upload(
    *, actor: User, upload: ChunkedUpload, name: str, now: datetime, **said: Any
) -> ImportJob:
    """A job of an archive that came in pieces, which are let go then. The rest of `said` goes to create_job.

    Raises Conflict where pieces are missing, and what create_job raises.
    """
    with whole_file(upload) as archive:
        name = name_of_set(name, archive)
        job = create_job(actor=actor, archive=archive, name=name, now=now, **said)
    remove_upload(upload)
    return job


def name_of_set(given: str, archive: File) -> str:
    """The name given for the image set, or the archive's without its ending."""
    return given.strip() or name_without_ending(upload_name(archive))


def confirm_job(*, actor: User, job: ImportJob, now: datetime) -> ImportJob:
    """Lets a checked job be imported. Raises Conflict where it is not (or no longer) waiting for that."""
    check_may_administer(actor)
    with transaction.atomic():
        job = locked(job)
        if job.state != ImportState.PLANNED:
            raise Conflict("This import is not waiting to be confirmed.")
        job.state = ImportState.APPLYING
        record_event(actor=actor, verb="import.confirmed", subject=job, now=now)
        queue_job(job, now=now)
    return job


def retry_job(*, actor: User, job: ImportJob, now: datetime) -> ImportJob:
    """Takes up a failed or interrupted job again. Raises Conflict for one that is running, waiting or done."""
    check_may_administer(actor)
    with transaction.atomic():
        job = locked(job)
        if not can_be_retried(job, now=now):
            raise Conflict("This import is not interrupted.")
        if job.state == ImportState.FAILED:
            job.state = ImportState.APPLYING if job.report else ImportState.UPLOADED
        record_event(actor=actor, verb="import.retried", subject=job, now=now)
        queue_job(job, now=now)
    return job


def can_be_retried(job: ImportJob, *, now: datetime) -> bool:
    """Whether the job has failed, or its worker was not heard of for a minute."""
    return job.state == ImportState.FAILED or is_interrupted(job, now=now)


def discard_job(*, actor: User, job: ImportJob, now: datetime) -> None:
    """Removes a job that was not imported, with its files. Raises Conflict while it is at work and once it is done."""
    check_may_administer(actor)
    with transaction.atomic():
        job = locked(job)
        if not can_be_discarded(job, now=now):
            raise Conflict("This import is running or done; it cannot be discarded.")
        record_event(actor=actor, verb="import.discarded", subject=job, now=now)
        transaction.on_commit(partial(remove_all_files, job))
        job.delete()


def can_be_discarded(job: ImportJob, *, now: datetime) -> bool:
    """Whether no worker is on the job, and nothing was imported."""
    return job.state in AT_REST or (is_paused(job) and not is_held(job, now=now))
