"""Training sets: image sets that a CNN has seen, and what another image set shares with them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict
from readerstudy.images.copies import Fingerprint, StoredCopy, look_of, stored_copies
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.images.names import SharedNames, shared_names
from readerstudy.images.services import check_may_administer


def declare_training_set(
    *, actor: Any, image_set: ImageSet, is_training_set: bool, now: datetime
) -> ImageSet:
    """Says that a CNN was trained on the image set, or takes that back.

    Raises NotAllowed for anybody but admins, Conflict while a study uses the image set.
    """
    check_may_administer(actor)
    with transaction.atomic():
        # Locked, so that no study can be made on the set in the meantime.
        locked = ImageSet.objects.select_for_update().get(pk=image_set.pk)
        if locked.is_training_set == is_training_set:
            return locked
        if locked.studies.exists():
            raise Conflict(f"{locked.name} is used by a study and cannot become a training set.")
        locked.is_training_set = is_training_set
        locked.save(update_fields=["is_training_set"])
        verb = "image_set.declared_training" if is_training_set else "image_set.not_training"
        record_event(actor=actor, verb=verb, subject=locked, now=now)
    return locked


@dataclass(frozen=True)
class SharedImage:
    """An image of the set and the training image that it is, or may be, a copy of."""

    image: Image
    training_image_id: str
    distance: int | None


@dataclass(frozen=True)
class TrainingOverlap:
    """What an image set shares with one training set. `patients` and `lesions` are those of the same name on both sides.

    `not_compared` counts the training images without a perceptual hash: near copies of them are not found.
    """

    training_set: ImageSet
    shared: tuple[SharedImage, ...]
    patients: tuple[str, ...]
    lesions: tuple[str, ...]
    not_compared: int

    @property
    def exact(self) -> int:
        return sum(one.distance is None for one in self.shared)

    @property
    def near(self) -> int:
        return len(self.shared) - self.exact

    @property
    def is_disjoint(self) -> bool:
        return not (self.shared or self.patients or self.lesions)


def training_overlaps(image_set: ImageSet) -> list[TrainingOverlap]:
    """What the image set shares with every other image set that is declared as a training set, by name."""
    others = ImageSet.objects.filter(is_training_set=True).exclude(pk=image_set.pk).order_by("name")
    training_sets = list(others)
    if not training_sets:
        return []
    images = list(
        Image.objects.filter(case__image_set=image_set).select_related("case").order_by("public_id")
    )
    prints = [
        Fingerprint(one.pixels_sha256, look_of(one.perceptual_hash, one.origin)) for one in images
    ]
    trained = Image.objects.filter(case__image_set__in=training_sets)
    copies = stored_copies(prints, among=trained)
    unhashed = Counter(
        trained.filter(perceptual_hash=None).values_list("case__image_set_id", flat=True)
    )
    names = shared_names(
        Case.objects.filter(image_set=image_set)
        .order_by("patient_ref", "lesion_ref")
        .values_list("patient_ref", "lesion_ref"),
        among=Case.objects.filter(image_set__in=training_sets),
    )
    return [
        TrainingOverlap(
            training_set=one,
            shared=_shared(images, copies, one),
            patients=names.get(one.name, SharedNames()).patients,
            lesions=names.get(one.name, SharedNames()).lesions,
            not_compared=unhashed[one.pk],
        )
        for one in training_sets
    ]


def _shared(
    images: Sequence[Image], copies: Sequence[StoredCopy], training_set: ImageSet
) -> tuple[SharedImage, ...]:
    return tuple(
        SharedImage(images[copy.place], copy.image_id, copy.distance)
        for copy in copies
        if copy.image_set == training_set.name
    )
