"""What is known of image sets, without the truth."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import Greatest, Least, RowNumber

from readerstudy.core.errors import NotFound
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.images.permissions import visible_image_sets, visible_images


@dataclass(frozen=True)
class ImageSetFacts:
    """Counts and ranges of one image set. Nothing of the truth, no original name."""

    cases: int
    images: int
    patients: int
    min_age: int | None
    max_age: int | None
    min_side: int | None
    max_side: int | None
    sites: tuple[str, ...]
    licences: tuple[str, ...]
    attributions: tuple[str, ...]


def image_sets_visible_to(user: Any) -> QuerySet[ImageSet]:
    """The image sets the user may know of, newest first, with `case_count` and `image_count`."""
    counted = visible_image_sets(user).annotate(
        case_count=Count("cases", distinct=True), image_count=Count("cases__images", distinct=True)
    )
    return counted.order_by("-created_at", "-pk")


def image_set_for(user: Any, public_id: str) -> ImageSet:
    """The image set, with its counts. Raises NotFound where the user may not know of it."""
    found = image_sets_visible_to(user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such image set.")
    return found


def image_for(user: Any, public_id: str) -> Image:
    """The image. Raises NotFound where the user may not know of it."""
    found = visible_images(user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such image.")
    return found


def images_of(image_set: ImageSet) -> QuerySet[Image]:
    """All images of the set in the order of their random ids, each with its case."""
    return (
        Image.objects.filter(case__image_set=image_set)
        .select_related("case")
        .order_by("case__public_id", "ordinal")
    )


def first_images(image_sets: Iterable[ImageSet], *, each: int) -> dict[int, list[Image]]:
    """Up to `each` images of every set, in the order of their random ids: image set id → images."""
    place = Window(RowNumber(), partition_by=F("case__image_set"), order_by=F("public_id").asc())
    images = (
        Image.objects.filter(case__image_set__in=[one.pk for one in image_sets])
        .annotate(place=place, image_set_id=F("case__image_set"))
        .filter(place__lte=each)
        .order_by("public_id")
    )
    found: dict[int, list[Image]] = defaultdict(list)
    for image in images:
        found[image.image_set_id].append(image)
    return dict(found)


def primary_images(cases: Iterable[Case]) -> dict[int, Image]:
    """The first image of each case: case id → image. Cases without an image are left out."""
    images = Image.objects.filter(case__in=cases).order_by("case_id", "-ordinal")
    return {image.case_id: image for image in images}


def hashes_by_case(images: QuerySet[Image]) -> dict[int, list[str]]:
    """The SHA-256 of these images' files by the key of their case, in the order of the case."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = images.order_by("case_id", "ordinal").values_list("case_id", "sha256")
    for case, sha256 in rows:
        found[case].append(sha256)
    return found


def is_used(image_set: ImageSet) -> bool:
    """Whether a study is made on the image set, or its readers practise on it."""
    used = Q(studies__isnull=False) | Q(practised_in__isnull=False)
    return ImageSet.objects.filter(used, pk=image_set.pk).exists()


def facts_of(image_set: ImageSet) -> ImageSetFacts:
    """What the image set's page tells of it."""
    of_cases = Case.objects.filter(image_set=image_set).aggregate(
        cases=Count("pk"),
        patients=Count("patient_ref", distinct=True, filter=~Q(patient_ref="")),
        min_age=Min("age_years"),
        max_age=Max("age_years"),
    )
    images = Image.objects.filter(case__image_set=image_set)
    of_images = images.aggregate(
        images=Count("pk"),
        min_side=Min(Least("width", "height")),
        max_side=Max(Greatest("width", "height")),
    )
    sites = Case.objects.filter(image_set=image_set).exclude(site="").values_list("site", flat=True)
    sources = (
        images.order_by("licence", "attribution").values_list("licence", "attribution").distinct()
    )
    return ImageSetFacts(
        **of_cases,
        **of_images,
        sites=tuple(sites.order_by("site").distinct()),
        licences=_present(licence for licence, _ in sources),
        attributions=_present(attribution for _, attribution in sources),
    )


def _present(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
