"""Agreement of readers with themselves: the same cases read twice."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from readerstudy.stats.agreement.cohen import cohen_kappa
from readerstudy.stats.agreement.panel import percent_agreement
from readerstudy.stats.agreement.ratings import Agreement, Weights
from readerstudy.stats.inputs import numbers
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import Estimate, StatisticsInputError
from readerstudy.stats.summary import t_interval_of_mean

_TABLE = 2
_NOBODY = "No reader has a kappa: nobody used two categories on cases read twice."


@dataclass(frozen=True)
class IntraReader(Rendered):
    """Each reader's κ and share of equal ratings between two readings, and the means over the readers who have them.

    The means' intervals are Student's over readers. `left_out` counts readers whose κ is not defined.
    """

    kappa: tuple[Agreement, ...]
    agreement: tuple[Agreement, ...]
    mean_kappa: Estimate
    mean_agreement: Estimate
    left_out: int


def intra_reader(
    first: ArrayLike,
    second: ArrayLike,
    weights: Weights | str | ArrayLike = Weights.NOMINAL,
    level: float = 0.95,
) -> IntraReader:
    """From the first and the second ratings (J, K) of the same cases by the same readers, NaN for missing.

    Raises StatisticsInputError for unequal shapes.
    """
    tables = [numbers(values, "Ratings") for values in (first, second)]
    if tables[0].shape != tables[1].shape or tables[0].ndim != _TABLE:
        raise StatisticsInputError(f"Both readings must be readers × cases of one shape, not {tables[0].shape} and {tables[1].shape}.")  # fmt: skip
    pairs = list(zip(*tables, strict=True))
    kappa = tuple(cohen_kappa(one, two, weights, level) for one, two in pairs)
    agreement = tuple(percent_agreement([one, two], level=level) for one, two in pairs)
    means = [[row.estimate for row in rows if row.estimate is not None] for rows in (kappa, agreement)]  # fmt: skip
    found, equal = (t_interval_of_mean(values, level) if values else Estimate.undefined(_NOBODY, "", n=0, level=level) for values in means)  # fmt: skip
    return IntraReader(kappa, agreement, found, equal, len(kappa) - len(means[0]))
