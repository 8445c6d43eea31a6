"""How many cases or readers a study needs."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from readerstudy.stats.design.checks import check_count, check_share
from readerstudy.stats.design.hypothesis import hypothesis
from readerstudy.stats.design.power import AnyComponents, method_of, model_named, powers
from readerstudy.stats.design.terms import Model
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import FloatArray, StatisticsInputError, refuse_not_finite

# Two positive and two negative cases: fewer have no variance.
_FEWEST_CASES = 4
_MOST = 10**9
# Neighbours in the search differ by at most one per cent, and by one up to about a hundred.
_STEPS = 2000
_PowerOf = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class SampleSize(Rendered):
    """The smallest number of cases or readers that gives the power asked for. None with a `reason` if none does.

    `power` is what that number gives, `limit` the power that is approached with ever more of them.
    """

    n: int | None
    counted: str
    target: float
    power: float | None
    limit: float
    effect: float
    margin: float | None
    alpha: float
    method: str
    source: str
    reason: str | None = None

    def __post_init__(self) -> None:
        """Raises ArithmeticError for a number that is not finite."""
        refuse_not_finite(asdict(self))


def cases_needed(
    components: AnyComponents,
    n_readers: int,
    target: float,
    effect: float,
    *,
    alpha: float | None = None,
    analysis: Model | str = Model.RRRC,
    margin: float | None = None,
) -> SampleSize:
    """The smallest number of cases, of the pilot's share of positives, with power >= `target` for `n_readers`.

    With few readers the power may fall again with more cases, as the degrees of freedom approach J − 1; a `reason`
    beside the number says so. Raises StatisticsInputError as `power`, and for one reader where readers are random.
    """
    check_count(n_readers, "readers")
    model = model_named(analysis)
    if n_readers == 1 and model is not Model.FRRC:
        raise StatisticsInputError("A study with random readers needs two readers or more.")
    terms, question = components.terms(model), hypothesis(effect, alpha=alpha, margin=margin)
    J = np.array(float(n_readers))
    return _sample_size(
        lambda cases: powers(terms, question, J, cases),
        "cases",
        _FEWEST_CASES,
        target=target,
        facts=(effect, margin, question.alpha, method_of(components, model, margin), components.source),
    )  # fmt: skip


def readers_needed(
    components: AnyComponents,
    n_cases: int,
    target: float,
    effect: float,
    *,
    alpha: float | None = None,
    analysis: Model | str = Model.RRRC,
    margin: float | None = None,
) -> SampleSize:
    """The smallest number of readers with power >= `target` for `n_cases`. Raises StatisticsInputError as `power`."""
    check_count(n_cases, "cases")
    model = model_named(analysis)
    terms, question = components.terms(model), hypothesis(effect, alpha=alpha, margin=margin)
    K = np.array(float(n_cases))
    return _sample_size(
        lambda readers: powers(terms, question, readers, K),
        "readers",
        1 if model is Model.FRRC else 2,
        target=target,
        facts=(effect, margin, question.alpha, method_of(components, model, margin), components.source),
    )  # fmt: skip


def _sample_size(
    power_of: _PowerOf,
    counted: str,
    first: int,
    *,
    target: float,
    facts: tuple[float, float | None, float, str, str],
) -> SampleSize:
    check_share(target, "The power asked for")
    limit = float(power_of(np.array(np.inf)))
    n = smallest(power_of, first, target)
    if n is None:
        reason = (
            f"With ever more {counted} the power approaches {limit:.4f}, which is below {target}."
        )
        if limit >= target:
            reason = f"More than {_MOST:,} {counted} would be needed."
        return SampleSize(None, counted, target, None, limit, *facts, reason)
    falls = f"With ever more {counted} the power falls again, to {limit:.4f}." if limit < target else None  # fmt: skip
    found = float(power_of(np.array(float(n))))
    return SampleSize(n, counted, target, found, limit, *facts, falls)


def smallest(power_of: _PowerOf, first: int, target: float) -> int | None:
    """The smallest n from `first` to 10⁹ with power >= target, whose predecessor is below it; None if there is none.

    The first of geometrically spaced numbers that reaches the target brackets it, and bisection finds it. RJafroc
    steps by one and gives up at 2000 cases.
    """
    grid = np.unique(np.geomspace(first, _MOST, _STEPS).round())
    reached = np.flatnonzero(power_of(grid) >= target)
    if not reached.size:
        return None
    high = int(grid[reached[0]])
    low = int(grid[reached[0] - 1]) if reached[0] else high - 1
    while high - low > 1:
        middle = (low + high) // 2
        if float(power_of(np.array(float(middle)))) >= target:
            high = middle
        else:
            low = middle
    return high
