"""Stores what a plan says: all of it or nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.errors import InvalidInput, InvalidInputs
from readerstudy.core.ids import new_public_id
from readerstudy.images.encoded import StoredImage
from readerstudy.images.models import Case, ImageSet
from readerstudy.images.services import (
    add_case,
    add_stored_image,
    check_may_administer,
    check_name,
    create_image_set,
)
from readerstudy.images.storage import folder_of, remove_image, write_image
from readerstudy.intake.photographs import encoded_photographs
from readerstudy.intake.plan import ImportPlan, PlannedCase
from readerstudy.intake.sources import open_source, sha256_of_source
from readerstudy.truth.services import record_reference_standards

Progress = Callable[[int, int], None]


def apply_plan(
    *,
    actor: User,
    plan: ImportPlan,
    name: str,
    is_synthetic: bool,
    now: datetime,
    on_progress: Progress | None = None,
) -> ImageSet:
    """The new image set with its cases, images and reference standards, or nothing at all.

    Raises NotAllowed for anybody but admins, InvalidInputs for a plan with problems, InvalidInput for a name that
    cannot be had or an archive that has changed since it was planned.
    """
    check_applicable(actor=actor, plan=plan, name=name)
    public_id = new_public_id()
    # Encoding takes seconds and the transaction should not: on SQLite it would keep every other writer waiting.
    with stored_images(plan, image_set_id=public_id, on_progress=on_progress) as stored:
        return write_image_set(
            actor=actor,
            plan=plan,
            stored=stored,
            name=name,
            is_synthetic=is_synthetic,
            now=now,
            public_id=public_id,
        )


def check_applicable(*, actor: User, plan: ImportPlan, name: str) -> None:
    """Raises where `apply_plan` would refuse before it writes anything."""
    check_may_administer(actor)
    if plan.problems:
        count = len(plan.problems)
        raise InvalidInputs(
            f"The import has problems ({count}); nothing was stored.", plan.problems
        )
    if plan.questions:
        message = (
            "The manifest leaves questions that have to be answered first; nothing was stored."
        )
        raise InvalidInput(message, code="open_questions")
    check_name(name)
    if sha256_of_source(plan.archive_path) != plan.archive_sha256:
        message = f"{plan.archive_name} has changed since it was checked; check it again."
        raise InvalidInput(message, code="archive_changed")


@contextmanager
def stored_images(
    plan: ImportPlan, *, image_set_id: str, on_progress: Progress | None = None
) -> Iterator[dict[str, StoredImage]]:
    """Entry name → files written for it. Whatever fails, here or in the block, the files are removed again."""
    stored: dict[str, StoredImage] = {}
    planned = plan.images
    try:
        with open_source(plan.archive_path, name=plan.archive_name) as source:
            encoded = encoded_photographs(
                source, [one.entry for one in planned], staged=plan.staged
            )
            for done, (one, image) in enumerate(zip(planned, encoded, strict=True), start=1):
                known = replace(image, origin=one.origin)
                stored[one.entry] = write_image(known, folder=folder_of(image_set_id))
                if on_progress:
                    on_progress(done, len(planned))
        yield stored
    except BaseException:
        for written in stored.values():
            remove_image(written)
        raise


def write_image_set(
    *,
    actor: User,
    plan: ImportPlan,
    stored: dict[str, StoredImage],
    name: str,
    is_synthetic: bool,
    now: datetime,
    public_id: str,
) -> ImageSet:
    """The rows of the image set in one transaction; the files are written already. An image set with one synthetic image is synthetic."""
    with transaction.atomic():
        image_set = create_image_set(
            actor=actor,
            name=name,
            description="",
            is_synthetic=is_synthetic or plan.has_synthetic,
            source_name=plan.archive_name,
            source_sha256=plan.archive_sha256,
            now=now,
            public_id=public_id,
        )
        truths = [(_case(image_set, case, stored), case.truth) for case in plan.cases]
        record_reference_standards(actor=actor, truths=truths, now=now)
    return image_set


def _case(image_set: ImageSet, planned: PlannedCase, stored: dict[str, StoredImage]) -> Case:
    case = add_case(
        image_set=image_set,
        patient_ref=planned.patient_ref,
        lesion_ref=planned.lesion_ref,
        age_years=planned.age_years,
        sex=planned.sex,
        site=planned.site,
        fitzpatrick=planned.fitzpatrick,
    )
    for ordinal, image in enumerate(planned.images, start=1):
        add_stored_image(
            case=case,
            ordinal=ordinal,
            view=image.view,
            stored=stored[image.entry],
            original_name=image.entry,
            licence=image.licence,
            attribution=image.attribution,
        )
    return case
