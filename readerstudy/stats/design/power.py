"""Power of a planned study: Hillis, Obuchowski, Berbaum, Acad Radiol 2011;18:129."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from readerstudy.stats.design.checks import check_count
from readerstudy.stats.design.components import StandaloneComponents, VarianceComponents
from readerstudy.stats.design.hypothesis import Hypothesis, hypothesis
from readerstudy.stats.design.terms import ErrorTerms, Model
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, StatisticsInputError, refuse_not_finite

AnyComponents = VarianceComponents | StandaloneComponents
_RANDOM = {
    Model.RRRC: "readers and cases random",
    Model.FRRC: "readers fixed, cases random",
    Model.RRFC: "readers random, cases fixed",
}
_ONE_READER = "With one reader the variance between readers cannot be estimated."
_NO_VARIANCE = (
    "The components give the effect no variance: there is nothing to estimate an error from."
)


@dataclass(frozen=True)
class Power(Rendered):
    """The probability that a planned study shows what it is to show. Where a part is None, `reason` says why.

    `distribution` names that of the statistic, `ncp` is its noncentrality parameter, `critical` the value to exceed
    and `df` its (denominator) degrees of freedom, None where they are infinite. `se` is the planned standard error.
    """

    power: float | None
    effect: float
    margin: float | None
    alpha: float
    n_readers: int
    n_cases: int
    se: float
    distribution: str
    ncp: float | None
    df: float | None
    critical: float | None
    method: str
    source: str
    reason: str | None = None

    def __post_init__(self) -> None:
        """Raises ArithmeticError for a number that is not finite."""
        refuse_not_finite(asdict(self))


@dataclass(frozen=True)
class PowerGrid(Rendered):
    """Power (readers × cases), one row for each number of readers; None where one reader gives no variance."""

    readers: tuple[int, ...]
    cases: tuple[int, ...]
    power: tuple[tuple[float | None, ...], ...]
    effect: float
    margin: float | None
    alpha: float
    method: str
    source: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the grid as one object for each number of readers."""
        names = [f"{cases} cases" for cases in self.cases]
        rows = [
            {"readers": readers, **dict(zip(names, row, strict=True))}
            for readers, row in zip(self.readers, self.power, strict=True)
        ]
        return {**super().as_dict(), "power": rows}


def power(
    components: AnyComponents,
    n_readers: int,
    n_cases: int,
    effect: float,
    *,
    alpha: float | None = None,
    analysis: Model | str = Model.RRRC,
    margin: float | None = None,
) -> Power:
    """Power of a fully crossed study of `n_readers` and `n_cases` for a true difference `effect`.

    The cases have the pilot's share of positives. With `VarianceComponents` the difference is that of two modalities,
    with `StandaloneComponents` that of an algorithm and the mean of the readers. Superiority is tested two-sided
    (alpha 0.05), by the noncentral F, or chi-square for fixed readers; with a `margin` the test is one-sided against
    a difference of −margin (alpha 0.025), by the noncentral t with the shift effect + margin. Raises
    StatisticsInputError for an unknown analysis and for numbers out of range.
    """
    check_count(n_readers, "readers")
    check_count(n_cases, "cases")
    model, question = model_named(analysis), hypothesis(effect, alpha=alpha, margin=margin)
    terms = components.terms(model)
    J, K = np.array(float(n_readers)), np.array(float(n_cases))
    se, df = float(terms.standard_error(J, K)), float(terms.df(J, K))
    method = method_of(components, model, margin)
    reason = _reason(model, n_readers, se)
    if reason:
        return Power(None, effect, margin, question.alpha, n_readers, n_cases, se, "none", None, None, None, method, components.source, reason)  # fmt: skip
    found = float(question.power(np.array(se), np.array(df)))
    distribution, ncp, critical = _statistic(question, se, df)
    return Power(found, effect, margin, question.alpha, n_readers, n_cases, se, distribution, ncp, df if math.isfinite(df) else None, critical, method, components.source)  # fmt: skip


def power_grid(
    components: AnyComponents,
    readers: Sequence[int],
    cases: Sequence[int],
    effect: float,
    *,
    alpha: float | None = None,
    analysis: Model | str = Model.RRRC,
    margin: float | None = None,
) -> PowerGrid:
    """The power of every number of readers with every number of cases; the rest as `power`."""
    for counts, what in ((readers, "readers"), (cases, "cases")):
        if not len(counts):
            raise StatisticsInputError(f"Give at least one number of {what}.")
        for count in counts:
            check_count(count, what)
    model, question = model_named(analysis), hypothesis(effect, alpha=alpha, margin=margin)
    found = powers(components.terms(model), question, np.array(readers, dtype=float)[:, np.newaxis], np.array(cases, dtype=float))  # fmt: skip
    table = tuple(
        (None,) * len(cases) if _reason(model, J, 1.0) else tuple(row.tolist())
        for J, row in zip(readers, found, strict=True)
    )
    return PowerGrid(tuple(readers), tuple(cases), table, effect, margin, question.alpha, method_of(components, model, margin), components.source)  # fmt: skip


def powers(
    terms: ErrorTerms, question: Hypothesis, n_readers: FloatArray, n_cases: FloatArray
) -> FloatArray:
    """Power for arrays of counts that broadcast; either may be infinite, one random reader counts as 0."""
    se, df = terms.standard_error(n_readers, n_cases), terms.df(n_readers, n_cases)
    found = question.power(se, np.maximum(df, np.finfo(float).tiny))
    return np.where(df > 0, found, 0.0)


def model_named(name: Model | str) -> Model:
    """Raises StatisticsInputError for an unknown name."""
    try:
        return Model(name)
    except ValueError as error:
        raise StatisticsInputError(f"The analysis must be one of {', '.join(Model)}, not {name}.") from error  # fmt: skip


def method_of(components: AnyComponents, model: Model, margin: float | None) -> str:
    """The method in words."""
    difference = isinstance(components, VarianceComponents)
    what = "Difference of two modalities" if difference else "Algorithm against the mean of readers"
    test = "superiority, two-sided" if margin is None else "non-inferiority, one-sided"
    return f"{what}, {_RANDOM[model]}; {test} (Hillis, Obuchowski, Berbaum 2011)"


def _reason(model: Model, n_readers: int, se: float) -> str | None:
    if n_readers == 1 and model is not Model.FRRC:
        return _ONE_READER
    return _NO_VARIANCE if se == 0 else None


def _statistic(question: Hypothesis, se: float, df: float) -> tuple[str, float, float]:
    """Distribution, noncentrality and critical value: F and chi-square are the squares of t and normal."""
    ncp, critical = question.shift / se, float(question.critical(np.array(df)))
    fixed = not math.isfinite(df)
    if question.margin is not None:
        return "normal" if fixed else "noncentral t", ncp, critical
    return "noncentral chi-square" if fixed else "noncentral F", ncp**2, critical**2
