"""Readers' sensitivity, specificity and AUC by who they are, and whether the groups differ."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kruskal, mannwhitneyu

from readerstudy import stats
from readerstudy.results.sections.differences import is_full
from readerstudy.results.sections.planned import panel_of
from readerstudy.results.table import ReaderRow, ReadingTable
from readerstudy.stats.reader_means import mean_over_readers

METHOD = (
    "Mean, standard deviation and range over the readers of each group; Student's interval of the mean (readers random, "
    "cases fixed) and the interval with readers and cases random (Obuchowski-Rockette with Hillis df). Groups compared by "
    "Kruskal-Wallis and, up to six groups, each pair by Mann-Whitney, adjusted after Holm within measure and "
    "characteristic. Readers whose characteristic is not known are in no group. Exploratory; the cases count as fixed in "
    "these tests."
)
NO_INTERVAL = "Some grade is missing: the interval with random cases needs all."
ALL_EQUAL = "All readers have the same value."
ONE_GROUP = "One group: there is nothing to compare."
MEASURES = ("sensitivity", "specificity", "auc")
_YEARS = ((3, "0-2"), (10, "3-9"), (20, "10-19"), (np.inf, "20+"))
_CHECKS = ((10, "0-9"), (20, "10-19"), (50, "20-49"), (np.inf, "50+"))
_MOST_IN_PAIRS = 6
Values = NDArray[np.float64]
Members = dict[str, NDArray[np.bool_]]


@dataclass(frozen=True, eq=False)
class _Measured:
    """A measure of J readers: values (J,), and each case's part in them, one table (J, n) a class; none if some is missing."""

    values: Values
    parts: tuple[Values, ...]


def characteristics(table: ReadingTable) -> dict[str, Any]:
    """By rank group, institution, years of experience, certification and skin checks per week, where known.

    Raises NotComputableError where no reader is complete.
    """
    panel = panel_of(table)
    measured = _measured(panel)
    parts = [_part(panel, name, measured, groups) for name, groups in _groups(panel).items()]
    return {"method": METHOD, "estimands": ["E5"], "parts": parts}


def _measured(panel: ReadingTable) -> dict[str, _Measured]:
    points = stats.reader_points(panel.truth, panel.decision)
    if not is_full(panel):
        without = [points.sensitivity, points.specificity, _aucs(panel)]
        return {name: _Measured(values, ()) for name, values in zip(MEASURES, without, strict=True)}
    right = [(panel.decision[:, panel.truth == label] == label).astype(float) for label in (1, 0)]
    components = stats.structural_components(panel.truth, panel.rating)
    return {
        "sensitivity": _Measured(points.sensitivity, (right[0],)),
        "specificity": _Measured(points.specificity, (right[1],)),
        "auc": _Measured(components[0].mean(axis=1), components),
    }


def _aucs(panel: ReadingTable) -> Values:
    graded = ~np.isnan(panel.rating)
    rows = zip(panel.rating, graded, strict=True)
    return np.array([stats.auc(panel.truth[own], row[own]) for row, own in rows])


def _groups(panel: ReadingTable) -> dict[str, Members]:
    """Characteristic → group → its readers (J,); without the characteristics that nobody has told."""
    orders = {
        "rank": (lambda one: one.group, panel.group_order),
        "institution": (
            lambda one: one.institution,
            sorted({one.institution for one in panel.readers}),
        ),
        "experience": (_experience, [name for _limit, name in _YEARS]),
        "certification": (
            lambda one: one.board_certification,
            ("certified", "in_training", "none"),
        ),
        "skin_checks": (
            lambda one: _band(one.skin_checks_per_week, _CHECKS),
            [name for _limit, name in _CHECKS],
        ),
    }
    found = {name: _members(panel, of, order) for name, (of, order) in orders.items()}
    return {name: members for name, members in found.items() if members}


def _members(panel: ReadingTable, of: Callable[[ReaderRow], str], order: Any) -> Members:
    told = np.array([of(reader) for reader in panel.readers], dtype=object)
    return {name: told == name for name in order if name and (told == name).any()}


def _experience(reader: ReaderRow) -> str:
    """The band of the years that the enrolment has, or else the reader's profile."""
    years = reader.years_of_experience
    return _band(reader.years_in_dermatology if years is None else years, _YEARS)


def _band(value: int | None, bands: tuple[tuple[float, str], ...]) -> str:
    return "" if value is None else next(name for limit, name in bands if value < limit)


def _part(
    panel: ReadingTable, name: str, measured: dict[str, _Measured], groups: Members
) -> dict[str, Any]:
    return {
        "characteristic": name,
        "not_known": len(panel.readers) - int(sum(one.sum() for one in groups.values())),
        "groups": [
            {
                "name": group,
                "n": int(own.sum()),
                **{measure: _summary(one, own) for measure, one in measured.items()},
            }
            for group, own in groups.items()
        ],
        "tests": {measure: _tested(one.values, groups) for measure, one in measured.items()},
    }


def _summary(one: _Measured, own: NDArray[np.bool_]) -> dict[str, Any]:
    """Mean, SD and range, and the mean's interval without and with random cases."""
    values = one.values[own]
    return {
        **stats.mean_and_range(values).as_dict(),
        "t_interval": _limits(stats.t_interval_of_mean(values)),
        "interval": _limits(
            mean_over_readers(values, *(part[own] for part in one.parts), bounds=(0.0, 1.0))
        )
        if one.parts
        else {"low": None, "high": None, "reason": NO_INTERVAL},
    }


def _limits(found: stats.Estimate) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("low", "high", "reason")}


def _tested(values: Values, groups: Members) -> dict[str, Any]:
    """Kruskal-Wallis over all groups and Mann-Whitney of every pair, with Holm's p."""
    samples = {name: values[own] for name, own in groups.items()}
    pairs = list(combinations(samples, 2)) if len(samples) <= _MOST_IN_PAIRS else []
    p = [_mann_whitney(samples[a], samples[b]) for a, b in pairs]
    adjusted = stats.holm(p).adjusted
    return {
        "kruskal_wallis": _kruskal_wallis(list(samples.values())),
        "mann_whitney": [
            {"a": a, "b": b, "p": one, "p_holm": holm, "reason": ALL_EQUAL if one is None else None}
            for (a, b), one, holm in zip(pairs, p, adjusted, strict=True)
        ],
    }


def _kruskal_wallis(samples: list[Values]) -> dict[str, Any]:
    reason = ONE_GROUP if len(samples) < 2 else ALL_EQUAL if np.ptp(np.concatenate(samples)) == 0 else None  # noqa: PLR2004  # fmt: skip
    if reason:
        return {"statistic": None, "df": None, "p": None, "reason": reason}
    found = kruskal(*samples)
    return {"statistic": float(found.statistic), "df": len(samples) - 1, "p": float(found.pvalue), "reason": None}  # fmt: skip


def _mann_whitney(a: Values, b: Values) -> float | None:
    if np.ptp(np.concatenate([a, b])) == 0:
        return None
    return float(mannwhitneyu(a, b).pvalue)
