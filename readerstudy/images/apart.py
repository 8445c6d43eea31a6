"""What two image sets that must be apart have in common, case by case."""

from dataclasses import dataclass

from readerstudy.images.copies import Fingerprint, look_of, stored_copies
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.images.names import key_of_name


@dataclass(frozen=True)
class Shared:
    """Public ids of an image set's cases that stand in another one too, in their order.

    `exact` have the pixels of an image there, `near` look like one, also mirrored, turned or cropped, and `patients` are of
    a patient of the same name. Images without a perceptual hash are compared by their pixels alone.
    """

    exact: tuple[str, ...]
    near: tuple[str, ...]
    patients: tuple[str, ...]


def shared_cases(image_set: ImageSet, other: ImageSet) -> Shared:
    """The cases of `image_set` that are among those of `other`, or may be."""
    images = Image.objects.filter(case__image_set=image_set).order_by("public_id")
    rows = list(images.values_list("case__public_id", "pixels_sha256", "perceptual_hash", "origin"))
    prints = [Fingerprint(pixels, look_of(bits, origin)) for _case, pixels, bits, origin in rows]
    copies = stored_copies(prints, among=Image.objects.filter(case__image_set=other))
    exact = {rows[copy.place][0] for copy in copies if copy.is_exact}
    near = {rows[copy.place][0] for copy in copies} - exact
    return Shared(tuple(sorted(exact)), tuple(sorted(near)), _of_shared_patients(image_set, other))


def _of_shared_patients(image_set: ImageSet, other: ImageSet) -> tuple[str, ...]:
    names = Case.objects.filter(image_set=other).exclude(patient_ref="").order_by()
    known = {key_of_name(name) for name in names.values_list("patient_ref", flat=True).distinct()}
    cases = Case.objects.filter(image_set=image_set).order_by("public_id")
    named = cases.values_list("public_id", "patient_ref")
    return tuple(case for case, name in named if key_of_name(name) and key_of_name(name) in known)
