"""The report of an archive at once, without a job: nothing is stored."""

from typing import Any

from django.core.files.base import File

from readerstudy.accounts.models import User
from readerstudy.core.errors import InvalidInput
from readerstudy.images.services import check_may_administer
from readerstudy.intake.planning import plan_import
from readerstudy.intake.uploads import check_sizes, on_disk, upload_name

# The answer is waited for; larger archives are for a worker.
MAX_BYTES = 100 * 2**20


def report_of_upload(
    *, actor: User, name: str, archive: File, manifest: File | None = None
) -> dict[str, Any]:
    """What importing the archive would do, as its job would report it.

    Raises NotAllowed for anybody but admins, InvalidInput for a file that is too large.
    """
    check_may_administer(actor)
    check_sizes(archive, manifest)
    if archive.size > MAX_BYTES:
        message = f"{upload_name(archive)} has {archive.size} bytes; at most {MAX_BYTES} are checked at once. Import it without dry_run: nothing is stored before it is confirmed."
        raise InvalidInput(message, code="archive_too_large", field="archive")
    with on_disk(archive) as path:
        plan = plan_import(
            archive_path=path,
            archive_name=upload_name(archive),
            manifest=manifest.read() if manifest else None,
            manifest_name=upload_name(manifest) if manifest else "",
            name=name,
        )
    return plan.report()
