"""The demonstration study, built through the services a coordinator's pages call."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
from django.conf import settings

from readerstudy.accounts.models import User
from readerstudy.demo import fixtures
from readerstudy.demo.panel import GROUPS, INSTITUTIONS, Group
from readerstudy.images.models import ImageSet
from readerstudy.intake.services import apply_plan, plan_import, temporary_staging
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.services import (
    create_study,
    invite_reader,
    lock_study,
    open_study,
    set_institutions,
    set_rank_groups,
)

SEED = 2019
IMAGE_SET_NAME = "Synthetic clinical photographs"
PAPER_STUDY = "demo-clinical-melanoma"
OPEN_STUDY = "try-it-yourself"


def import_image_set(
    *, actor: User, now: datetime, on_progress: Callable[[int, int], None] | None = None
) -> ImageSet:
    """The 100 synthetic photographs, through the import that an admin uses. Takes up what is there."""
    existing = ImageSet.objects.filter(name=IMAGE_SET_NAME).first()
    if existing:
        return existing
    archive = fixtures.pack_archive(Path(settings.VAR_DIR) / "demo" / "clinical.zip")
    with temporary_staging() as staging:
        plan = plan_import(archive_path=archive, staging=staging)
        return apply_plan(
            actor=actor,
            plan=plan,
            name=IMAGE_SET_NAME,
            is_synthetic=True,
            now=now,
            on_progress=on_progress,
        )


def prepare_study(
    *, actor: User, image_set: ImageSet, slug: str, title: str, summary: str, now: datetime
) -> Study:
    """A study in draft with the panel's rank groups and institutions. Takes up what is there."""
    existing = Study.objects.filter(slug=slug).first()
    if existing:
        return existing
    seed = f"{SEED:064x}"
    study = create_study(
        actor=actor,
        title=title,
        image_set=image_set,
        summary=summary,
        slug=slug,
        seed=seed,
        now=now,
    )
    set_rank_groups(actor=actor, study=study, names=[group.name for group in GROUPS], now=now)
    set_institutions(actor=actor, study=study, names=list(INSTITUTIONS), now=now)
    return study


def invite_panel(*, actor: User, study: Study, now: datetime) -> Iterator[int]:
    """Invites the 145 simulated readers, spread over the institutions; yields how many are invited."""
    groups = {group.name: group for group in study.rank_groups.all()}
    institutions = list(study.institutions.all())
    enrolled = set(study.enrolments.values_list("user__email", flat=True))
    for number, (group, years) in enumerate(panel_of_readers(), start=1):
        if simulated_email(number) not in enrolled:
            invite_reader(
                actor=actor,
                study=study,
                email=simulated_email(number),
                name=f"Simulated reader {number:03d}",
                rank_group=groups[group.name],
                institution=institutions[number % len(institutions)],
                years_of_experience=years,
                now=now,
            )
        yield number


def panel_of_readers() -> list[tuple[Group, int]]:
    """The readers in the order of their numbers: rank group and years of experience."""
    rng = np.random.default_rng(SEED)
    return [
        (group, int(rng.integers(group.years[0], group.years[1] + 1)))
        for group in GROUPS
        for _ in range(group.readers)
    ]


def simulated_email(number: int) -> str:
    """The address of simulated reader `number`, in a domain that cannot exist."""
    return f"simulated-{number:03d}@readers.example"


def lock_and_open(*, actor: User, study: Study, now: datetime) -> Study:
    """Brings a draft to reading; does nothing to a study that is further."""
    if study.state == StudyState.DRAFT:
        study = lock_study(actor=actor, study=study, now=now)
    if study.state == StudyState.LOCKED:
        study = open_study(actor=actor, study=study, now=now)
    return study
