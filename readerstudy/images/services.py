"""The services that make and delete image sets."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.validation import check_valid
from readerstudy.images.encoded import EncodedImage, StoredImage
from readerstudy.images.models import Case, Image, ImageSet
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


def add_case(
    *,
    image_set: ImageSet,
    patient_ref: str = "",
    lesion_ref: str = "",
    age_years: int | None = None,
    sex: str = "",
    site: str = "",
    fitzpatrick: int | None = None,
) -> Case:
    """A new case of the image set, still without images."""
    case = Case(
        image_set=image_set,
        patient_ref=patient_ref,
        lesion_ref=lesion_ref,
        age_years=age_years,
        sex=sex,
        site=site,
        fitzpatrick=fitzpatrick,
    )
    case.full_clean(exclude={"image_set"}, validate_unique=False)
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


def add_stored_image(
    *,
    case: Case,
    ordinal: int,
    view: str,
    stored: StoredImage,
    original_name: str,
    licence: str = "",
    attribution: str = "",
) -> Image:
    """The row of a photograph whose files are already written."""
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
    image.full_clean(exclude={"case"}, validate_unique=False)
    image.save()
    return image


def delete_image_set(*, actor: Any, image_set: ImageSet, now: datetime) -> None:
    """Deletes an image set with its cases, images and files. Raises Conflict while a study uses it."""
    check_may_administer(actor)
    with transaction.atomic():
        # Locked, so that no study can be made on the set between the check and the deletion.
        locked = ImageSet.objects.select_for_update().get(pk=image_set.pk)
        if locked.studies.exists():
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
