"""Binormal ROC curves by maximum likelihood.

Dorfman and Alf, J Math Psychol 1969;6:487; continuous scores by truth-state runs: Metz, Herman, Shen, Stat Med
1998;17:1033; the proper model: Metz and Pan, J Math Psychol 1999;43:1, and Pesce and Metz, Acad Radiol 2007;14:814.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from readerstudy.stats.binormal.categories import CONSTANT, PERFECT, Categories, truth_state_runs
from readerstudy.stats.binormal.cells import Model
from readerstudy.stats.binormal.curve import Curve
from readerstudy.stats.binormal.newton import Maximum, maximise
from readerstudy.stats.binormal.result import (
    NO_INFORMATION,
    NORMAL,
    BinormalFit,
    metz_parameters,
    on_probit,
)
from readerstudy.stats.inputs import check_level, read_only
from readerstudy.stats.result import Estimate
from readerstudy.stats.tails import quantile

_METHODS = {
    Model.CONVENTIONAL: "Binormal model by maximum likelihood (Dorfman and Alf 1969; truth-state runs, Metz, Herman and Shen 1998)",
    Model.PROPER: "Proper binormal model by maximum likelihood (Metz and Pan 1999)",
}
_NOT_FOUND = (
    "No maximum of the likelihood was found: the fit runs towards a curve of straight lines."
)
_TOO_FEW = "The curve has a single point between its ends: two parameters cannot be told from it."
_ON_EDGES = "All points of the curve lie on the edges of the unit square: degenerate data."
_INVERTED = "The scores separate the classes perfectly, but the wrong way round; a proper curve is never below chance."
_EDGE = "The best fit has d_a = 0, the edge of the model, where it has no standard error."
# |a / (1 − b)| below which the hook can be seen.
_VISIBLE = 3.0
# Around a = 0 the proper likelihood changes with a⁴ only: the search stops before it is there.
_AT_EDGE = 0.02


def fit_binormal(truth: ArrayLike, score: ArrayLike, level: float = 0.95) -> BinormalFit:
    """The conventional binormal curve of one reading (K,). Raises StatisticsInputError as `checked_readings`.

    Standard errors from the observed information; a is shown with a normal interval, b with one of log b, the area with
    one of a / √(1 + b²).
    """
    check_level(level)
    categories = truth_state_runs(truth, score)
    reason = categories.degenerate()
    if reason:
        return _without_fit(Model.CONVENTIONAL, categories, reason, level, degenerate=True)
    starts = (_regression(categories), (1.0, 0.0))
    return _fitted(Model.CONVENTIONAL, categories, starts, level)


def fit_proper_binormal(truth: ArrayLike, score: ArrayLike, level: float = 0.95) -> BinormalFit:
    """The proper binormal curve of one reading (K,), whose area is at least ½. Else as above.

    The likelihood may have several maxima: the best one from three starting points is taken.
    """
    check_level(level)
    categories = truth_state_runs(truth, score)
    reason = _no_proper_fit(categories)
    if reason:
        return _without_fit(Model.PROPER, categories, reason, level, degenerate=True)
    a, beta = _regression(categories)
    return _fitted(Model.PROPER, categories, ((max(a, 0.3), beta), (0.3, 0.2), (0.3, -0.2)), level)


def _no_proper_fit(categories: Categories) -> str | None:
    boundaries, perfect = categories.positive.size - 1, categories.perfect()
    if not boundaries:
        return CONSTANT
    if perfect is not None:
        return PERFECT.format(1) if perfect else _INVERTED
    if not categories.has_interior_point():
        return _ON_EDGES
    return _TOO_FEW if boundaries == 1 else None


def _regression(categories: Categories) -> tuple[float, float]:
    """A line through the normal deviates of the curve's points, half a case away from 0 and 1."""
    totals = np.array(categories.totals)[:, np.newaxis]
    x, y = ndtri((categories.above + 0.5) / (totals + 1))
    spread = float(x.std()), float(y.std())
    b = min(max(spread[1] / spread[0], 0.2), 5.0) if min(spread) > 0 else 1.0
    return float(y.mean() - b * x.mean()), math.log(b)


