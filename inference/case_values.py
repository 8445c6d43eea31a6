"""The scores of a run, one for each case."""

import numpy as np
from numpy.typing import NDArray

from inference.models import ModelRun, Score
from readerstudy.studies.models import Study


def case_ids_of(study: Study) -> tuple[int, ...]:
    """The study's cases by public id; the withdrawn are left out."""
    cases = study.study_cases.filter(withdrawn_at=None).order_by("public_id")
    return tuple(cases.values_list("pk", flat=True))


def values_of(run: ModelRun, cases: tuple[int, ...]) -> NDArray[np.float64]:
    """One value per case: the mean over its images, NaN where it has no score."""
    column = {case: index for index, case in enumerate(cases)}
    total, count = np.zeros(len(cases)), np.zeros(len(cases))
    scores = Score.objects.filter(run=run, study_case__withdrawn_at=None)
    for case, value in scores.values_list("study_case_id", "value"):
        total[column[case]] += value
        count[column[case]] += 1
    means = np.full(len(cases), np.nan)
    np.divide(total, count, out=means, where=count > 0)
    return means
