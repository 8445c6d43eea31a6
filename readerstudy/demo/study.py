"""The demonstration study, built through the services a coordinator's pages call."""

from datetime import datetime
from pathlib import Path

import numpy as np
from django.conf import settings

from readerstudy.accounts.models import User
from readerstudy.demo import fixtures
from readerstudy.demo.panel import GROUPS, INSTITUTIONS
from readerstudy.images.models import ImageSet
from readerstudy.intake.services import apply_plan, plan_import
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


def import_image_set(*, actor: User, now: datetime, on_progress: object = None) -> ImageSet:
    """The 100 synthetic photographs, through the import that an admin uses. Takes up what is there."""
    existing = ImageSet.objects.filter(name=IMAGE_SET_NAME).first()
    if existing:
        return existing
    archive = fixtures.pack_archive(Path(settings.VAR_DIR) / "demo" / "clinical.zip")
    plan = plan_import(
        archive_path=archive, archive_name=archive.name, manifest=None, manifest_name=""
    )
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


def invite_panel(*, actor: User, study: Study, now: datetime) -> None:
    """Invites the 145 simulated readers, spread over the institutions."""
    rng = np.random.default_rng(SEED)
    groups = {group.name: group for group in study.rank_groups.all()}
    institutions = list(study.institutions.all())
    enrolled = set(study.enrolments.values_list("user__email", flat=True))
    number = 0
    for group in GROUPS:
        for _ in range(group.readers):
            years = int(rng.integers(group.years[0], group.years[1] + 1))
            institution = institutions[number % len(institutions)]
            number += 1
            email = simulated_email(number)
            if email in enrolled:
                continue
            invite_reader(
                actor=actor,
                study=study,
                email=email,
                name=f"Simulated reader {number:03d}",
                rank_group=groups[group.name],
                institution=institution,
                years_of_experience=years,
                now=now,
            )


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
