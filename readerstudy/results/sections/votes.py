"""Counts of votes on each case, where nobody knows who voted for what: the share of positive votes as a score."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.table import ReadingTable, Votes

METHOD = (
    "The share of positive votes among all votes on a case as its score: AUC with DeLong's interval, cases random and the "
    "voters fixed; sensitivity and specificity of the majority (a share above one half) with Wilson's interval. Nothing "
    "is said of single readers or of their variance."
)
_HALF = 0.5


def votes(table: ReadingTable) -> dict[str, Any]:
    """Every group's vote shares against the truth. Raises NotComputableError where single readers are known."""
    if not table.votes:
        raise NotComputableError("The answers of single readers are known.")
    return {
        "method": METHOD,
        "estimands": ["E12"],
        "groups": [_group(table.truth, one) for one in table.votes],
        "cases": [
            {
                "case": case,
                "malignant": int(table.truth[column]),
                "diagnosis": table.diagnosis[column],
                "shares": [_share(one, column) for one in table.votes],
                "totals": [int(one.total[column]) for one in table.votes],
            }
            for column, case in enumerate(table.case_ids)
        ],
    }


def _share(one: Votes, column: int) -> float | None:
    return float(one.positive[column] / one.total[column]) if one.total[column] else None


def _group(truth: NDArray[np.int64], one: Votes) -> dict[str, Any]:
    """Cases without a vote are left out, and counted."""
    voted = one.total > 0
    labels, share = truth[voted], one.positive[voted] / one.total[voted]
    called, curve = share > _HALF, stats.empirical_roc(labels, share)
    positive, negative = labels == 1, labels == 0
    return {
        "group": one.group,
        "cases": int(voted.sum()),
        "without_votes": int((~voted).sum()),
        "votes": int(one.total.sum()),
        "votes_per_case": float(np.median(one.total[voted])) if voted.any() else None,
        "auc": stats.auc_interval(labels, share).as_dict(),
        "roc": {"fpf": curve.fpf.tolist(), "tpf": curve.tpf.tolist()},
        "sensitivity": _rate(int(called[positive].sum()), int(positive.sum())),
        "specificity": _rate(int((~called)[negative].sum()), int(negative.sum())),
    }


def _rate(right: int, of: int) -> dict[str, Any]:
    return stats.wilson(right, of).as_dict()
