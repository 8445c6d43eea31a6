"""The truth of practice cases: the only part of this room that the readers' room may ask.

What it tells is told to readers as feedback, so it answers for the cases of a locked practice set alone. No look is
written down: the answers that brought it about are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F

from readerstudy.core.errors import NotFound, Problem
from readerstudy.images.models import Case, ImageSet
from readerstudy.studies.models import Enrolment, PracticeCase, StudyCase
from readerstudy.truth.models import ReferenceStandard


@dataclass(frozen=True)
class PracticeTruth:
    """What a practice case really is."""

    malignant: bool
    diagnosis: str

    def agrees_with(self, *, biopsy: bool) -> bool:
        """Whether the decision for or against a biopsy is the right one."""
        return self.malignant == biopsy


def practice_truth(*, enrolment: Enrolment, case: Case) -> PracticeTruth:
    """The reference standard of a case that this reader practises on.

    Raises NotFound for every other case: one outside the frozen practice set of the enrolment's study, and one that the
    study itself asks for, however it came among the practice cases.
    """
    # Asked of the database: what the caller holds in its hands may be something else by now.
    practised = PracticeCase.objects.filter(
        study=enrolment.study_id, case=case.pk, case__image_set=F("study__practice_set")
    ).exclude(case__image_set=F("study__image_set"))
    studied = StudyCase.objects.filter(study=enrolment.study_id, case=case.pk)
    found = ReferenceStandard.objects.filter(case=case.pk).first()
    if not practised.exists() or studied.exists() or found is None:
        raise NotFound("There is no such practice case.")
    return PracticeTruth(found.malignant, found.diagnosis)


def practice_problems(image_set: ImageSet) -> Iterator[Problem]:
    """A sentence where cases have no reference standard, so that practice on them could not be answered."""
    cases = Case.objects.filter(image_set=image_set)
    known = ReferenceStandard.objects.filter(case__image_set=image_set).count()
    without = cases.count() - known
    if without:
        yield Problem(
            "practice_without_truth",
            f"{without} cases of the practice set have no reference standard: nobody could be told what is right.",
            field="image_set",
        )
