"""The first photographs of a plan as small pictures, for a look before anything is imported."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from readerstudy.core.errors import NotFound
from readerstudy.core.ids import new_public_id
from readerstudy.core.media import SUFFIXES
from readerstudy.images.choices import View
from readerstudy.images.storage import THUMBNAIL_TYPE
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob
from readerstudy.intake.plan import ImportPlan, PlannedImage
from readerstudy.intake.staging import Staged
from readerstudy.intake.uploads import private_folder

PREVIEWED = 24


@dataclass(frozen=True)
class PreviewedImage:
    """One photograph of a plan: its place in the preview, its file and row, what it shows, and whom it has to name."""

    number: int
    file: str
    row: int
    view: str
    licence: str = ""
    attribution: str = ""


def write_preview(job: ImportJob, plan: ImportPlan) -> list[dict[str, Any]]:
    """The plan's first photographs by row, as the job stores them: file, row, view, source and small picture; no truth.

    The pictures lie beside the upload and go with it. Their names are new, all are written or none, and those of an earlier
    plan stay: another worker may have taken up the job, and they may be its pictures.
    """
    images = sorted(plan.images, key=lambda image: image.row)[:PREVIEWED]
    written: list[dict[str, Any]] = []
    try:
        for image, picture in _pictures(plan.staged, images) if plan.staged else ():
            written.append(_written(job, image, picture))
    except BaseException:
        remove_preview(written)
        raise
    return written


def remove_preview(preview: Iterable[dict[str, Any]]) -> None:
    """Removes the pictures of a preview as a job stores it; one that is gone already is no error."""
    for one in preview:
        default_storage.delete(one["picture"])


def previewed(job: ImportJob) -> list[PreviewedImage]:
    """The photographs that can be looked at; none once they are imported or the upload is gone."""
    if job.state not in {ImportState.ASKED, ImportState.PLANNED, ImportState.REFUSED}:
        return []
    return [
        PreviewedImage(
            number,
            one["file"],
            one["row"],
            str(View(one["view"]).label),
            one.get("licence", ""),
            one.get("attribution", ""),
        )
        for number, one in enumerate(job.preview)
    ]


def preview_picture(job: ImportJob, number: int) -> str:
    """The stored name of one small picture. Raises NotFound where the job has none of this number, or not any more."""
    if not 0 <= number < len(job.preview):
        raise NotFound("There is no such photograph.")
    return str(job.preview[number]["picture"])


def _pictures(
    staged: Staged, images: Sequence[PlannedImage]
) -> Iterator[tuple[PlannedImage, bytes]]:
    """The small pictures that the check has made."""
    for image in images:
        if picture := staged.thumbnail(image.entry):
            yield image, picture


def _written(job: ImportJob, image: PlannedImage, picture: bytes) -> dict[str, Any]:
    path = f"{private_folder(job)}/{new_public_id()}{SUFFIXES[THUMBNAIL_TYPE]}"
    stored = default_storage.save(path, ContentFile(picture))
    return {
        "file": image.entry,
        "row": image.row,
        "view": image.view,
        "licence": image.licence,
        "attribution": image.attribution,
        "picture": stored,
    }
