"""Stores what a plan says: all of it or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from readerstudy.accounts.models import User
from readerstudy.core.errors import InvalidInput, InvalidInputs
from readerstudy.core.ids import new_public_id
from readerstudy.images.encoded import StoredImage
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.images.services import (
    NewCases,
    add_cases,
    check_may_administer,
    check_name,
    create_image_set,
    new_case,
    new_image,
    prepare_cases,
)
from readerstudy.images.storage import folder_of, remove_image, write_image
from readerstudy.intake.photographs import encoded_photographs
from readerstudy.intake.plan import ImportPlan, PlannedCase
from readerstudy.intake.progress import Alive, Progress, telling, uncounted, unheard
from readerstudy.intake.room import check_media_room
from readerstudy.intake.sources import open_source, sha256_of_source
from readerstudy.truth.services import Truth, record_reference_standards


@dataclass(frozen=True)
class NewRows:
    """Everything that an import writes, checked and not yet saved: the transaction has only to write it."""

    new: NewCases
    truths: tuple[tuple[Case, Truth], ...]


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
    check_applicable(actor=actor, plan=plan, name=name, on_alive=uncounted(on_progress))
    public_id = new_public_id()
    # Encoding takes seconds and the transaction should not: on SQLite it would keep every other writer waiting.
    with stored_images(plan, image_set_id=public_id, on_progress=on_progress) as stored:
        return write_image_set(
            actor=actor,
            plan=plan,
            rows=new_rows(plan, stored),
            name=name,
            is_synthetic=is_synthetic,
            now=now,
            public_id=public_id,
        )


def check_applicable(
    *, actor: User, plan: ImportPlan, name: str, on_alive: Alive = unheard
) -> None:
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
    if sha256_of_source(plan.archive_path, on_alive=on_alive) != plan.archive_sha256:
        message = f"{plan.archive_name} has changed since it was checked; check it again."
        raise InvalidInput(message, code="archive_changed")


@contextmanager
def stored_images(
    plan: ImportPlan, *, image_set_id: str, on_progress: Progress | None = None
) -> Iterator[dict[str, StoredImage]]:
    """Entry name → files written for it. Whatever fails, here or in the block, the files that stand in it are removed again.

    Whoever stores their rows empties it once these are committed: `transaction.on_commit(files.clear)`. They stay, too,
    where the database was lost, which may have committed the rows.
    Raises Conflict where there is too little room for them.
    """
    stored: dict[str, StoredImage] = {}
    planned = plan.images
    least = sum(int(one.origin.get("bytes") or 0) for one in planned)
    check_media_room(least, what=f"storing {len(planned)} photographs")
    try:
        alive = uncounted(on_progress)
        with open_source(plan.archive_path, name=plan.archive_name, on_alive=alive) as source:
            names = [one.entry for one in planned]
            encoded = encoded_photographs(source, names, staged=plan.staged, on_alive=alive)
            for done, (one, image) in enumerate(zip(planned, encoded, strict=True), start=1):
                known = replace(image, origin=one.origin)
                stored[one.entry] = write_image(known, folder=folder_of(image_set_id))
                if on_progress:
                    on_progress(done, len(planned))
        yield stored
    except (OperationalError, InterfaceError):
        # The rows may be committed though nobody said so. Files without rows are removed when the job is taken up again.
        raise
    except BaseException:
        for written in stored.values():
            remove_image(written)
        raise


def new_rows(
    plan: ImportPlan, stored: dict[str, StoredImage], *, on_alive: Alive = unheard
) -> NewRows:
    """The rows of the plan's cases. Checking 10,000 of them takes seconds, so it is done before the transaction."""
    cases: list[Case] = []
    images: list[Image] = []
    for planned in telling(plan.cases, on_alive):
        case = _case(planned)
        cases.append(case)
        images += _images(case, planned, stored)
    truths = zip(cases, (one.truth for one in plan.cases), strict=True)
    return NewRows(prepare_cases(cases, telling(images, on_alive)), tuple(truths))


def write_image_set(
    *,
    actor: User,
    plan: ImportPlan,
    rows: NewRows,
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
        add_cases(image_set=image_set, new=rows.new)
        record_reference_standards(actor=actor, truths=rows.truths, now=now)
    return image_set


def _case(planned: PlannedCase) -> Case:
    return new_case(
        patient_ref=planned.patient_ref,
        lesion_ref=planned.lesion_ref,
        age_years=planned.age_years,
        sex=planned.sex,
        site=planned.site,
        fitzpatrick=planned.fitzpatrick,
    )


def _images(case: Case, planned: PlannedCase, stored: dict[str, StoredImage]) -> Iterator[Image]:
    for ordinal, image in enumerate(planned.images, start=1):
        yield new_image(
            case=case,
            ordinal=ordinal,
            view=image.view,
            stored=stored[image.entry],
            original_name=image.entry,
            licence=image.licence,
            attribution=image.attribution,
        )
