"""What a 2 × 2 table says of a decision: predictive values, likelihood ratios, Youden's index, accuracy.

Nothing is ever added to an empty cell: an interval that needs its logarithm is left out, with the reason.
"""

import math
from dataclasses import dataclass, replace

from scipy.special import expit, logit

from readerstudy.stats.confusion import ConfusionTable
from readerstudy.stats.further_proportions import wilson_limits
from readerstudy.stats.inputs import check_level
from readerstudy.stats.proportions import wilson
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, StatisticsInputError
from readerstudy.stats.tails import quantile

IN_STUDY = "Wilson score interval, at the study's own prevalence"
AT_PREVALENCE = "Bayes' theorem at prevalence {:g}, interval on the scale of the logit (Mercaldo, Lau, Zhou 2007); n = cases"
LIKELIHOOD_RATIO = "Interval on the scale of the logarithm (Simel, Samsa, Matchar 1991); n = cases"
JOINED = "Wilson's limits of both rates joined by square-and-add (Zou and Donner 2008); n = cases"
INVERTED = "1 / positive predictive value; "
_NO_CLASS = "There is no {what} case."
_NOT_CALLED = "No case was called {what}."
_UNBOUNDED = "No case is a {what}: the ratio has no upper bound."
_EMPTY = "No case is a {what}, so that the logarithm of the likelihood ratio has no standard error."
_ALL_ALIKE = (
    "All cases were called alike, so that the logarithm of the likelihood ratio has no variance."
)
_NAMES = {
    "positive": ("true positive", "false positive"),
    "negative": ("false negative", "true negative"),
}
_NO_TRUE_POSITIVE = "No case is a true positive: however many were biopsied, none was found."


@dataclass(frozen=True)
class TableMeasures(Rendered):
    """Every measure of one table. Predictive values, accuracy and biopsies depend on the prevalence.

    `prevalence` is None where they are those of the study itself, which holds only if its cases were not selected by
    their truth.
    """

    sensitivity: Estimate
    specificity: Estimate
    positive_predictive_value: Estimate
    negative_predictive_value: Estimate
    number_needed_to_biopsy: Estimate
    positive_likelihood_ratio: Estimate
    negative_likelihood_ratio: Estimate
    youden_index: Estimate
    accuracy: Estimate
    balanced_accuracy: Estimate
    prevalence: float | None


def table_measures(
    table: ConfusionTable, *, prevalence: float | None = None, level: float = 0.95
) -> TableMeasures:
    """All measures of this module. Raises StatisticsInputError for a prevalence not between 0 and 1."""
    return TableMeasures(
        table.sensitivity(level),
        table.specificity(level),
        positive_predictive_value(table, prevalence=prevalence, level=level),
        negative_predictive_value(table, prevalence=prevalence, level=level),
        number_needed_to_biopsy(table, prevalence=prevalence, level=level),
        positive_likelihood_ratio(table, level),
        negative_likelihood_ratio(table, level),
        youden_index(table, level),
        accuracy(table, prevalence=prevalence, level=level),
        balanced_accuracy(table, level),
        prevalence,
    )


def predictive_values(
    sensitivity: float, specificity: float, prevalence: float
) -> tuple[float | None, float | None]:
    """PPV and NPV of an operating point in a population of this prevalence, by Bayes' theorem; no interval.

    For means over readers or training runs, which are no counts of cases. None where nobody would be called so. Raises
    StatisticsInputError for a prevalence not between 0 and 1.
    """
    _check_prevalence(prevalence)
    true_positive, true_negative = prevalence * sensitivity, (1 - prevalence) * specificity
    called = true_positive + (1 - prevalence) * (1 - specificity)
    spared = true_negative + prevalence * (1 - sensitivity)
    return (
        true_positive / called if called else None,
        true_negative / spared if spared else None,
    )


def positive_likelihood_ratio(table: ConfusionTable, level: float = 0.95) -> Estimate:
    """Sensitivity / (1 − specificity) (Simel, Samsa, Matchar, J Clin Epidemiol 1991;44:763).

    Standard error of the logarithm: √(1/TP − 1/n1 + 1/FP − 1/n0).
    """
    return _likelihood_ratio(table, "positive", level)


