"""The services that make and delete image sets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from readerstudy.core.audit import record_event
from readerstudy.core.bulk import Values, insert_prepared, prepared_values
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.validation import check_valid
from readerstudy.images.encoded import EncodedImage, StoredImage
from readerstudy.images.hooks import call_stored
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.images.selectors import is_used
from readerstudy.images.storage import folder_of, remove_folder, remove_image, write_image

MAX_NAME = 200


def create_image_set(
    *,
    actor: Any,
    name: str,
    description: str,
    is_synthetic: bool,
    source_name: str,
    source_sha256: str,
    now: datetime,
    public_id: str = "",
) -> ImageSet:
    """A new, empty image set. Raises NotAllowed for anybody but admins, InvalidInput for a name that cannot be had."""
    check_may_administer(actor)
    check_name(name)
    image_set = ImageSet(
        name=name.strip(),
        description=description,
        is_synthetic=is_synthetic,
        source_name=source_name[-255:],
        source_sha256=source_sha256,
        created_by=actor,
        created_at=now,
    )
    if public_id:
        image_set.public_id = public_id
    check_valid(image_set, exclude={"created_by"})
    with transaction.atomic():
        image_set.save()
        record_event(
            actor=actor,
            verb="image_set.created",
            subject=image_set,
            now=now,
            data={"is_synthetic": is_synthetic, "source_sha256": source_sha256},
        )
    return image_set


def check_may_administer(actor: Any) -> None:
    """Raises NotAllowed unless the actor is an admin."""
    if not actor.can_administer:
        raise NotAllowed("Only admins may import and delete image sets.")


def check_name(name: str) -> None:
    """Raises InvalidInput for an image set name that is empty, too long or taken."""
    name = name.strip()
    if not name:
        raise InvalidInput("The image set needs a name.", code="name_missing", field="name")
    if len(name) > MAX_NAME:
        raise InvalidInput(
            f"The name of the image set has {len(name)} characters; at most {MAX_NAME} are stored.",
            code="name_too_long",
            field="name",
        )
    if ImageSet.objects.filter(name=name).exists():
        raise InvalidInput(
            f"There is already an image set with the name {name}.", code="name_taken", field="name"
        )


def new_case(
    *,
    patient_ref: str = "",
    lesion_ref: str = "",
    age_years: int | None = None,
    sex: str = "",
    site: str = "",
    fitzpatrick: int | None = None,
) -> Case:
    """A case that is in no image set yet and not saved. Its fields are checked; its constraints are the database's."""
    case = Case(
        patient_ref=patient_ref,
        lesion_ref=lesion_ref,
        age_years=age_years,
        sex=sex,
        site=site,
        fitzpatrick=fitzpatrick,
    )
    # Each constraint would be a query for each row.
    case.full_clean(exclude={"image_set"}, validate_unique=False, validate_constraints=False)
    return case


def add_case(*, image_set: ImageSet, **facts: Any) -> Case:
    """A new case of the image set, still without images. `facts` are those of `new_case`."""
    case = new_case(**facts)
    case.image_set = image_set
    case.validate_constraints()
    case.save()
    return case


def add_image(
    *,
    case: Case,
    ordinal: int,
    view: str,
    encoded: EncodedImage,
    original_name: str,
    licence: str = "",
    attribution: str = "",
) -> Image:
    """Writes the photograph's files and its row; where the row is refused, the files are removed again."""
    stored = write_image(encoded, folder=folder_of(case.image_set.public_id))
    try:
        return add_stored_image(
            case=case,
            ordinal=ordinal,
            view=view,
            stored=stored,
            original_name=original_name,
            licence=licence,
            attribution=attribution,
        )
    except BaseException:
        remove_image(stored)
        raise


def new_image(
    *,
    case: Case,
    ordinal: int,
    view: str,
    stored: StoredImage,
    original_name: str,
    licence: str = "",
    attribution: str = "",
) -> Image:
    """The row, not saved, of a photograph whose files are written. Its fields are checked; its constraints are the database's."""
    image = Image(
        case=case,
        ordinal=ordinal,
        view=view,
        file=stored.file,
        thumbnail=stored.thumbnail,
        content_type=stored.content_type,
        width=stored.width,
        height=stored.height,
        bytes=stored.bytes,
        sha256=stored.sha256,
        pixels_sha256=stored.pixels_sha256,
        perceptual_hash=stored.perceptual_hash,
        origin=stored.origin,
        original_name=original_name[-255:],
        licence=licence,
        attribution=attribution,
    )
    image.full_clean(exclude={"case"}, validate_unique=False, validate_constraints=False)
    return image


def add_stored_image(**facts: Any) -> Image:
    """The row of a photograph whose files are already written. `facts` are those of `new_image`."""
    image = new_image(**facts)
    image.validate_constraints()
    image.save()
    return image


@dataclass(frozen=True)
class NewCases:
    """Checked cases with their images, turned into what the database takes: their transaction has only to hand it over."""

    cases: tuple[Case, ...]
    case_values: tuple[Values, ...]
    images: tuple[tuple[Case, Values], ...]


def prepare_cases(cases: Sequence[Case], images: Iterable[Image]) -> NewCases:
    """All that can be done for new cases and their images before the transaction in which `add_cases` saves them."""
    return NewCases(
        tuple(cases),
        tuple(prepared_values(case, but="image_set") for case in cases),
        tuple((image.case, prepared_values(image, but="case")) for image in images),
    )


def add_cases(*, image_set: ImageSet, new: NewCases) -> None:
    """Saves new cases with their images in few statements: on SQLite every other writer waits as long as this lasts.

    Raises IntegrityError where a constraint refuses a row. Call it inside the transaction that makes the image set.
    """
    insert_prepared(Case, ((image_set.pk, values) for values in new.case_values), of="image_set")
    keys = dict(Case.objects.filter(image_set=image_set).values_list("public_id", "pk"))
    for case in new.cases:
        case.pk, case.image_set = keys[case.public_id], image_set
    insert_prepared(Image, ((case.pk, values) for case, values in new.images), of="case")
    call_stored(image_set)


def delete_image_set(*, actor: Any, image_set: ImageSet, now: datetime) -> None:
    """Deletes an image set with its cases, images and files. Raises Conflict while a study uses it."""
    check_may_administer(actor)
    with transaction.atomic():
        # Locked, so that no study can be made on the set between the check and the deletion.
        locked = ImageSet.objects.select_for_update().get(pk=image_set.pk)
        if is_used(locked):
            raise Conflict(f"{locked.name} is used by a study and cannot be deleted.")
        record_event(
            actor=actor,
            verb="image_set.deleted",
            subject=locked,
            now=now,
            data={"source_sha256": locked.source_sha256, "cases": locked.cases.count()},
        )
        folder = folder_of(locked.public_id)
        locked.delete()
        transaction.on_commit(partial(remove_folder, folder))
