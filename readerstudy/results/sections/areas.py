"""Areas and rates of readers and training runs on some of the cases, by one way of computing for both.

A rate is an area: that of right answers (1, else 0) of the cases of one class against a constant ½, as in the analysis
of rates by U-statistics (Gallas, Pennello, Myers, JOSA A 2007;24:B70). So whatever is known of areas holds for rates.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.table import MISSING
from readerstudy.stats import CovarianceEstimator, Estimate, Readings
from readerstudy.stats.mrmc.covariance import readings_covariance
from readerstudy.stats.reader_means import mean_over_readers
from readerstudy.stats.standalone import difference_from_readers, errors_of
from readerstudy.stats.ustatistics import DifferenceUStatistic, ModalityUStatistic

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64] | NDArray[np.int8]
U_STATISTICS = (
    "U-statistics (Gallas 2006; Gallas et al. 2009), since not every reader graded every case; readers and cases random, "
    "readers weighted by what they graded; n = readers"
)
RUNS_FIXED = (
    "Mean over runs; DeLong, normal interval clipped to [0, 1]; cases random, these runs; n = runs"
)
CONTRAST = (
    "Difference between two subgroups; readers (or runs) and cases random: Obuchowski-Rockette with Hillis df, the cases "
    "of the two independent, the readers the same; n = readers (or runs)"
)
INCOMPLETE = (
    "1T-RRRC: readers and cases random, the mean of the runs fixed (Hillis 2007 §5.3), DeLong's covariance over the common "
    "cases of two readings, since not every reader graded every case; n = readers"
)
_NOBODY = "No reader graded these cases."
_INCOMPLETE = "Not every reader graded every case of the two subgroups."
_CONSTANTS = 2  # cases of the class against which right answers stand: a variance needs two


@dataclass(frozen=True, eq=False)
class Areas:
    """Scores (R, n) of R readers or runs of cases with `truth` (n,); NaN where a reader graded nothing."""

    truth: NDArray[np.int64]
    scores: Numbers

    @cached_property
    def components(self) -> tuple[Numbers, Numbers]:
        """V10 (R, n1) and V01 (R, n0) of complete scores."""
        return stats.structural_components(self.truth, self.scores)

    @cached_property
    def is_complete(self) -> bool:
        """Whether every reader graded every case."""
        return not np.isnan(self.scores).any()

    @property
    def only_graders(self) -> "Areas":
        """Without the readers who graded no case of a class."""
        graded = ~np.isnan(self.scores)
        sides = [graded[:, self.truth == label].any(axis=1) for label in (0, 1)]
        return Areas(self.truth, self.scores[sides[0] & sides[1]])


def right_answers(truth: NDArray[np.int64], decision: Integers, *, label: int) -> Areas:
    """Sensitivity (label 1) or specificity (label 0) as an area, from decisions 1, 0 and −1 (R, K)."""
    own = decision[:, truth == label]
    right = np.where(own == MISSING, np.nan, own == label)
    constant = np.full((right.shape[0], _CONSTANTS), 0.5)
    labels = np.array([1] * right.shape[1] + [0] * _CONSTANTS, np.int64)
    return Areas(labels, np.hstack([right, constant]))


def mean_of_readers(readers: Areas, level: float) -> Estimate:
    """The mean over readers with its interval, readers and cases random."""
    if readers.is_complete:
        v10, v01 = readers.components
        return mean_over_readers(v10.mean(axis=1), v10, v01, level=level, bounds=(0.0, 1.0))
    graders = readers.only_graders
    if not graders.scores.size:
        return Estimate.undefined(_NOBODY, U_STATISTICS, n=0, level=level)
    found = stats.u_statistics(_readings([("readers", graders)]), level=level).modalities[0]
    return _estimate(found, found.n_readers, level, bounds=(0.0, 1.0))


def mean_of_runs(runs: Areas, level: float) -> Estimate:
    """The mean over runs with its interval over cases; DeLong's of the one run where there is one."""
    if runs.scores.shape[0] == 1:
        return stats.auc_interval(runs.truth, runs.scores[0], level)
    found = stats.obuchowski_rockette(
        stats.fully_crossed(runs.truth, runs.scores),
        covariance=CovarianceEstimator.DELONG, level=level,
    ).frrc.modalities[0]  # fmt: skip
    n = runs.scores.shape[0]
    if found.low is None or found.high is None:
        return Estimate.undefined(
            found.reason or "", RUNS_FIXED, value=found.estimate, n=n, level=level
        )
    low, high = max(found.low, 0.0), min(found.high, 1.0)
    return Estimate(found.estimate, low, high, RUNS_FIXED, n=n, se=found.se, level=level)


def rate_of_runs(runs: Areas, level: float) -> Estimate:
    """The same for a rate: Wilson's interval where there is one run, or all decide alike on every case."""
    right = runs.scores[:, runs.truth == 1]
    if (right == right[0]).all():
        return stats.wilson(int(right[0].sum()), right.shape[1], level)
    return mean_of_runs(runs, level)


