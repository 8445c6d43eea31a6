"""Intervals on the logit scale, for areas and rates near their bounds."""

import math

from scipy.special import expit

from readerstudy.stats.mrmc.results import ModalityMean
from readerstudy.stats.tails import quantile

_AT_A_BOUND = "At 0 or 1 the logit scale has no interval."


def logit_limits(
    value: float, se: float, *, df: float | None = None, level: float = 0.95
) -> tuple[float, float] | None:
    """Limits of a value between 0 and 1: logit ± t SE / (value (1 − value)), transformed back; None at 0 and 1.

    The delta method (Pepe, The Statistical Evaluation of Medical Tests, 2003, §5.2.5). `df` None: normal.
    """
    if not 0 < value < 1:
        return None
    centre = math.log(value / (1 - value))
    half = quantile(level, df) * se / (value * (1 - value))
    return float(expit(centre - half)), float(expit(centre + half))


def mean_on_logit_scale(mean: ModalityMean, level: float = 0.95) -> ModalityMean:
    """A modality's mean with its limits on the logit scale: they cover better near 1, where the t interval is short.

    Without limits, and with the reason, at 0 and 1 and where there is no standard error.
    """
    limits = None if mean.se is None else logit_limits(mean.estimate, mean.se, df=mean.df, level=level)  # fmt: skip
    if limits is None:
        return ModalityMean(mean.modality, mean.estimate, mean.se, mean.df, None, None, mean.reason or _AT_A_BOUND)  # fmt: skip
    return ModalityMean(mean.modality, mean.estimate, mean.se, mean.df, *limits, mean.reason)