def negative_likelihood_ratio(table: ConfusionTable, level: float = 0.95) -> Estimate:
    """(1 − sensitivity) / specificity; standard error of the logarithm: √(1/FN − 1/n1 + 1/TN − 1/n0). Source as above."""
    return _likelihood_ratio(table, "negative", level)


def positive_predictive_value(
    table: ConfusionTable, *, prevalence: float | None = None, level: float = 0.95
) -> Estimate:
    """Share of positive cases among those called positive: in the study, or in a population of this prevalence.

    There by Bayes, with limits from logit PPV = logit prevalence + log LR+ (Mercaldo, Lau, Zhou, Stat Med 2007;26:2170).
    Raises StatisticsInputError for a prevalence not between 0 and 1.
    """
    if prevalence is None:
        return _in_study(table.tp, table.fp, "positive", level)
    _check_prevalence(prevalence)
    return _by_bayes(table, "positive", (prevalence, 1 - prevalence), level)


def negative_predictive_value(
    table: ConfusionTable, *, prevalence: float | None = None, level: float = 0.95
) -> Estimate:
    """Share of negative cases among those called negative; logit NPV = −logit prevalence − log LR−. Else as above."""
    if prevalence is None:
        return _in_study(table.tn, table.fn, "negative", level)
    _check_prevalence(prevalence)
    return _by_bayes(table, "negative", (prevalence, 1 - prevalence), level)


def number_needed_to_biopsy(
    table: ConfusionTable, *, prevalence: float | None = None, level: float = 0.95
) -> Estimate:
    """Cases called positive for one that is: 1 / PPV, with the limits of the PPV inverted.

    In the study, or in a population of this prevalence. Raises StatisticsInputError as `positive_predictive_value`.
    """
    ppv = positive_predictive_value(table, prevalence=prevalence, level=level)
    method = INVERTED + ppv.method
    if not ppv.value:
        reason = _NO_TRUE_POSITIVE if ppv.value == 0 else ppv.reason
        return replace(ppv, value=None, low=None, high=None, method=method, reason=reason)
    low, high = (None if limit is None else 1 / limit for limit in (ppv.high, ppv.low))
    return replace(ppv, value=1 / ppv.value, low=low, high=high, method=method)


def youden_index(table: ConfusionTable, level: float = 0.95) -> Estimate:
    """Sensitivity + specificity − 1 (Youden, Cancer 1950;3:32), interval after Newcombe, Stat Med 1998;17:873 (no. 10)."""
    total = _weighted(table, 1.0, 1.0, level)
    if total.value is None or total.low is None or total.high is None:
        return total
    return replace(total, value=total.value - 1, low=total.low - 1, high=total.high - 1)


def balanced_accuracy(table: ConfusionTable, level: float = 0.95) -> Estimate:
    """The mean of sensitivity and specificity, with an interval as that of Youden's index."""
    return _weighted(table, 0.5, 0.5, level)


def accuracy(
    table: ConfusionTable, *, prevalence: float | None = None, level: float = 0.95
) -> Estimate:
    """Share of cases called right: in the study (Wilson), or in a population of this prevalence.

    There it is prevalence × sensitivity + (1 − prevalence) × specificity, with the limits of a sum of independent
    proportions (Zou and Donner, Stat Med 2008;27:1693). Raises StatisticsInputError for a prevalence not between 0 and 1.
    """
    if prevalence is not None:
        _check_prevalence(prevalence)
        return _weighted(table, prevalence, 1 - prevalence, level)
    right = table.tp + table.tn
    return replace(wilson(right, right + table.fp + table.fn, level), method=IN_STUDY + "; n = cases")  # fmt: skip


def _check_prevalence(prevalence: float) -> None:
    if not 0 < prevalence < 1:
        raise StatisticsInputError(f"A prevalence must lie between 0 and 1, not {prevalence:g}.")


def _cases(table: ConfusionTable) -> tuple[int, int]:
    return table.tp + table.fn, table.tn + table.fp


