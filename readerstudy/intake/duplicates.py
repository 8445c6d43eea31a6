"""The third checkpoint: the same photograph, patient or lesion twice in the import, or already stored, or trained on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from readerstudy.core.errors import Problem
from readerstudy.images.copies import Fingerprint, StoredCopy, look_of, stored_copies
from readerstudy.images.models import Case, Image
from readerstudy.images.names import key_of_name, shared_names
from readerstudy.images.near import BITS, BLOCK, Look, LookAlikes
from readerstudy.intake.plan import PlannedCase, PlannedImage
from readerstudy.intake.progress import Alive, unheard


@dataclass(frozen=True)
class Found:
    """What is wrong, and what is strange. Nothing of the truth is in either."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def find_duplicates(
    cases: Sequence[PlannedCase],
    *,
    manifest: str,
    column: str,
    patient_column: str = "",
    lesion_column: str = "",
    on_alive: Alive = unheard,
) -> Found:
    """Every photograph that is twice in the import or already stored, and every patient and lesion of a training set.

    The same pixels with two different truths are a problem; all else is a warning.
    """
    problems, repeated = repeated_pixels(cases, manifest=manifest, column=column)
    warnings = [
        *repeated,
        *look_alikes(cases, manifest=manifest, column=column, on_alive=on_alive),
        *stored_photographs(cases, manifest=manifest, column=column, on_alive=on_alive),
        *trained_names(cases, manifest=manifest, patients=patient_column, lesions=lesion_column),
    ]
    return Found(tuple(problems), tuple(warnings))