def _fitted(
    model: Model, categories: Categories, starts: Iterable[tuple[float, float]], level: float
) -> BinormalFit:
    found = [maximise(model, categories.counts, *start) for start in starts]
    reached = [one for one in found if one.converged]
    if not reached:
        return _without_fit(model, categories, _NOT_FOUND, level, degenerate=False)
    return _of_maximum(model, categories, max(reached, key=lambda one: one.log_likelihood), level)


def _of_maximum(model: Model, categories: Categories, best: Maximum, level: float) -> BinormalFit:
    n0, n1 = categories.totals
    proper = model is Model.PROPER
    a, beta = float(abs(best.a) if proper else best.a), float(best.beta)
    covariance = None if proper and a < _AT_EDGE else best.covariance
    reason = None if covariance is not None else _EDGE if best.covariance is not None else NO_INFORMATION  # fmt: skip
    curve, names, b = Curve(model, a, beta), _METHODS[model], math.exp(beta)
    told = Estimate.undefined(reason or "", f"{names}; {NORMAL}; n = cases", n=n0 + n1, level=level)
    if covariance is None:
        parameters = replace(told, value=a), replace(told, value=b)
    else:
        told, errors = replace(told, reason=None), np.sqrt(np.diag(covariance)).tolist()
        parameters = _parameter(a, errors[0], told, logarithm=False), _parameter(b, errors[1], told, logarithm=True)  # fmt: skip
    area = on_probit(curve.auc, curve.auc_gradient, covariance, names, level=level, n=n0 + n1)
    d_a, c = metz_parameters(a, beta) if proper else (None, None)
    improper, crossing = (None, None) if proper else _hook(a, beta)
    return BinormalFit(
        model.value, *parameters, area, d_a, c, degenerate=False, converged=True, improper=improper,
        chance_crossing=crossing, log_likelihood=float(best.log_likelihood), n_positive=n1, n_negative=n0,
        reason=reason, covariance=covariance, boundaries=read_only(best.u),
    )  # fmt: skip


def _parameter(value: float, se: float, told: Estimate, *, logarithm: bool) -> Estimate:
    """A parameter with a normal interval, or with one of its logarithm, whose standard error `se` then is."""
    half = quantile(told.level) * se
    if logarithm:
        factor = math.exp(half)
        return replace(told, value=value, low=value / factor, high=value * factor, se=value * se)
    return replace(told, value=value, low=value - half, high=value + half, se=se)


def _hook(a: float, beta: float) -> tuple[bool, float | None]:
    """Whether the curve visibly crosses the chance line, and at which FPF it crosses: Φ(a / (1 − b))."""
    gap = -math.expm1(beta)
    if abs(a) >= abs(gap) * 8:  # beyond, Φ is 0 or 1 to the last digit
        return False, None
    return abs(a) < _VISIBLE * abs(gap), float(ndtr(a / gap))


def _without_fit(
    model: Model, categories: Categories, reason: str, level: float, *, degenerate: bool
) -> BinormalFit:
    n0, n1 = categories.totals
    method = f"{_METHODS[model]}; n = cases"
    nothing = Estimate.undefined(reason, method, n=n0 + n1, level=level)
    value = None if model is Model.PROPER and reason == _INVERTED else categories.perfect()
    area = Estimate.undefined(reason, method, value=value, n=n0 + n1, level=level)
    return BinormalFit(
        model.value, nothing, nothing, area, None, None, degenerate=degenerate, converged=False, improper=None,
        chance_crossing=None, log_likelihood=None, n_positive=n1, n_negative=n0, reason=reason,
        covariance=None, boundaries=None,
    )  # fmt: skip