def _no_class(table: ConfusionTable) -> str | None:
    """Which class has no case, as a sentence."""
    for count, name in zip(_cases(table), ("positive", "negative"), strict=True):
        if not count:
            return _NO_CLASS.format(what=name)
    return None


def _in_study(right: int, wrong: int, called: str, level: float) -> Estimate:
    method = f"{IN_STUDY}; n = cases called {called}"
    reason = None if right + wrong else _NOT_CALLED.format(what=called)
    return replace(wilson(right, right + wrong, level), method=method, reason=reason)


def _called(table: ConfusionTable, called: str) -> tuple[int, int]:
    """How many of the positive, and of the negative cases were called so."""
    return (table.tp, table.fp) if called == "positive" else (table.fn, table.tn)


def _likelihood_ratio(table: ConfusionTable, called: str, level: float) -> Estimate:
    (x, y), (n1, n0) = _called(table, called), _cases(table)
    half, reason = _half_width(table, called, level)
    if not (y and n1):
        ratio = _UNBOUNDED.format(what=_NAMES[called][1]) if x else _NOT_CALLED.format(what=called)
        reason = _no_class(table) or ratio
        return Estimate.undefined(reason, LIKELIHOOD_RATIO, n=n1 + n0, level=level)
    value = (x / n1) / (y / n0)
    if half is None:
        return Estimate.undefined(reason or "", LIKELIHOOD_RATIO, value=value, n=n1 + n0, level=level)  # fmt: skip
    factor = math.exp(half)
    return Estimate(value, value / factor, value * factor, LIKELIHOOD_RATIO, n=n1 + n0, level=level)


def _by_bayes(
    table: ConfusionTable, called: str, shares: tuple[float, float], level: float
) -> Estimate:
    """A predictive value in a population of these shares of positive and negative cases."""
    method, (x, y), (n1, n0) = AT_PREVALENCE.format(shares[0]), _called(table, called), _cases(table)  # fmt: skip
    half, reason = _half_width(table, called, level)
    if not (x or y) or not (n1 and n0):
        reason = _no_class(table) or _NOT_CALLED.format(what=called)
        return Estimate.undefined(reason, method, n=n1 + n0, level=level)
    positive, negative = shares[0] * x / n1, shares[1] * y / n0
    value = (positive if called == "positive" else negative) / (positive + negative)
    if half is None:
        return Estimate.undefined(reason or "", method, value=value, n=n1 + n0, level=level)
    low, high = (float(expit(logit(value) + side * half)) for side in (-1, 1))
    return Estimate(value, low, high, method, n=n1 + n0, level=level)


def _half_width(table: ConfusionTable, called: str, level: float) -> tuple[float | None, str | None]:  # fmt: skip
    """Of the interval of the logarithm of a likelihood ratio; None with the reason."""
    check_level(level)
    (x, y), (n1, n0) = _called(table, called), _cases(table)
    for count, name in zip((x, y), _NAMES[called], strict=True):
        if not count:
            return None, _EMPTY.format(what=name)
    if (x, y) == (n1, n0):
        return None, _ALL_ALIKE
    return quantile(level) * math.sqrt(1 / x - 1 / n1 + 1 / y - 1 / n0), None


def _weighted(table: ConfusionTable, a: float, b: float, level: float) -> Estimate:
    """The sum a × sensitivity + b × specificity: the distance to a limit is √((a d)² + (b e)²) of those of the two rates."""
    n, missing = sum(_cases(table)), _no_class(table)
    if missing:
        return Estimate.undefined(missing, JOINED, n=n, level=level)
    p, p_low, p_high = wilson_limits(table.tp, table.tp + table.fn, level)
    q, q_low, q_high = wilson_limits(table.tn, table.tn + table.fp, level)
    value = a * p + b * q
    below, above = math.hypot(a * (p - p_low), b * (q - q_low)), math.hypot(a * (p_high - p), b * (q_high - q))  # fmt: skip
    return Estimate(value, value - below, value + above, JOINED, n=n, level=level)
