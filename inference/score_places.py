"""How a score file may name the cases of a study, and which of them need a score."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from readerstudy.images.models import Image
from readerstudy.studies.models import Study


@dataclass(frozen=True)
class Place:
    """What a name stands for: one image, or a whole case, whose score is kept at its first image."""

    case_id: int
    image_id: int
    covers: frozenset[int]


@dataclass(frozen=True)
class Places:
    """Every name of a case or an image of one study.

    `ids` are public ids, `files` file names as `_keys` makes them. `needed` has, for every image that needs a score,
    the words that messages name it by. A file name that stands for several images has the place None.
    """

    ids: dict[str, Place]
    files: dict[str, Place | None]
    needed: dict[int, str]

    def knows(self, name: str) -> bool:
        return name in self.ids or any(key in self.files for key in _keys(name))

    def find(self, name: str) -> Place | None:
        """The place of an id, or of a file name with or without folder and ending; None where it is none or several."""
        if name in self.ids:
            return self.ids[name]
        return next((self.files[key] for key in _keys(name) if key in self.files), None)


def places_of(study: Study, *, original_names: bool) -> Places:
    """The names in the study, or in its image set before the lock. Withdrawn cases are known, but need no score.

    Original file names count only where `original_names` says so: they are for admins alone.
    """
    by_case: dict[int, list[Image]] = defaultdict(list)
    for image in Image.objects.filter(case__image_set=study.image_set_id).select_related("case"):
        by_case[image.case_id].append(image)
    shown = {case: (name, at) for case, name, at in _study_cases(study)}
    ids: dict[str, Place] = {}
    needed: dict[int, str] = {}
    for case_id, images in by_case.items():
        case_name, withdrawn_at = shown.get(case_id, (images[0].case.public_id, None))
        ids |= _ids(images, case_name)
        if withdrawn_at is None:
            needed |= {image.pk: _label(image, case_name, original_names) for image in images}
    every = [image for images in by_case.values() for image in images]
    return Places(ids, _files(every) if original_names else {}, needed)


def _study_cases(study: Study) -> Iterable[tuple[int, str, object]]:
    return study.study_cases.values_list("case_id", "public_id", "withdrawn_at")


def _ids(images: list[Image], case_name: str) -> dict[str, Place]:
    ordered = sorted(images, key=lambda image: image.ordinal)
    first = ordered[0]
    whole = Place(first.case_id, first.pk, frozenset(image.pk for image in images))
    single = {image.public_id: _place(image) for image in images}
    return {**single, case_name: whole, first.case.public_id: whole}


def _place(image: Image) -> Place:
    return Place(image.case_id, image.pk, frozenset([image.pk]))


def _label(image: Image, case_name: str, original_names: bool) -> str:  # noqa: FBT001 (private)
    return f"{case_name} ({image.original_name})" if original_names else case_name


def _files(images: list[Image]) -> dict[str, Place | None]:
    found: dict[str, Place | None] = {}
    for image in images:
        for key in _keys(image.original_name):
            found[key] = None if key in found else _place(image)
    return found


def _keys(name: str) -> list[str]:
    """What a file name is compared by, the narrowest first: the whole, without folder, and without ending too."""
    path = PurePosixPath(name.replace("\\", "/").casefold())
    return list(dict.fromkeys([f"{path}", path.name, path.stem]))
