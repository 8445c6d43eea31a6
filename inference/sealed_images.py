"""Photographs whose scores are sealed: those of studies before unblinding, and what is most likely the same lesion elsewhere."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from readerstudy.images.copies import Fingerprint, look_of, stored_copies
from readerstudy.images.models import Case, Image
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study

_OPENED = (StudyState.UNBLINDED, StudyState.ARCHIVED)


def without_known(images: QuerySet[Image]) -> QuerySet[Image]:
    """The images without those of the same pixels, or of a patient of the same name, as in a study before unblinding.

    Near copies are still among them: see `without_copies`.
    """
    patients = Case.objects.filter(image_set__in=_sealed_sets()).exclude(patient_ref="")
    return images.exclude(pixels_sha256__in=_sealed().values("pixels_sha256")).exclude(
        case__patient_ref__in=patients.values("patient_ref")
    )


def without_copies(images: Iterable[Image]) -> list[Image]:
    """The images, in their order, without those that look like one of a study before unblinding."""
    given = list(images)
    return [one for one, is_copy in zip(given, _copies(given), strict=True) if not is_copy]


def _copies(images: Sequence[Image]) -> list[bool]:
    if not images:
        return []
    prints = [
        Fingerprint(one.pixels_sha256, look_of(one.perceptual_hash, one.origin)) for one in images
    ]
    copied = {copy.place for copy in stored_copies(prints, among=_sealed())}
    return [place in copied for place in range(len(images))]


def _sealed() -> QuerySet[Image]:
    return Image.objects.filter(case__image_set__in=_sealed_sets())


def _sealed_sets() -> QuerySet[Study, int]:
    return Study.objects.exclude(state__in=_OPENED).values_list("image_set_id", flat=True)
