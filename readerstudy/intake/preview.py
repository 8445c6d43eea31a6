"""The first photographs of a plan, for a look before anything is imported."""

from dataclasses import asdict, dataclass
from typing import Any

from readerstudy.intake.plan import ImportPlan

PREVIEWED = 24


@dataclass(frozen=True)
class PreviewedImage:
    """One photograph as the plan has it: its file, its row, and what it shows. Nothing of the truth."""

    file: str
    row: int
    view: str


def preview_of(plan: ImportPlan) -> list[dict[str, Any]]:
    """The plan's first photographs by row, as the job stores them."""
    images = sorted(plan.images, key=lambda image: image.row)[:PREVIEWED]
    return [asdict(PreviewedImage(image.entry, image.row, image.view)) for image in images]
