"""Readers' performance against their experience: rank correlations and least-squares lines."""

from typing import Any

import numpy as np

from readerstudy import stats
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.panel import Panel, Part, panel_of, short
from readerstudy.results.table import ReadingTable

METHOD = (
    "Every complete reader is one point: sensitivity, specificity, share of cases called right, and AUC over the cases "
    "that the reader rated. Spearman's rank correlation with the interval of Bonett and Wright (2000) on the scale of "
    "Fisher's z and p by Student's t; the least-squares line with Student's interval of its slope. The cases are fixed, "
    "and nothing is adjusted for the number of correlations."
)
EXPERIENCES = (
    "years_of_experience", "years_in_dermatology", "years_of_dermoscopy", "skin_checks_per_week",
)  # fmt: skip
MEASURES = ("sensitivity", "specificity", "accuracy", "auc")
_UNKNOWN = "Nothing is recorded of the readers' experience in numbers."


def experience(table: ReadingTable) -> Part:
    """Points and correlations. Raises NotComputableError where no reader's experience is recorded."""
    panel = panel_of(table)
    points = _points(panel)
    known = [name for name in EXPERIENCES if any(one[name] is not None for one in points)]
    if not known:
        raise NotComputableError(_UNKNOWN)
    return {
        "estimands": ["E5"],
        "method": METHOD,
        "level": panel.level,
        "points": points,
        "correlations": [
            _correlation(points, name, measure, panel.level)
            for name in known
            for measure in MEASURES
        ],
    }


def _points(panel: Panel) -> list[Part]:
    rates = stats.reader_points(panel.truth, panel.decision)
    right = panel.decision == panel.truth
    graded = panel.decision >= 0
    accuracy = right.sum(axis=1) / graded.sum(axis=1)
    return [
        {
            "code": reader.code,
            "group": reader.group,
            **{name: getattr(reader, name) for name in EXPERIENCES},
            "sensitivity": float(rates.sensitivity[row]),
            "specificity": float(rates.specificity[row]),
            "accuracy": float(accuracy[row]),
            "auc": _auc(panel, row),
        }
        for row, reader in enumerate(panel.readers)
    ]


def _auc(panel: Panel, row: int) -> float | None:
    """Over the cases that the reader rated; None without a confidence, when it is the mean of both rates."""
    rated = ~np.isnan(panel.rating[row])
    if not panel.has_confidence:
        return None
    return stats.auc(panel.truth[rated], panel.rating[row, rated])


def _listed(point: tuple[float, float] | None) -> list[float] | None:
    return None if point is None else list(point)


def _correlation(points: list[Part], name: str, measure: str, level: float) -> Part:
    x, y = (_column(points, key) for key in (name, measure))
    rank, line = stats.spearman(x, y, level), stats.least_squares(x, y, level)
    return {
        "experience": name,
        "measure": measure,
        "n": rank.n,
        "spearman": short(rank),
        "slope": short(line.slope),
        "intercept": line.intercept,
        "start": _listed(line.start),
        "end": _listed(line.end),
    }


def _column(points: list[Part], name: str) -> Any:
    return np.array([np.nan if one[name] is None else one[name] for one in points], np.float64)
