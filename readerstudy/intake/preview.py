"""The first photographs of a plan as small pictures, for a look before anything is imported."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from readerstudy.core.errors import NotFound
from readerstudy.core.ids import new_public_id
from readerstudy.images.choices import View
from readerstudy.images.storage import remove_folder
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob
from readerstudy.intake.photographs import encoded_photographs
from readerstudy.intake.plan import ImportPlan, PlannedImage
from readerstudy.intake.sources import open_source
from readerstudy.intake.uploads import private_folder

PREVIEWED = 24


@dataclass(frozen=True)
class PreviewedImage:
    """One photograph of a plan: its place in the preview, its file, its row in the manifest, and what it shows."""

    number: int
    file: str
    row: int
    view: str


def write_preview(job: ImportJob, plan: ImportPlan) -> list[dict[str, Any]]:
    """The plan's first photographs by row, as the job stores them: file, row, view and small picture; no truth.

    The pictures lie beside the upload and go with it; those of an earlier plan are removed.
    """
    remove_folder(private_folder(job))
    images = sorted(plan.images, key=lambda image: image.row)[:PREVIEWED]
    return list(_written(job, images, _pictures(plan, images)))


def previewed(job: ImportJob) -> list[PreviewedImage]:
    """The photographs that can be looked at; none once they are imported or the upload is gone."""
    if job.state not in {ImportState.ASKED, ImportState.PLANNED}:
        return []
    return [
        PreviewedImage(number, one["file"], one["row"], str(View(one["view"]).label))
        for number, one in enumerate(job.preview)
    ]


def preview_picture(job: ImportJob, number: int) -> str:
    """The stored name of one small picture. Raises NotFound where the job has none of this number, or not any more."""
    if not 0 <= number < len(job.preview):
        raise NotFound("There is no such photograph.")
    return str(job.preview[number]["picture"])


def _pictures(plan: ImportPlan, images: list[PlannedImage]) -> Iterator[bytes]:
    with open_source(plan.archive_path, name=plan.archive_name) as source:
        names = [image.entry for image in images]
        for encoded in encoded_photographs(source, names, staged=plan.staged):
            yield encoded.thumbnail


def _written(
    job: ImportJob, images: list[PlannedImage], pictures: Iterator[bytes]
) -> Iterator[dict[str, Any]]:
    for image, picture in zip(images, pictures, strict=True):
        path = f"{private_folder(job)}/{new_public_id()}.webp"
        stored = default_storage.save(path, ContentFile(picture))
        yield {"file": image.entry, "row": image.row, "view": image.view, "picture": stored}
