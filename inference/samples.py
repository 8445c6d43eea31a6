"""A look at what a training run makes of three images: the tensor as a picture, and the score.

Only images that are in no study are shown, nor the same photographs in another image set: a score of a study's case
is sealed until unblinding.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from inference.children import run_child
from inference.models import Artefact, ArtefactSample
from inference.permissions import check_may_load
from inference.sealed_images import without_copies, without_known
from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.images.models import Image, ImageSet

IMAGES = 3
# So many are compared with the photographs of studies to find three that no study has.
_LOOKED_THROUGH = 50
# Below the time after which the web server gives a request up.
SECONDS = 20


def samples_of(artefact: Artefact) -> list[ArtefactSample]:
    """The artefact's samples. Left out: those of image sets, and of photographs, that a study has been made on since."""
    free = without_known(Image.objects.filter(case__image_set__studies=None))
    samples = (
        artefact.samples.filter(image__in=free)
        .select_related("image__case__image_set")
        .defer("picture")
    )
    shown = {one.pk for one in without_copies(sample.image for sample in samples)}
    return [one for one in samples if one.image_id in shown]


def sample_image_sets() -> QuerySet[ImageSet]:
    """The image sets that samples may be taken from: those without a study, training sets first."""
    unused = ImageSet.objects.filter(studies=None, cases__images__isnull=False)
    return unused.order_by("-is_training_set", "name").distinct()


def take_samples(
    *, actor: User, artefact: Artefact, image_set: ImageSet, now: datetime
) -> list[ArtefactSample]:
    """Prepares and scores the first images of the set, by their random ids, in place of earlier samples.

    Passed over are photographs that a study before unblinding has as well. Raises NotAllowed for anybody but admins,
    Conflict for an image set of a study, one that has none but its photographs, or an artefact that is no network,
    InvalidInput where the network or an image cannot be used.
    """
    check_may_load(actor)
    if not artefact.model.is_network:
        raise Conflict(f"{artefact.model.marked_name} prepares no images.", code="no_network")
    if image_set.studies.exists():
        message = f"{image_set.name} is used by a study: its scores are sealed until unblinding."
        raise Conflict(message, code="sealed", field="image_set")
    images = _first(image_set)
    rows = [
        ArtefactSample(artefact=artefact, image=image, created_by=actor, created_at=now, **made)
        for image, made in zip(images, _made(artefact, images), strict=True)
    ]
    with transaction.atomic():
        artefact.samples.all().delete()
        ArtefactSample.objects.bulk_create(rows)
        data = {"image_set": image_set.public_id, "images": [one.public_id for one in images]}
        record_event(actor=actor, verb="artefact.sampled", subject=artefact, now=now, data=data)
    return rows


def _first(image_set: ImageSet) -> list[Image]:
    images = Image.objects.filter(case__image_set=image_set).order_by("public_id")
    if not images.exists():
        message = f"{image_set.name} holds no image."
        raise InvalidInput(message, code="no_image", field="image_set")
    free = without_copies(without_known(images)[:_LOOKED_THROUGH])[:IMAGES]
    if not free:
        message = (
            f"A study has the photographs or the patients of {image_set.name} too: "
            "their scores are sealed until unblinding."
        )
        raise Conflict(message, code="sealed", field="image_set")
    return free


def _made(artefact: Artefact, images: Sequence[Image]) -> list[dict[str, Any]]:
    with TemporaryDirectory(prefix="samples-") as name:
        folder = Path(name)
        (folder / "spec.json").write_text(json.dumps(artefact.spec), encoding="utf-8")
        _copy(artefact.file.name, folder / "model.onnx", artefact.file_name)
        for number, image in enumerate(images):
            _copy(image.file.name, folder / str(number), f"Image {image.public_id}")
        result = _run(folder, artefact)
        pictures = [(folder / f"{number}.png").read_bytes() for number in range(len(images))]
    return [{**one, "picture": png} for one, png in zip(result, pictures, strict=True)]


def _copy(stored: str, path: Path, label: str) -> None:
    try:
        with default_storage.open(stored) as file:
            path.write_bytes(file.read())
    except OSError as error:
        raise InvalidInput(f"{label} cannot be read.", code="unreadable") from error


def _run(folder: Path, artefact: Artefact) -> list[dict[str, Any]]:
    """What the child process made. Raises InvalidInput with its sentence, or with one about its end."""
    label = f"{artefact.file_name}, with {IMAGES} images,"
    result = run_child("inference.sample_child", folder, label=label, seconds=SECONDS)
    if "error" in result:
        raise InvalidInput(result["error"], code="refused")
    samples: list[dict[str, Any]] = result["samples"]
    return samples