def repeated_pixels(
    cases: Sequence[PlannedCase], *, manifest: str, column: str
) -> tuple[list[Problem], list[Problem]]:
    """(problems, warnings) for images with the same pixels: a problem where they have different truths."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    first: dict[str, tuple[PlannedCase, PlannedImage]] = {}
    for case, image in _images(cases):
        other_case, other = first.setdefault(image.pixels_sha256, (case, image))
        if other is image:
            continue
        if case.truth == other_case.truth:
            patient = _of_another_patient(case, other_case)
            message = (
                f"{image.entry} has the same pixels as {other.entry} in row {other.row}{patient}."
            )
            warnings.append(Problem("same_pixels", message, manifest, image.row, column))
        else:
            message = f"{image.entry} has the same pixels as {other.entry} in row {other.row} and another reference standard."
            problems.append(
                Problem("same_pixels_other_truth", message, manifest, image.row, column)
            )
    return problems, warnings


def look_alikes(
    cases: Sequence[PlannedCase], *, manifest: str, column: str, on_alive: Alive = unheard
) -> Iterator[Problem]:
    """A warning for every image that looks like an earlier one of another case: resized, recompressed, turned."""
    images = list(_images(cases))
    looks = [look_of(image.perceptual_hash, image.origin) for _case, image in images]
    # One of each hash is enough to find them all, and a thousand black pictures stay a short list.
    first: dict[int, tuple[Look, int]] = {}
    for place, look in enumerate(looks):
        if look:
            first.setdefault(look.perceptual_hash, (look, place))
    alike = LookAlikes(first.values())
    known = [(place, look) for place, look in enumerate(looks) if look]
    for start in range(0, len(known), BLOCK):
        on_alive()
        block = known[start : start + BLOCK]
        found = alike.of_each([look for _, look in block])
        for (place, _), near in zip(block, found, strict=True):
            earlier = (images[one.key] for one in near if one.key < place)
            yield from _told_likeness(images[place], earlier, manifest, column)


def _told_likeness(
    own: tuple[PlannedCase, PlannedImage],
    earlier: Iterable[tuple[PlannedCase, PlannedImage]],
    manifest: str,
    column: str,
) -> Iterator[Problem]:
    case, image = own
    for other_case, other in earlier:
        if other_case is not case and other.pixels_sha256 != image.pixels_sha256:
            message = _likeness(image, other, _of_another_patient(case, other_case))
            yield Problem("look_alike", message, manifest, image.row, column)
            return


def _likeness(image: PlannedImage, other: PlannedImage, patient: str) -> str:
    what = "the same photograph, resized, recompressed, turned or cropped?"
    return f"{image.entry} looks like {other.entry} in row {other.row}{patient}: {what}"


def _of_another_patient(case: PlannedCase, other: PlannedCase) -> str:
    one, another = key_of_name(case.patient_ref), key_of_name(other.patient_ref)
    return ", of another patient" if one and another and one != another else ""


def stored_photographs(
    cases: Sequence[PlannedCase], *, manifest: str, column: str, on_alive: Alive = unheard
) -> Iterator[Problem]:
    """A warning for every image that is stored already or looks like one that is, and in which image set."""
    images = [image for _case, image in _images(cases)]
    prints = [
        Fingerprint(one.pixels_sha256, look_of(one.perceptual_hash, one.origin)) for one in images
    ]
    for copy in stored_copies(prints, among=Image.objects.all(), on_block=on_alive):
        image = images[copy.place]
        code, message = _told(image.entry, copy)
        yield Problem(code, message, manifest, image.row, column)


def _told(entry: str, copy: StoredCopy) -> tuple[str, str]:
    name = copy.image_set
    bits = copy.distance
    if copy.is_training_set and copy.is_exact:
        return (
            "in_training_set",
            f"{entry} is in the training set {name}: a CNN trained on it knows this photograph.",
        )
    if copy.is_training_set:
        return (
            "near_training_set",
            f"{entry} looks like a photograph of the training set {name} ({bits} of {BITS} bits differ): a CNN trained on it may know it.",
        )
    if copy.is_exact:
        return "already_stored", f"{entry} is already stored in the image set {name}."
    return (
        "near_stored",
        f"{entry} looks like a photograph of the image set {name} ({bits} of {BITS} bits differ).",
    )


def trained_names(
    cases: Sequence[PlannedCase], *, manifest: str, patients: str, lesions: str
) -> list[Problem]:
    """A warning for the first row of every patient and of every lesion whose name a training set has as well."""
    named = [case for case in cases if case.images]
    pairs = [(case.patient_ref, case.lesion_ref) for case in named]
    shared = shared_names(pairs, among=Case.objects.filter(image_set__is_training_set=True))
    of_patients = {image_set: names.patients for image_set, names in shared.items()}
    of_lesions = {image_set: names.lesions for image_set, names in shared.items()}
    patient_rows = _first_rows((case.patient_ref, case) for case in named)
    lesion_rows = _first_rows((case.lesion_ref, case) for case in named)
    return [
        *(
            Problem("patient_in_training_set", _PATIENT.format(*told), manifest, row, patients)
            for row, *told in _by_row(of_patients, patient_rows)
        ),
        *(
            Problem("lesion_in_training_set", _LESION.format(*told), manifest, row, lesions)
            for row, *told in _by_row(of_lesions, lesion_rows)
        ),
    ]


_PATIENT = "The patient {} is also in the training set {}: if it is the same person, the CNN has seen their skin."
_LESION = "The lesion {} is also in the training set {}: if it is the same lesion, the CNN has seen it, in this or another photograph."


def _first_rows(named: Iterable[tuple[str, PlannedCase]]) -> dict[str, int]:
    first: dict[str, int] = {}
    for name, case in named:
        first.setdefault(key_of_name(name), case.images[0].row)
    return first


def _by_row(
    names: Mapping[str, Sequence[str]], rows: Mapping[str, int]
) -> list[tuple[int, str, str]]:
    """(row, name, its training sets) in the order of the rows."""
    found: dict[str, list[str]] = {}
    for image_set in sorted(names):
        for name in names[image_set]:
            found.setdefault(name, []).append(image_set)
    told = ((rows[key_of_name(name)], name, ", ".join(sets)) for name, sets in found.items())
    return sorted(told)


def _images(cases: Sequence[PlannedCase]) -> Iterator[tuple[PlannedCase, PlannedImage]]:
    for case in cases:
        for image in case.images:
            yield case, image
