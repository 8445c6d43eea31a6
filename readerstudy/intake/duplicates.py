"""The third checkpoint: the same photograph twice in the import, or already in a stored image set."""

from collections.abc import Sequence

from readerstudy.core.errors import Problem
from readerstudy.images.models import Image
from readerstudy.intake.plan import PlannedCase, PlannedImage

# SQLite takes a limited number of values in one query.
BATCH = 500


def repeated_pixels(
    cases: Sequence[PlannedCase], *, manifest: str, column: str
) -> tuple[list[Problem], list[Problem]]:
    """(problems, warnings) for images with the same pixels: a problem where they have different truths."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    first: dict[str, tuple[PlannedCase, PlannedImage]] = {}
    for case in cases:
        for image in case.images:
            other_case, other = first.setdefault(image.pixels_sha256, (case, image))
            if other is image:
                continue
            message = f"{image.entry} has the same pixels as {other.entry} in row {other.row}"
            if case.truth == other_case.truth:
                place = Problem("same_pixels", f"{message}.", manifest, image.row, column)
                warnings.append(place)
            else:
                message = f"{message} and another reference standard."
                place = Problem("same_pixels_other_truth", message, manifest, image.row, column)
                problems.append(place)
    return problems, warnings


def stored_pixels(images: Sequence[PlannedImage], *, manifest: str, column: str) -> list[Problem]:
    """A warning for every image whose pixels are already stored, with the name of that image set."""
    sets = _sets_by_pixels([image.pixels_sha256 for image in images])
    return [
        Problem(
            "already_stored",
            f"{image.entry} is already stored in the image set {sets[image.pixels_sha256]}.",
            file=manifest,
            row=image.row,
            column=column,
        )
        for image in images
        if image.pixels_sha256 in sets
    ]


def _sets_by_pixels(hashes: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(hashes), BATCH):
        stored = Image.objects.filter(pixels_sha256__in=hashes[start : start + BATCH])
        found |= dict(stored.values_list("pixels_sha256", "case__image_set__name"))
    return found
