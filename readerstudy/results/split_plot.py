"""Where not every reader read every case: intervals and tests by U-statistics, which take any design."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.table import MISSING, ModelScores, ReadingTable

RATE_METHOD = (
    "U-statistics (Gallas), readers and cases random, any design (iMRMC); readers weighted by their pairs of a positive "
    "and a negative case, so that the interval's own estimate may differ a little from the plain mean of the readers"
)
AGAINST_METHOD = (
    "U-statistics (Gallas), readers and cases random, any design: the CNN's scores of the cases that each reader read "
    "stand as a second modality of that reader (2T)"
)
_CALLED = 0.5


def readings_of(
    truth: NDArray[np.int64], modalities: dict[str, NDArray[np.float64]]
) -> stats.Readings:
    """Readings from arrays (J, K) by modality; NaN where a case was not read. Readers and cases are numbered."""
    scores = np.stack(list(modalities.values()))
    _, readers, cases = scores.shape
    return stats.Readings(tuple(modalities), _numbers(readers), _numbers(cases), truth, scores)


def _numbers(size: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(size))


def split_plot_interval(
    truth: NDArray[np.int64], decision: NDArray[np.int8], rate: str
) -> stats.Estimate:
    """The interval of the readers' mean `rate`, "sensitivity" or "specificity", from decisions (J, K), -1 not read."""
    called = np.where(decision == MISSING, np.nan, decision.astype(float))
    analyse = {
        "sensitivity": stats.u_statistics_of_sensitivity,
        "specificity": stats.u_statistics_of_specificity,
    }[rate]
    found = analyse(readings_of(truth, {"readers": called}), _CALLED).modalities[0]
    if found.low is None or found.high is None:
        return stats.Estimate.undefined(
            found.reason or "", RATE_METHOD, value=found.estimate, n=found.n_readers
        )
    low, high = max(found.low, 0.0), min(found.high, 1.0)
    return stats.Estimate(
        found.estimate, low, high, RATE_METHOD,
        n=found.n_readers, se=found.se, df=found.df_bdg, reason=found.reason,
    )  # fmt: skip


def split_plot_against_readers(table: ReadingTable, model: ModelScores) -> list[dict[str, Any]]:
    """AUC of each run minus the readers' AUC; a reader's ratings are set against the CNN's scores of the same cases."""
    ratings = table.rating[table.complete]
    read = ~np.isnan(ratings)
    return [
        {"label": label, "cases": int(read.any(axis=0).sum()), **_against(table, ratings, scores)}
        for label, scores in zip(model.run_labels, model.values, strict=True)
    ]


def _against(
    table: ReadingTable, ratings: NDArray[np.float64], scores: NDArray[np.float64]
) -> dict[str, Any]:
    own = np.where(np.isnan(ratings), np.nan, scores[np.newaxis])
    found = stats.u_statistics(readings_of(table.truth, {"CNN": own, "readers": ratings}))
    difference, (algorithm, readers) = found.differences[0], found.modalities
    t = difference.estimate / difference.se if difference.estimate is not None and difference.se else None  # fmt: skip
    return {
        "effect": difference.estimate,
        **{name: getattr(difference, name) for name in ("se", "low", "high", "p", "reason")},
        "t": t,
        "df": difference.df_bdg,
        "algorithm": algorithm.estimate,
        "readers": readers.estimate,
        "n_readers": readers.n_readers,
        "method": AGAINST_METHOD,
    }
