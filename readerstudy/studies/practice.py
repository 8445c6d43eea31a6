"""The cases that readers practise on: chosen in a draft, apart from the study's own, and frozen at the lock."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import InvalidInput, InvalidInputs, Problem
from readerstudy.images.apart import shared_cases
from readerstudy.images.models import Case, ImageSet
from readerstudy.studies.choices import StudyState
from readerstudy.studies.drafting import draft_for_change
from readerstudy.studies.hooks import call_practice_checks
from readerstudy.studies.models import PracticeCase, Study

FIELD = "image_set"
_OPEN = (StudyState.UNBLINDED, StudyState.ARCHIVED)
_NAMED = 5


def set_practice(
    *,
    actor: User,
    study: Study,
    image_set: ImageSet | None,
    pass_percent: int = 0,
    now: datetime,
) -> Study:
    """What readers of a draft practise on, and how many percent of a round's decisions have to be right; None: no practice.

    Raises NotAllowed, Conflict after the lock, InvalidInput(s) for a percentage that cannot be and for an image set that
    shares cases with the study's own, has none, or cannot be practised on.
    """
    _check_percent(pass_percent, image_set)
    with transaction.atomic():
        draft = draft_for_change(actor, study)
        if image_set is not None:
            # Locked, so that no study is made on it and nobody deletes it meanwhile.
            image_set = ImageSet.objects.select_for_update().get(pk=image_set.pk)
            _check_apart(draft, image_set)
        if (draft.practice_set, draft.practice_pass_percent) == (image_set, pass_percent):
            return draft
        draft.practice_set, draft.practice_pass_percent = image_set, pass_percent
        draft.save(update_fields=["practice_set", "practice_pass_percent"])
        chosen = image_set.public_id if image_set else None
        record_event(
            actor=actor,
            verb="study.practice_set",
            subject=draft,
            now=now,
            study_id=draft.public_id,
            data={"image_set": chosen, "pass_percent": pass_percent},
        )
    return draft


def _check_percent(pass_percent: int, image_set: ImageSet | None) -> None:
    if type(pass_percent) is not int or not 0 <= pass_percent <= 100:  # noqa: PLR2004 (percent)
        raise InvalidInput(
            "The percentage is a whole number from 0 to 100; with 0 it is enough to complete the practice.",
            code="pass_percent",
            field="pass_percent",
        )
    if pass_percent and image_set is None:
        raise InvalidInput(
            "Without a practice set there is nothing to pass: choose one, or 0 percent.",
            code="pass_percent",
            field="pass_percent",
        )


def _check_apart(study: Study, image_set: ImageSet) -> None:
    problems = tuple(_problems(study, image_set))
    if problems:
        raise InvalidInputs(problems[0].message, problems)


def practice_problems(study: Study) -> list[Problem]:
    """What keeps the study's practice set from being practised on; empty where there is none. Looks at every image."""
    return list(_problems(study, study.practice_set)) if study.practice_set else []


def _problems(study: Study, image_set: ImageSet) -> Iterator[Problem]:
    if image_set.pk == study.image_set_id:
        yield _problem(
            "practice_is_test_set",
            "Readers cannot practise on the cases of the study itself; choose another image set.",
        )
        return
    yield from _problems_of_cases(image_set)
    yield from _problems_of_other_studies(study, image_set)
    yield from _overlap(study.image_set, image_set)
    yield from call_practice_checks(image_set)


def _problem(code: str, message: str) -> Problem:
    return Problem(code, message, field=FIELD)


def _problems_of_cases(image_set: ImageSet) -> Iterator[Problem]:
    cases = Case.objects.filter(image_set=image_set)
    if not cases.exists():
        yield _problem("no_cases", f"{image_set.name} has no cases to practise on.")
    bare = cases.filter(images__isnull=True).count()
    if bare:
        yield _problem("case_without_image", f"{bare} cases of the practice set have no image.")


def _problems_of_other_studies(study: Study, image_set: ImageSet) -> Iterator[Problem]:
    """Practice tells the truth of its cases, which nobody may know before a study on them is unblinded."""
    others = Study.objects.filter(image_set=image_set).exclude(pk=study.pk)
    if others.exclude(state__in=_OPEN).exists():
        yield _problem(
            "sealed_elsewhere",
            f"A study on {image_set.name} is not unblinded yet: practice would tell the truth of its cases.",
        )


def _overlap(test_set: ImageSet, practice_set: ImageSet) -> Iterator[Problem]:
    shared = shared_cases(practice_set, test_set)
    if shared.exact:
        names = _names(shared.exact)
        yield _problem(
            "practice_overlap",
            f"These cases of the practice set have photographs of the test set: {names}.",
        )
    if shared.near:
        names = _names(shared.near)
        yield _problem(
            "practice_overlap",
            f"These cases of the practice set have photographs that look like ones of the test set: {names}.",
        )
    if shared.patients:
        names = _names(shared.patients)
        yield _problem(
            "practice_overlap",
            f"These cases of the practice set are of patients of the test set: {names}.",
        )


def _names(cases: Sequence[str]) -> str:
    """The first few ids, and how many cases there are."""
    shown = ", ".join(cases[:_NAMED])
    return shown if len(cases) <= _NAMED else f"{shown} … ({len(cases)})"


def store_practice_cases(study: Study) -> None:
    """Freezes the cases of the practice set. Call it inside the transaction of the lock."""
    if study.practice_set:
        cases = study.practice_set.cases.all()
        PracticeCase.objects.bulk_create(PracticeCase(study=study, case=case) for case in cases)
