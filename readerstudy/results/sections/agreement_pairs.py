"""Cohen's kappa of every two readers, in an order in which rank groups stand together."""

import itertools

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.panel import Panel, Part, numbers_or_none
from readerstudy.stats.agreement import pairwise_kappa

METHOD = (
    "Cohen's kappa (1960) of two readers' decisions on the cases that both graded; means are over the pairs that have "
    "one (of all pairs: Light 1971), without intervals"
)
# The triangle of 200 readers has 19,900 numbers: more than that is no picture any more.
MOST_READERS = 200
_TOO_MANY = "With more than {} readers the kappas of single pairs are not kept, only their means."


def pairs(panel: Panel) -> Part:
    """The upper triangle, row by row, and the means per reader, within groups and between them.

    Readers are ordered by group and code, and `triangle` gives the pairs (1, 2), (1, 3), ..., (2, 3), ... of that order.
    A pair without a kappa (both always of one opinion, no common case) is None.
    """
    order = _order(panel)
    table = pairwise_kappa(panel.choices)[np.ix_(order, order)]
    upper = table[np.triu_indices(order.size, 1)]
    few = order.size <= MOST_READERS
    return {
        "method": METHOD,
        "readers": _readers(panel, order, table),
        "triangle": numbers_or_none(upper) if few else None,
        "reason": None if few else _TOO_MANY.format(MOST_READERS),
        "mean": _mean(upper),
        "undefined": int(np.isnan(upper).sum()),
        "groups": _groups(panel, order, table),
    }


def _order(panel: Panel) -> NDArray[np.intp]:
    rank = {name: place for place, name in enumerate(panel.table.group_order)}
    keys = [(rank.get(one.group, len(rank)), one.code) for one in panel.readers]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.intp)


def _readers(panel: Panel, order: NDArray[np.intp], table: NDArray[np.float64]) -> list[Part]:
    others = table.copy()
    np.fill_diagonal(others, np.nan)
    return [
        {
            "code": panel.readers[place].code,
            "group": panel.readers[place].group,
            "mean": _mean(row),
            "undefined": int(np.isnan(row).sum()) - 1,
        }
        for place, row in zip(order, others, strict=True)
    ]


def _groups(panel: Panel, order: NDArray[np.intp], table: NDArray[np.float64]) -> list[Part]:
    """The mean of the pairs within each group and of those between each two."""
    members = [(name, np.flatnonzero(chosen[order])) for name, chosen in panel.groups[1:]]
    upper = np.triu(np.ones(table.shape, np.bool_), 1)
    found = []
    for (a, rows), (b, columns) in itertools.combinations_with_replacement(members, 2):
        block = np.ix_(rows, columns)
        # Within a group each pair stands twice; the order makes the block of two groups lie above the diagonal.
        values = table[block][upper[block]]
        found.append({"a": a, "b": b, "pairs": int(values.size), "mean": _mean(values)})
    return found


def _mean(values: NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None
