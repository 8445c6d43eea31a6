"""The components of Obuchowski and Rockette that simulated readings have: Hillis, Stat Med 2018;37:2067.

The covariance of two areas is a mean over pairs of differences (positive − negative score) of the covariance of the
events that they are positive: for standard normal differences with means x, y and correlation ρ

    Φ₂(x, y; ρ) − Φ(x) Φ(y) = 1/(2π) ∫₀^asin ρ exp(−(x² + y² − 2xy sin t) / (2 cos² t)) dt.
"""

import math
from itertools import product

import numpy as np

from readerstudy.stats.design.components import StandaloneComponents, VarianceComponents
from readerstudy.stats.design.roe_metz import RoeMetz
from readerstudy.stats.result import StatisticsInputError

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)


def expected_components(model: RoeMetz) -> VarianceComponents:
    """Var, Cov1, Cov2, Cov3, σ²_TR and σ²_R of the empirical areas; means over the modalities where these differ.

    Raises StatisticsInputError for one modality, for ordinal categories, and for incomplete designs.
    """
    _check(model)
    if len(model.tau) == 1:
        raise StatisticsInputError("The components of a difference need two modalities.")
    own, shared = model.var_r + model.var_tr, model.var_r
    c, tc, rc = model.var_c, model.var_tc, model.var_rc
    same = [(i, i) for i in range(len(model.tau))]
    other = [(a, b) for a, b in product(range(len(model.tau)), repeat=2) if a != b]
    var_r = _mean_reader(model, other, shared)
    return VarianceComponents(
        var=_mean_error(model, same, own, 1.0),
        cov1=_mean_error(model, other, shared, c + rc),
        cov2=_mean_error(model, same, 0.0, c + tc),
        cov3=_mean_error(model, other, 0.0, c),
        var_tr=_mean_reader(model, same, own) - var_r,
        n_cases=model.n_negative + model.n_positive,
        source="Roe and Metz model (Hillis 2018)",
        n_readers=model.n_readers,
        var_r=var_r,
    )


def expected_standalone_components(model: RoeMetz) -> StandaloneComponents:
    """The components of the differences between the algorithm and the readers.

    Raises StatisticsInputError without an algorithm, for ordinal categories, and for incomplete designs.
    """
    _check(model)
    if model.algorithm is None:
        raise StatisticsInputError("The model has no algorithm.")
    own, case = model.var_r + model.var_tr, model.var_c + model.var_tc
    reader, algorithm = _standardised(model, 0), (model.algorithm, _spread(model, 0.0))
    both = _error(model, reader, algorithm, (0.0, case))
    machine = _error(model, algorithm, algorithm, (0.0, 1.0))
    return StandaloneComponents(
        var=_error(model, reader, reader, (own, 1.0)) + machine - 2 * both,
        cov2=_error(model, reader, reader, (0.0, case)) + machine - 2 * both,
        var_r=_mean_reader(model, [(0, 0)], own),
        n_cases=model.n_negative + model.n_positive,
        source="Roe and Metz model (Hillis 2018)",
        n_readers=model.n_readers,
    )


def _spread(model: RoeMetz, reader_variance: float) -> float:
    """Variance of the difference of a positive and a negative score."""
    return 1 + model.b**-2 + 2 * reader_variance


def _standardised(model: RoeMetz, i: int) -> tuple[float, float]:
    """Mean and variance of a reader's differences in modality i."""
    return model.mu + model.tau[i], _spread(model, model.var_r + model.var_tr)


def _mean_reader(model: RoeMetz, pairs: list[tuple[int, int]], reader: float) -> float:
    """Covariance of the true areas of one reader in two modalities, mean over the pairs."""
    found = [_joint(_standardised(model, a), _standardised(model, b), 2 * reader) for a, b in pairs]
    return math.fsum(found) / len(found)


def _mean_error(model: RoeMetz, pairs: list[tuple[int, int]], reader: float, case: float) -> float:
    found = [
        _error(model, _standardised(model, a), _standardised(model, b), (reader, case))
        for a, b in pairs
    ]
    return math.fsum(found) / len(found)


def _error(
    model: RoeMetz, x: tuple[float, float], y: tuple[float, float], shared: tuple[float, float]
) -> float:
    """Covariance of the errors of two areas that share the variances `shared` of reader and case in each class.

    Of the pairs of pairs of cases some have both cases in common, some one of a class, most none.
    """
    n0, n1 = model.n_negative, model.n_positive
    reader, case = shared
    positive = case / model.b**2
    return (
        _joint(x, y, 2 * reader + case + positive)
        + (n1 - 1) * _joint(x, y, 2 * reader + case)
        + (n0 - 1) * _joint(x, y, 2 * reader + positive)
        + (1 - n0 - n1) * _joint(x, y, 2 * reader)
    ) / (n0 * n1)


def _joint(x: tuple[float, float], y: tuple[float, float], covariance: float) -> float:
    """P(both differences positive) − the product of the two, for normal (mean, variance) x and y."""
    (mean_x, var_x), (mean_y, var_y) = x, y
    a, b = mean_x / math.sqrt(var_x), mean_y / math.sqrt(var_y)
    half = math.asin(min(covariance / math.sqrt(var_x * var_y), 1.0)) / 2
    angle = half * (_NODES + 1)
    # (a − b)² + 2ab (1 − sin t), and cos² t = (1 − sin t)(1 + sin t): nothing cancels as ρ approaches 1.
    sine = np.sin(angle)
    gap = (a - b) ** 2 / (2 * (1 - sine) * (1 + sine)) if a != b else 0.0
    return float(_WEIGHTS @ np.exp(-gap - a * b / (1 + sine)) * half / (2 * math.pi))


def _check(model: RoeMetz) -> None:
    if model.cuts is not None or model.blocks > 1 or model.missing:
        raise StatisticsInputError("The expected components are known for complete studies without categories.")  # fmt: skip
