"""What the fit of a binormal curve gives, and the rates and areas of the fitted curve."""

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from readerstudy.stats.binormal.cells import Model, density
from readerstudy.stats.binormal.curve import Curve, to_metz
from readerstudy.stats.figures import Axis
from readerstudy.stats.figures.base import named_choice
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, FloatArray, StatisticsInputError
from readerstudy.stats.tails import quantile

_SOURCE = {
    Model.CONVENTIONAL: "binormal model by maximum likelihood",
    Model.PROPER: "proper binormal model by maximum likelihood",
}
NORMAL = "normal interval from the observed information"
ON_PROBIT = "delta method on the scale of the normal deviate"
NO_INFORMATION = "The observed information is not positive definite: there is no standard error."
_AT_END = "The fitted rate is 0 or 1 to the last digit: it has no normal deviate."


@dataclass(frozen=True, eq=False)
class BinormalFit(Rendered):
    """A fitted binormal ROC curve; what could not be fitted is None, and `reason` says why.

    Conventional: TPF = Φ(a + b Φ⁻¹(FPF)), in the scores' own latent normal distributions (negative N(0, 1)). Proper: the
    curve of their likelihood ratio, which never crosses the chance line; its parameters are also d_a and c of Metz and
    Pan. `improper`: the conventional curve crosses the chance line within FPF 0.0013 to 0.9987, that is |a / (1 − b)| < 3,
    the mean-to-sigma ratio (Hillis and Berbaum, Acad Radiol 2011;18:143); `chance_crossing` is the FPF there.
    `covariance` (2, 2) is that of a and log b, `boundaries` (m,) are on the latent scale. Degenerate: the likelihood has no
    maximum; a perfect reading has only an area.
    """

    model: str
    a: Estimate
    b: Estimate
    auc: Estimate
    d_a: float | None
    c: float | None
    degenerate: bool
    converged: bool
    improper: bool | None
    chance_crossing: float | None
    log_likelihood: float | None
    n_positive: int
    n_negative: int
    reason: str | None
    covariance: FloatArray | None = field(repr=False)
    boundaries: FloatArray | None = field(repr=False)

    def sensitivity_at(self, specificity: float, level: float = 0.95) -> Estimate:
        """Sensitivity of the fitted curve at a specificity. Raises StatisticsInputError outside 0 to 1."""
        _check_rates(specificity)
        return self._rate("Sensitivity", specificity, "specificity", level)

    def specificity_at(self, sensitivity: float, level: float = 0.95) -> Estimate:
        """Specificity of the fitted curve at a sensitivity. Raises StatisticsInputError outside 0 to 1."""
        _check_rates(sensitivity)
        return self._rate("Specificity", sensitivity, "sensitivity", level)

    def partial_auc(
        self, low: float, high: float, *, of: str = Axis.SPECIFICITY, level: float = 0.95
    ) -> Estimate:
        """The area between two specificities, ∫ TPF dFPF, or two sensitivities, ∫ specificity dTPF; not rescaled.

        The interval is that of the mean height over the range. Raises StatisticsInputError unless 0 ≤ low < high ≤ 1.
        """
        _check_rates(low, high)
        by_specificity = named_choice(Axis, of, "rate") is Axis.SPECIFICITY
        if not low < high:
            raise StatisticsInputError(f"A partial area needs two rates low < high, not {low:g} and {high:g}.")  # fmt: skip
        method = f"Partial AUC over {of} {low:g} to {high:g}, "
        curve = self._curve()
        if curve is None:
            return self._nothing(method, level)
        ends = (1 - high, 1 - low) if by_specificity else (low, high)
        area, slopes = curve.partial_area(*ends, given=0 if by_specificity else 1)
        width = high - low
        return self._told(area / width, slopes / width, method, level, width)

    def _rate(self, rate: str, at: float, given: str, level: float) -> Estimate:
        method, curve = f"{rate} at {given} {at:g}, ", self._curve()
        if curve is None:
            return self._nothing(method, level)
        if given == "specificity":
            value, slopes = curve.sensitivity(np.array([1 - at]))
        else:
            value, slopes = curve.specificity(np.array([at]))
        return self._told(float(value[0]), slopes[:, 0], method, level)

    def _curve(self) -> Curve | None:
        if self.a.value is None or self.b.value is None:
            return None
        return Curve(Model(self.model), self.a.value, math.log(self.b.value))

    def _nothing(self, method: str, level: float) -> Estimate:
        told = method + _SOURCE[Model(self.model)]
        return Estimate.undefined(self.reason or "", told, n=self.n_positive + self.n_negative, level=level)  # fmt: skip

    def _told(
        self, value: float, slopes: FloatArray, method: str, level: float, scale: float = 1.0
    ) -> Estimate:
        told, n = method + _SOURCE[Model(self.model)], self.n_positive + self.n_negative
        return on_probit(value, slopes, self.covariance, told, level=level, n=n, scale=scale)


def on_probit(
    value: float,
    slopes: FloatArray,
    covariance: FloatArray | None,
    method: str,
    *,
    level: float,
    n: int,
    scale: float = 1.0,
) -> Estimate:
    """A value between 0 and 1 times `scale`, with its standard error and the limits Φ(Φ⁻¹(value) ± z SE / φ)."""
    told, shown = f"{method}; {ON_PROBIT}; n = cases", value * scale
    if covariance is None:
        return Estimate.undefined(NO_INFORMATION, told, value=shown, n=n, level=level)
    se = math.sqrt(max(float(slopes @ covariance @ slopes), 0.0))
    deviate = float(ndtri(value))
    phi = float(density(np.asarray(deviate)))
    if not phi or not se:
        return Estimate.undefined(_AT_END, told, value=shown, n=n, level=level)
    half = quantile(level) * se / phi
    low, high = (float(ndtr(deviate + side * half)) * scale for side in (-1, 1))
    return Estimate(shown, low, high, told, n=n, se=se * scale, level=level)


def metz_parameters(a: float, beta: float) -> tuple[float, float]:
    """d_a and c, as plain numbers."""
    d_a, c = to_metz(a, beta)
    return float(d_a), float(c)


def _check_rates(*rates: float) -> None:
    for rate in rates:
        if not 0 <= rate <= 1:
            raise StatisticsInputError(f"A rate must lie between 0 and 1, not {rate:g}.")
