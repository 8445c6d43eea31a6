"""Every reader's agreement with the majority of the other readers, and with the CNN at its threshold."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.panel import (
    Panel,
    Part,
    calls_of,
    part_or_reason,
    short,
    spread,
)
from readerstudy.results.table import ModelScores
from readerstudy.stats import wilson
from readerstudy.stats.agreement import cohen_kappa, pairwise_kappa
from readerstudy.stats.crowd import TieRule
from readerstudy.stats.crowd.votes import majority

MAJORITY = (
    "Each reader against the majority of all other readers; cases on which the others are tied do not count. Cohen's "
    "kappa with the asymptotic interval of Fleiss, Cohen and Everitt 1969, share of equal decisions with Wilson's"
)
CNN = (
    "Each reader against each training run at the threshold of its card: Cohen's kappa and the share of equal decisions, "
    "mean and range over runs"
)
_NO_KAPPA = "Reader and CNN have no kappa: both are always of one opinion."
_TIE = 0.5


def with_majority(panel: Panel) -> Part:
    """Kappa and equal decisions of each reader with the vote of the others."""
    yes = panel.decision == 1
    answered = panel.decision >= 0
    vote = majority(yes.sum(axis=0) - yes, answered.sum(axis=0) - answered, TieRule.HALF)
    vote[vote == _TIE] = np.nan
    rows = zip(panel.readers, panel.choices, vote, strict=True)
    return {
        "method": MAJORITY,
        "readers": [
            {"code": reader.code, "group": reader.group, **_with(own, others, panel.level)}
            for reader, own, others in rows
        ],
    }


def _with(own: NDArray[np.float64], others: NDArray[np.float64], level: float) -> Part:
    kappa = cohen_kappa(own, others, level=level)
    counted = ~np.isnan(own) & ~np.isnan(others)
    equal = int((own == others)[counted].sum())
    return {
        "n_cases": int(counted.sum()),
        "kappa": {"value": kappa.estimate, "low": kappa.low, "high": kappa.high}
        | ({"reason": kappa.reason} if kappa.reason else {}),
        "equal": short(wilson(equal, int(counted.sum()), level)),
    }


def with_models(panel: Panel) -> list[Part]:
    """The same for every model, or why there is none of it."""
    return [
        {"model": model.name, **part_or_reason(partial(_with_model, panel, model))}
        for model in panel.table.models
    ]


def _with_model(panel: Panel, model: ModelScores) -> Part:
    calls = calls_of(model)
    count = len(panel.readers)
    kappa = pairwise_kappa(np.vstack([panel.choices, calls]))[:count, count:]
    read = ~np.isnan(panel.choices)
    equal = np.stack([((panel.choices == run) & read).sum(axis=1) for run in calls], axis=1)
    share = equal / read.sum(axis=1)[:, np.newaxis]
    rows = zip(panel.readers, kappa.tolist(), share.tolist(), strict=True)
    return {
        "method": CNN,
        "runs": int(calls.shape[0]),
        "readers": [
            {
                "code": reader.code,
                "group": reader.group,
                "kappa": spread(own, _NO_KAPPA),
                "equal": spread(shares, ""),
            }
            for reader, own, shares in rows
        ],
    }
