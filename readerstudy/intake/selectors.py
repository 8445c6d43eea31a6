"""Import jobs, for admins alone: their reports hold original names."""

from django.db.models import QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob


def jobs_visible_to(user: User) -> QuerySet[ImportJob]:
    """All jobs for an admin, none for anybody else."""
    return ImportJob.objects.all() if user.can_administer else ImportJob.objects.none()


def unfinished_jobs(user: User) -> QuerySet[ImportJob]:
    """The jobs the user may know of that wait for something; imported ones are left out."""
    return jobs_visible_to(user).exclude(state=ImportState.APPLIED)


def job_for(user: User, public_id: str) -> ImportJob:
    """The job with its image set. Raises NotFound where the user may not know of it."""
    found = jobs_visible_to(user).select_related("image_set").filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found
