"""Who may import images: admins alone. Their reports hold original names, and uploads are each admin's own."""

from django.conf import settings
from django.db.models import QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.body_limits import Files, of_admins
from readerstudy.images.permissions import check_is_staff
from readerstudy.images.services import check_may_administer
from readerstudy.intake.models import ChunkedUpload, ImportJob

# An archive with a manifest beside it, and a manifest alone.
ARCHIVES = Files(
    lambda: settings.IMPORT_MAX_ARCHIVE_BYTES + settings.IMPORT_MAX_FILE_BYTES, of_admins
)
MANIFESTS = Files(lambda: settings.IMPORT_MAX_FILE_BYTES, of_admins)


def check_may_import(user: User) -> None:
    """Raises NotFound for readers, to whom there are no imports, and NotAllowed for coordinators."""
    check_is_staff(user)
    check_may_administer(user)


def visible_jobs(user: User) -> QuerySet[ImportJob]:
    """All imports for an admin, none for anybody else."""
    return ImportJob.objects.all() if user.can_administer else ImportJob.objects.none()


def own_uploads(user: User) -> QuerySet[ChunkedUpload]:
    """An admin's own uploads that no import has taken; none for anybody else."""
    if not user.can_administer:
        return ChunkedUpload.objects.none()
    return ChunkedUpload.objects.filter(created_by=user)
