"""Weighted logistic regression with an offset, by Newton's method."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from readerstudy.stats.result import FloatArray, IntArray

_STEPS = 100
# Lengths of steps, in predicted logits. A step so short has converged: Newton's error then is its square.
_CONVERGED = 1e-9
# So short a step is right without a look at the likelihood, which is flat to rounding there.
_NEAR = 1e-5
# Far from the solution a step may be thousands of logits long.
_LONGEST = 8.0


@dataclass(frozen=True, eq=False)
class Regression:
    """The truth (n,) on a design (n, q) and an offset (n,), with weights (n,) of the cases.

    `strata` (n,) are the groups of fixed size from which the cases were drawn; None for a simple random sample.
    """

    design: FloatArray
    truth: IntArray
    offset: FloatArray
    weights: FloatArray
    strata: IntArray | None = None

    def line(self, beta: FloatArray) -> FloatArray:
        """The predicted logits (n,)."""
        return np.asarray(self.design @ beta + self.offset)

    def length(self, step: FloatArray) -> float:
        """The most by which a step of the coefficients moves a predicted logit."""
        return float(np.abs(self.design @ step).max())

    def likelihood(self, beta: FloatArray) -> float:
        """The weighted log-likelihood."""
        line = self.line(beta)
        return float(self.weights @ (self.truth * line - np.logaddexp(0, line)))

    def scores(self, beta: FloatArray) -> FloatArray:
        """Each case's derivative of the log-likelihood (n, q)."""
        residual = self.weights * (self.truth - expit(self.line(beta)))
        return np.asarray(self.design * residual[:, np.newaxis])

    def information(self, beta: FloatArray) -> FloatArray:
        """The expected and observed information (q, q)."""
        mean = expit(self.line(beta))
        return np.asarray((self.design.T * (self.weights * mean * (1 - mean))) @ self.design)


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """Coefficients (q,) and their covariance (q, q), None where a stratum has a single case."""

    coefficients: FloatArray
    covariance: FloatArray | None


def fit_logistic(regression: Regression) -> LogisticFit | None:
    """The maximum of the weighted likelihood; None where Newton's method does not converge.

    The covariance is the inverse information, or, with strata, the sandwich A⁻¹ (Σ n_s Cov_s(score)) A⁻¹ (Binder, Int
    Stat Rev 1983;51:279).
    """
    beta = np.zeros(regression.design.shape[1])
    for _ in range(_STEPS):
        step = _step(regression, beta)
        if step is None:
            return None
        beta = beta + _shortened(step, beta, regression)
        if regression.length(step) < _CONVERGED:
            return LogisticFit(beta, _covariance(regression, beta))
    return None


def _step(regression: Regression, beta: FloatArray) -> FloatArray | None:
    """Newton's step, of bounded length; None where the information has vanished."""
    try:
        step = np.linalg.solve(regression.information(beta), regression.scores(beta).sum(axis=0))
    except np.linalg.LinAlgError:
        return None
    length = regression.length(step)
    return np.asarray(step * (_LONGEST / max(length, _LONGEST))) if np.isfinite(length) else None


def _shortened(step: FloatArray, beta: FloatArray, regression: Regression) -> FloatArray:
    """The step, halved until the likelihood does not fall."""
    if regression.length(step) < _NEAR:
        return step
    now = regression.likelihood(beta)
    while regression.likelihood(beta + step) < now:
        step = step / 2
    return step


def _covariance(regression: Regression, beta: FloatArray) -> FloatArray | None:
    inverse = np.linalg.inv(regression.information(beta))
    if regression.strata is None:
        return np.asarray(inverse)
    middle = _within_strata(regression.scores(beta), regression.strata)
    return None if middle is None else np.asarray(inverse @ middle @ inverse)


def _within_strata(scores: FloatArray, strata: IntArray) -> FloatArray | None:
    """Σ over strata of n × the covariance of the scores (n, q); None where a stratum has a single case."""
    parts = [scores[strata == stratum] for stratum in np.unique(strata)]
    if min(len(part) for part in parts) < 2:  # noqa: PLR2004 (a variance needs two)
        return None
    return np.asarray(sum(len(part) * np.atleast_2d(np.cov(part.T)) for part in parts))