def difference(runs: Areas, readers: Areas, level: float) -> Estimate:
    """Mean of runs − mean of readers with its interval: runs, readers and cases random; a single run is fixed.

    Where not every reader graded every case the runs are fixed.
    """
    if readers.is_complete:
        return stats.runs_against_readers(runs.truth, runs.scores, readers.scores, level).difference
    graders = readers.only_graders
    if not graders.scores.size:
        return Estimate.undefined(_NOBODY, INCOMPLETE, n=0, level=level)
    return _incomplete_difference(runs, graders, level)


def _incomplete_difference(runs: Areas, readers: Areas, level: float) -> Estimate:
    """From DeLong's covariance of all readings, the common cases of two of them; the runs' mean stands for the CNN."""
    both = Areas(runs.truth, np.vstack([runs.scores, readers.scores]))
    found = readings_covariance(_readings([("both", both)]), CovarianceEstimator.DELONG)
    M, C = runs.scores.shape[0], found.matrix  # noqa: N806 (the field's own names)
    cnn, own = float(found.value[:M].mean()), found.value[M:]
    if C is None:
        value = cnn - float(own.mean())
        return Estimate.undefined(
            found.reason or "", INCOMPLETE, value=value, n=own.size, level=level
        )
    shared = C[:M, M:].mean(axis=0)
    errors = errors_of(C[:M, :M].mean() - shared - shared[:, np.newaxis] + C[M:, M:])
    row = difference_from_readers(cnn, own, errors, method=INCOMPLETE, level=level)
    return Estimate(
        row.effect, row.low, row.high, row.method,
        n=row.n_readers, se=row.se, df=row.df, p=row.p, level=level, reason=row.reason,
    )  # fmt: skip


def arms(first: Areas, second: Areas, level: float) -> tuple[float | None, float | None, Estimate]:
    """Means of the same readers (R, n) in two arms, and first − second, by U-statistics; any design."""
    readings = _readings([("first", first), ("second", second)], same_rows=True)
    found = stats.u_statistics(readings, level=level)
    means = [modality.estimate for modality in found.modalities]
    return means[0], means[1], _estimate(found.differences[0], first.scores.shape[0], level)


def contrast(a: Areas, b: Areas, level: float) -> Estimate:
    """Mean over the same readers or runs of their areas of `a` − those of `b`, which have no case in common."""
    return _contrast(a.components, b.components, level) if _complete(a, b) else _refused(level)


def contrast_of_differences(
    a: tuple[Areas, Areas], b: tuple[Areas, Areas], level: float
) -> Estimate:
    """The same of (mean of runs − each reader), each of `a` and `b` being (runs, readers); the runs are fixed."""
    if not _complete(a[1], b[1]):
        return _refused(level)
    return _contrast(_minus(*a), _minus(*b), level)


def _complete(*areas: Areas) -> bool:
    return all(one.is_complete for one in areas)


def _refused(level: float) -> Estimate:
    return Estimate.undefined(_INCOMPLETE, CONTRAST, level=level)


def _minus(runs: Areas, readers: Areas) -> tuple[Numbers, Numbers]:
    """The components (J, n1) and (J, n0) of the mean of the runs minus those of each reader."""
    v10, v01 = (
        own.mean(axis=0) - other
        for own, other in zip(runs.components, readers.components, strict=True)
    )
    return v10, v01


def _contrast(a: tuple[Numbers, Numbers], b: tuple[Numbers, Numbers], level: float) -> Estimate:
    values = a[0].mean(axis=1) - b[0].mean(axis=1)
    return mean_over_readers(values, *a, *b, method=CONTRAST, level=level)


def _readings(modalities: list[tuple[str, Areas]], *, same_rows: bool = False) -> Readings:
    """One array of modalities × rows × cases; the rows of two modalities are the same readers only where told so."""
    total = sum(areas.scores.shape[0] for _name, areas in modalities)
    truth = modalities[0][1].truth
    rows = modalities[0][1].scores.shape[0] if same_rows else total
    scores = np.full((len(modalities), rows, truth.size), np.nan)
    start = 0
    for place, (_name, areas) in enumerate(modalities):
        size = areas.scores.shape[0]
        scores[place, start : start + size] = areas.scores
        start += 0 if same_rows else size
    names = tuple(name for name, _areas in modalities)
    return Readings(names, _numbered(rows), _numbered(truth.size), truth, scores)


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(1, count + 1)))


def _estimate(
    found: ModalityUStatistic | DifferenceUStatistic,
    n: int,
    level: float,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Estimate:
    known: dict[str, Any] = {"n": n, "se": found.se, "level": level, "reason": found.reason}
    if found.low is None or found.high is None:
        return Estimate(found.estimate, None, None, U_STATISTICS, **known)
    low, high = max(found.low, bounds[0]), min(found.high, bounds[1])
    p = found.p if isinstance(found, DifferenceUStatistic) else None
    return Estimate(found.estimate, low, high, U_STATISTICS, df=found.df_bdg, p=p, **known)
