"""Whether the truth can be told from the files alone: AUC of each trivial feature, with interval and colour."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.stats.delong import auc_interval
from readerstudy.stats.result import Estimate
from readerstudy.truth.choices import Colour, HigherIn, Reason
from readerstudy.truth.features import CaseFeature

# Cut-offs of requirement U-14: no standard gives any, they are this project's own.
LEVEL = 0.95
AMBER_ABOVE = 0.5
RED_ABOVE = 0.65
# With fewer cases of a class DeLong's normal interval is too narrow, and an AUC tells where a single case lies.
MIN_PER_CLASS = 10
# What is shown before unblinding is rounded, so that no rank of a single case can be worked out from it.
DECIMALS = 2


@dataclass(frozen=True)
class Confound:
    """How well one feature tells malignant from benign: AUC of at least 0.5 with its interval, and on which side it is higher."""

    feature: str
    level: str
    cases: int
    auc: float | None = None
    low: float | None = None
    high: float | None = None
    higher_in: str = HigherIn.NEITHER.value
    colour: str = Colour.UNKNOWN.value
    reason: str = Reason.NONE.value

    def as_dict(self) -> dict[str, Any]:
        """JSON for the lock manifest, AUC and interval rounded."""
        numbers = {name: getattr(self, name) for name in ("auc", "low", "high")}
        rounded = {
            name: value if value is None else round(value, DECIMALS)
            for name, value in numbers.items()
        }
        return {**asdict(self), **rounded}


def confound_of(malignant: NDArray[np.bool_], column: CaseFeature) -> Confound:
    """The feature against the truth, both (K,); cases where it is not recorded are left out."""
    known = ~np.isnan(column.values)
    truth, values = malignant[known], column.values[known]
    place: dict[str, Any] = {
        "feature": column.feature.value,
        "level": column.level,
        "cases": int(known.sum()),
    }
    if not known.any():
        return Confound(**place, reason=Reason.NOT_RECORDED.value)
    if not enough_of_both(truth):
        return Confound(**place, reason=Reason.TOO_FEW.value)
    estimate = auc_interval(truth.astype(int), values, LEVEL)
    return Confound(**place, **_folded(estimate))


def enough_of_both(malignant: NDArray[np.bool_]) -> bool:
    """Whether both classes have the cases that a test needs."""
    return min(int(malignant.sum()), int((~malignant).sum())) >= MIN_PER_CLASS


def _folded(estimate: Estimate) -> dict[str, Any]:
    """AUC and interval turned so that the AUC is at least 0.5: which side is higher is said apart."""
    auc, low, high = estimate.value, estimate.low, estimate.high
    if auc is None:
        raise ValueError("With cases of both classes there is an AUC.")
    if auc < AMBER_ABOVE:
        turned = (None, None) if low is None or high is None else (1 - high, 1 - low)
        (low, high), auc, higher_in = turned, 1 - auc, HigherIn.BENIGN
    else:
        higher_in = HigherIn.MALIGNANT if auc > AMBER_ABOVE else HigherIn.NEITHER
    return {
        "auc": auc,
        "low": low,
        "high": high,
        "higher_in": higher_in.value,
        "colour": colour_of(auc, low).value,
        "reason": _reason(auc, low).value,
    }


def colour_of(auc: float, low: float | None) -> Colour:
    """Red or amber by the AUC (at least 0.5) and its lower bound; perfect separation has no bound and is red."""
    separated = low is None and auc == 1
    if not separated and (low is None or low <= AMBER_ABOVE):
        return Colour.NONE
    return Colour.RED if auc > RED_ABOVE else Colour.AMBER


def _reason(auc: float, low: float | None) -> Reason:
    if low is not None:
        return Reason.NONE
    return Reason.SEPARATED if auc == 1 else Reason.CONSTANT
