"""Import jobs, made by the service that the upload page calls."""

from django.core.files.base import ContentFile

from readerstudy.intake.services import create_job


def make_job(archive, *, admin, now, name="Set"):
    """A job of the archive at this path; its task waits for a commit that a test may never make."""
    return create_job(
        actor=admin,
        name=name,
        is_synthetic=False,
        archive=ContentFile(archive.read_bytes(), name="ward.zip"),
        now=now,
    )
