"""What a combination changes: the readers alone, combined with the CNN, and both beside the CNN alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from readerstudy.stats.reader_means import READERS_AND_CASES, mean_over_readers
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray

EXPLORATORY = "exploratory: the rule was not prespecified"
PRESPECIFIED = "prespecified rule"
_SHARE = (0.0, 1.0)


@dataclass(frozen=True)
class Effect(Rendered):
    """Means over readers alone and combined, combined − alone, and combined − CNN alone; readers and cases random."""

    alone: Estimate
    combined: Estimate
    gain: Estimate
    over_cnn: Estimate


def stated(what: str, *, prespecified: bool) -> str:
    """The method's text: what is averaged, how, and whether the rule was fixed beforehand."""
    return f"{what}; {READERS_AND_CASES}; {PRESPECIFIED if prespecified else EXPLORATORY}"


def effect(
    alone: Sequence[FloatArray],
    combined: Sequence[FloatArray],
    cnn: Sequence[FloatArray],
    *,
    method: str,
    level: float,
) -> Effect:
    """From the contributions of the cases of each class: (J, n) of the readers, (1, n) of the CNN, one table a class.

    A reader's value is the mean of a row, the same in every table. NaN is a missing answer: then the values are means
    over a reader's own cases, and there is no interval.
    """
    gain = [after - before for after, before in zip(combined, alone, strict=True)]
    over_cnn = [after - single for after, single in zip(combined, cnn, strict=True)]
    return Effect(
        alone=_mean(alone, method, level, _SHARE),
        combined=_mean(combined, method, level, _SHARE),
        gain=_mean(gain, method, level),
        over_cnn=_mean(over_cnn, method, level),
    )


def _mean(
    tables: Sequence[FloatArray],
    method: str,
    level: float,
    bounds: tuple[float, float] | None = None,
) -> Estimate:
    values = np.asarray(np.nanmean(tables[0], axis=1))
    missing = sum(int(np.isnan(table).sum()) for table in tables)
    if missing:
        reason = f"{missing} answers are missing: an interval needs every reader to have read every case."
        return Estimate.undefined(reason, method, value=float(values.mean()), n=values.size, level=level)  # fmt: skip
    return mean_over_readers(values, *tables, method=method, level=level, bounds=bounds)
