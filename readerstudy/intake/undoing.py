"""The service that takes an import back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict
from readerstudy.images.models import ImageSet
from readerstudy.images.services import check_may_administer, delete_image_set
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob
from readerstudy.intake.queueing import locked


def undo_import(*, actor: User, job: ImportJob, now: datetime) -> ImportJob:
    """Removes what the job imported: image set, photographs, reference standards and files. The job's report stays.

    Raises NotAllowed for anybody but admins, Conflict for a job that is not imported or whose set a study is made on.
    """
    check_may_administer(actor)
    with transaction.atomic():
        job = locked(job)
        # Locked, so that no study can be made on the set between the check and the deletion.
        image_set = ImageSet.objects.select_for_update().filter(import_job=job).first()
        if job.state != ImportState.APPLIED or image_set is None:
            raise Conflict("There is nothing to undo: this import has no image set.")
        if reason := why_not_undone(image_set):
            raise Conflict(reason)
        record_event(actor=actor, verb="import.undone", subject=job, now=now)
        delete_image_set(actor=actor, image_set=image_set, now=now)
        job.image_set, job.state = None, ImportState.UNDONE
        job.save(update_fields=["image_set", "state"])
    return job


def why_not_undone(image_set: ImageSet) -> str:
    """The sentence that says which study is made on the set or practised on it, a draft included; empty where none is."""
    if named := _named(image_set.studies):
        return f"While a study is made on {image_set.name} ({named}), the import cannot be undone."
    if named := _named(image_set.practised_in):
        return f"While readers practise on {image_set.name} ({named}), the import cannot be undone."
    return ""


def _named(studies: Any) -> str:
    titles = studies.order_by("pk").values_list("title", flat=True)[:3]
    return ", ".join(f"“{title}”" for title in titles)
