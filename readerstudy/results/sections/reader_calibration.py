"""What readers' confidence is worth: the share of malignant cases among the answers of each level, by rank group."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.panel import Panel, Part, part_or_reason, spread
from readerstudy.stats import wilson
from readerstudy.stats.calibration import (
    ReliabilityCurve,
    at_prevalence,
    brier_score,
    recalibration,
    reliability_curve,
)

LEVELS = (
    "Share of malignant cases among the answers of each level of the rating (the sign is the decision, the size the "
    "confidence), with Wilson's interval; answers of several readers to one case are not independent, so the interval "
    "is too narrow for more than one reader. At the target prevalence the share is moved by Bayes' theorem."
)
LIKELIHOODS = (
    "Likelihoods from 0 to 100 as probabilities: reliability over ten bins of equal width of all answers of a group, "
    "Wilson's intervals as above; Brier score, calibration in the large and slope of each reader (likelihoods of 0 and "
    "100 held off by 0.005), mean and range over readers."
)
_NO_CONFIDENCE = "Readers gave a decision without a confidence: its predictive values say all."
_OTHER = "The readers' scale has more than 20 levels and is no likelihood from 0 to 100."
_NO_ESTIMATE = "No reader of the group has a finite estimate."
_MOST_LEVELS = 20
_CLIP = 0.005
# How `reading.rating` writes a likelihood p: p + 1 with a biopsy, p − 101 without. No other scale goes beyond 10.
_LARGEST, _OTHER_LARGEST = 101, 10


def of_readers(panel: Panel) -> Part:
    """Levels of the rating, or the calibration of likelihoods. Raises NotComputableError for any other scale."""
    if not panel.has_confidence:
        raise NotComputableError(_NO_CONFIDENCE)
    likelihoods = likelihoods_of(panel.rating)
    if likelihoods is not None:
        return {
            "scale": "likelihood",
            "method": LIKELIHOODS,
            "groups": [_of_group(panel, likelihoods, *group) for group in panel.groups],
        }
    levels = np.unique(panel.rating[~np.isnan(panel.rating)])
    if levels.size > _MOST_LEVELS:
        raise NotComputableError(_OTHER)
    rows = [
        _level(panel, name, members, float(level))
        for name, members in panel.groups
        for level in levels
    ]
    return {"scale": "levels", "method": LEVELS, "levels": rows}


def likelihoods_of(ratings: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Probabilities (J, K) from ratings on the scale of likelihoods, NaN for no answer; None for another scale."""
    known = ratings[~np.isnan(ratings)]
    size = np.abs(known)
    whole = (known == np.round(known)).all()
    if not whole or size.min() < 1 or not _OTHER_LARGEST < size.max() <= _LARGEST:
        return None
    return np.where(ratings > 0, ratings - 1, ratings + _LARGEST) / (_LARGEST - 1)


def bins_of(curve: ReliabilityCurve) -> list[Part]:
    """The bins of a reliability curve as plain values."""
    names = ("predicted", "observed", "low", "high", "n", "positives")
    return [{name: getattr(one, name) for name in names} for one in curve.bins]


def _level(panel: Panel, name: str, members: NDArray[np.bool_], level: float) -> Part:
    at = panel.rating[members] == level
    n, positives = int(at.sum()), int(at[:, panel.truth == 1].sum())
    share = wilson(positives, n, panel.level)
    target = panel.table.plan.prevalence
    return {
        "group": name,
        "rating": level,
        "n": n,
        "malignant": positives,
        "observed": share.value,
        "low": share.low,
        "high": share.high,
        "reason": share.reason,
        "at_target": None if target is None or share.value is None else _moved(panel, share.value, target),
    }  # fmt: skip


def _moved(panel: Panel, share: float, target: float) -> float:
    return float(at_prevalence([share], study=float(panel.truth.mean()), target=target)[0])


def _of_group(
    panel: Panel, likelihoods: NDArray[np.float64], name: str, members: NDArray[np.bool_]
) -> Part:
    p = likelihoods[members]
    read = ~np.isnan(p)
    truth = np.broadcast_to(panel.truth, p.shape)
    curve = part_or_reason(partial(_curve, truth[read], p[read], panel.level))
    each = [_of_reader(truth[row][read[row]], p[row][read[row]]) for row in range(len(p))]
    return {
        "group": name,
        "readers": len(each),
        **curve,
        **{key: spread([one.get(key) for one in each], _NO_ESTIMATE) for key in ("brier", "slope", "in_the_large")},
    }  # fmt: skip


def _curve(truth: NDArray[np.int64], p: NDArray[np.float64], level: float) -> Part:
    curve = reliability_curve(truth, p, level=level)
    return {"expected_error": curve.expected_error, "bins": bins_of(curve)}


def _of_reader(truth: NDArray[np.int64], p: NDArray[np.float64]) -> Part:
    def found() -> Part:
        line = recalibration(truth, p, clip=_CLIP)
        return {
            "brier": brier_score(truth, p).value,
            "slope": line.slope.value,
            "in_the_large": line.in_the_large.value,
        }

    return part_or_reason(found)
