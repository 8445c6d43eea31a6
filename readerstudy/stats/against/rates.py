"""The algorithm's sensitivity and specificity, at its fixed threshold, against the readers' decisions."""

import numpy as np
from numpy.typing import ArrayLike

from readerstudy.stats.against.matched import of_runs
from readerstudy.stats.inputs import MISSING, check_level, checked_decisions, checked_truth
from readerstudy.stats.result import StatisticsInputError
from readerstudy.stats.standalone import (
    FIXED_CASES,
    Standalone,
    difference_from_readers,
    errors_of,
)

RATES = {"sensitivity": 1, "specificity": 0}
METHOD = "1T-RRRC of the {}: readers and cases random, algorithm fixed (Hillis 2007 §5.3), sample covariance of the answers"  # fmt: skip
_ONE_CASE = "With one {what} case the variance between cases cannot be estimated."


def rate_against_readers(
    truth: ArrayLike,
    reader_decisions: ArrayLike,
    algorithm_decision: ArrayLike,
    level: float = 0.95,
    *,
    rate: str,
    cases_random: bool = True,
) -> Standalone:
    """The algorithm's sensitivity or specificity − the mean of J readers', from decisions 1/0 (J, K) and (K,).

    With decisions (M, K) of M training runs their mean rate counts, and the runs are fixed. Only the cases of the rate's class are in the data. The covariance of two readers' differences is the sample
    covariance of their answers' differences by the number of cases (Gallas, Pennello, Myers, JOSA A 2007;24:B70). With
    `cases_random` False the one-sample t test. The threshold must have been fixed before: one that was chosen on these
    cases flatters the algorithm. Raises StatisticsInputError for an unknown rate and for a missing decision.
    """
    check_level(level)
    if rate not in RATES:
        raise StatisticsInputError(f"The rate must be sensitivity or specificity, not {rate}.")
    labels = checked_truth(truth)
    runs = np.atleast_2d(np.asarray(algorithm_decision))
    table = checked_decisions(np.vstack([runs, np.asarray(reader_decisions)]), labels.size)
    _check_complete(table, len(runs))
    answers = (table[:, labels == RATES[rate]] == RATES[rate]).astype(float)
    right = np.vstack([answers[: len(runs)].mean(axis=0), answers[len(runs) :]])
    values, n = right.mean(axis=1), right.shape[1]
    errors = reason = None
    if cases_random and n > 1:
        errors = errors_of(np.atleast_2d(np.cov(right[0] - right[1:])) / n)
    elif cases_random:
        reason = _ONE_CASE.format(what="positive" if RATES[rate] else "negative")
    method = (METHOD.format(rate) if cases_random else FIXED_CASES) + of_runs(len(runs))
    return difference_from_readers(values[0], values[1:], errors, method=method, level=level, reason=reason)  # fmt: skip


def _check_complete(table: np.ndarray, runs: int) -> None:
    missing = np.argwhere(table == MISSING)
    if missing.size:
        row, case = missing[0]
        who = f"Reader {row - runs + 1}" if row >= runs else "The algorithm"
        raise StatisticsInputError(f"{who} has no decision on case {case + 1}: every case needs one of everybody.")  # fmt: skip
