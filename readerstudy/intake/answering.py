"""The service that takes what an admin says of columns and diagnoses."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInputs
from readerstudy.images.services import check_may_administer
from readerstudy.intake.correcting import CAN_BE_CORRECTED
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.models import ImportJob
from readerstudy.intake.questions import problems_of_mapping
from readerstudy.intake.queueing import locked, queue_check


def map_job(*, actor: User, job: ImportJob, mapping: ManifestMapping, now: datetime) -> ImportJob:
    """Stores the admin's answers, beside those given before, and has the archive checked again.

    Raises NotAllowed for anybody but admins, Conflict for a job that is at work or imported,
    InvalidInputs for answers that fit no column, field or class.
    """
    check_may_administer(actor)
    with transaction.atomic():
        job = locked(job)
        if job.state not in CAN_BE_CORRECTED:
            raise Conflict("The columns of this import cannot be changed now.")
        if problems := problems_of_mapping(mapping, job.report):
            raise InvalidInputs("The answers do not fit the manifest.", tuple(problems))
        before = ManifestMapping.from_json(job.mapping)
        job.mapping = ManifestMapping(
            {**before.columns, **mapping.columns}, {**before.classes, **mapping.classes}
        ).as_json()
        record_event(actor=actor, verb="import.mapped", subject=job, now=now)
        queue_check(job, now=now)
    return job
