"""The modalities of a finished study against each other: AUC, sensitivity and specificity, readers and cases random."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.split_plot import readings_of
from readerstudy.results.table import MISSING, ReadingTable

METHOD = (
    "U-statistics (Gallas 2006; Gallas and Brown 2008), readers and cases random, any design, as in iMRMC; where every "
    "reader read every case in every modality also Obuchowski and Rockette with the degrees of freedom of Hillis (2007), "
    "jackknife covariance. Differences are the first modality minus the second; several are not corrected for."
)
ESTIMANDS = ["E4"]
_CALLED = 0.5


def modalities(table: ReadingTable) -> dict[str, Any]:
    """Every modality's reader-averaged figures, and all differences. Raises NotComputableError with one modality."""
    if not table.further:
        raise NotComputableError("The study has one modality.")
    ratings, decisions = _ratings(table), _decisions(table)
    return {
        "method": METHOD,
        "estimands": ESTIMANDS,
        "names": list(ratings),
        "read": {name: _read(values) for name, values in ratings.items()},
        "figures": [
            _figure("auc", stats.u_statistics(readings_of(table.truth, ratings))),
            _figure("sensitivity", stats.u_statistics_of_sensitivity(readings_of(table.truth, decisions), _CALLED)),
            _figure("specificity", stats.u_statistics_of_specificity(readings_of(table.truth, decisions), _CALLED)),
        ],
        "obuchowski_rockette": _obuchowski_rockette(table, ratings),
    }  # fmt: skip


def main_name(table: ReadingTable) -> str:
    """What the modality is called that the other parts of the analysis are about."""
    return (table.origin.modality if table.origin else "") or "first"


def _ratings(table: ReadingTable) -> dict[str, NDArray[np.float64]]:
    own = {main_name(table): table.rating}
    return own | {one.name: one.answers.rating for one in table.further}


def _decisions(table: ReadingTable) -> dict[str, NDArray[np.float64]]:
    own = {main_name(table): table.decision}
    every = own | {one.name: one.answers.decision for one in table.further}
    return {
        name: np.where(one == MISSING, np.nan, one.astype(float)) for name, one in every.items()
    }


def _read(values: NDArray[np.float64]) -> dict[str, int]:
    read = ~np.isnan(values)
    return {
        "readers": int(read.any(axis=1).sum()),
        "cases": int(read.any(axis=0).sum()),
        "readings": int(read.sum()),
    }


def _figure(name: str, found: stats.UStatistics) -> dict[str, Any]:
    row = ("estimate", "se", "low", "high", "p", "reason")
    return {
        "figure": name,
        "design": found.design,
        "modalities": [
            {"modality": one.modality, "n_readers": one.n_readers, **{key: getattr(one, key) for key in row}}
            for one in found.modalities
        ],
        "differences": [
            {"a": one.a, "b": one.b, "df": one.df_bdg, **{key: getattr(one, key) for key in row}}
            for one in found.differences
        ],
    }  # fmt: skip


def _obuchowski_rockette(
    table: ReadingTable, ratings: dict[str, NDArray[np.float64]]
) -> dict[str, Any]:
    """The classical analysis of AUCs, which needs every reading."""
    readings = readings_of(table.truth, ratings)
    if not readings.is_complete:
        return {"reason": "Not every reader read every case in every modality."}
    found = stats.obuchowski_rockette(readings)
    test = found.rrrc
    return {
        "statistic": test.statistic,
        "df1": test.df1,
        "df2": test.df2,
        "p": test.p,
        "differences": [one.as_dict() for one in test.differences],
        "modalities": [one.as_dict() for one in test.modalities],
        "reason": test.reason,
    }
