"""The services that put a checked import right without its archive coming again: another name, another manifest."""

from datetime import datetime, timedelta
from functools import partial

from django.core.files.base import File
from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict
from readerstudy.core.ids import new_public_id
from readerstudy.core.leftovers import stored_or_removed
from readerstudy.images.services import check_may_administer, check_name
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob
from readerstudy.intake.queueing import locked, queue_check
from readerstudy.intake.uploads import check_manifest_size, remove_all_files, upload_name

CAN_BE_CORRECTED = (ImportState.ASKED, ImportState.PLANNED, ImportState.REFUSED)
KEPT = timedelta(days=7)


def rename_job(*, actor: User, job: ImportJob, name: str, now: datetime) -> ImportJob:
    """Gives the image set to be made another name; where the old one was refused, the archive is checked again.

    Raises NotAllowed for anybody but admins, Conflict for a job that is at work or imported, InvalidInput for a name
    that cannot be had.
    """
    check_may_administer(actor)
    with transaction.atomic():
        job = _correctable(job)
        check_name(name)
        job.name = name.strip()
        record_event(actor=actor, verb="import.renamed", subject=job, now=now)
        if any(one.get("field") == "name" for one in job.report.get("problems", [])):
            queue_check(job, now=now)
        else:
            job.save(update_fields=["name"])
    return job


def replace_manifest(*, actor: User, job: ImportJob, manifest: File, now: datetime) -> ImportJob:
    """Takes a manifest in place of the one before, and has the archive checked again. Answers given before stay.

    Raises NotAllowed for anybody but admins, Conflict for a job that is at work or imported, InvalidInput for a file
    that is too large.
    """
    check_may_administer(actor)
    check_manifest_size(manifest)
    # Under a name of its own: a bucket overwrites what has the same one, and the manifest before may be in use.
    name = f"imports/{job.public_id}-{new_public_id()}.csv"
    stored = job.manifest.storage.save(name, manifest)
    with stored_or_removed(partial(job.manifest.storage.delete, stored)):
        job = _correctable(job)
        before = job.manifest.name
        job.manifest.name, job.manifest_name = stored, upload_name(manifest)
        record_event(actor=actor, verb="import.manifest_replaced", subject=job, now=now)
        queue_check(job, now=now)
        if before:
            transaction.on_commit(partial(job.manifest.storage.delete, before))
    return job


def _correctable(job: ImportJob) -> ImportJob:
    job = locked(job)
    if job.state not in CAN_BE_CORRECTED:
        raise Conflict("This import is at work or done; it cannot be changed now.")
    return job


def kept_until(job: ImportJob) -> datetime | None:
    """When a refused job is let go if nobody puts it right; None for any other."""
    if job.state != ImportState.REFUSED:
        return None
    return (job.queued_at or job.created_at) + KEPT


def remove_refused_imports(*, now: datetime) -> int:
    """Lets go of refused imports, with their files, that nobody has put right for a week; gives their number."""
    old = ImportJob.objects.filter(state=ImportState.REFUSED, queued_at__lt=now - KEPT)
    return sum(_removed(job) for job in old.defer("report", "preview"))


def _removed(job: ImportJob) -> bool:
    """One statement, so that a job that is put right at this moment stays."""
    same = ImportJob.objects.filter(pk=job.pk, state=ImportState.REFUSED, queued_at=job.queued_at)
    if not same.delete()[0]:
        return False
    transaction.on_commit(partial(remove_all_files, job))
    return True
