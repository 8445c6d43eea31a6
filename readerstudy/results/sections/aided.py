"""Aided against unaided readings of the same readers (E4)."""

from typing import Any

import numpy as np

from readerstudy import stats
from readerstudy.results.sections.areas import Areas, right_answers
from readerstudy.results.sections.areas import arms as by_u_statistics
from readerstudy.results.sections.arms import Arms, aiding_model, arms_of, calls_of_aid
from readerstudy.results.sections.switching import switching
from readerstudy.results.table import Answers, ReadingTable
from readerstudy.stats import Estimate
from readerstudy.stats.reader_means import mean_over_readers

_METHOD = (
    "Aided minus unaided, readers and cases random. Where every reader graded every case in both arms: AUC by Obuchowski and "
    "Rockette with Hillis df, jackknife covariance, and by Dorfman, Berbaum and Metz beside it; sensitivity and specificity "
    "from each reader's paired differences in the same model. Otherwise U-statistics (Gallas 2006; Gallas et al. 2009), over "
    "the answers that are there in both arms, or over all where each case was read in one arm. Groups are not adjusted for "
    "their number. The CNN's call is that of the mean score of its runs at their mean threshold."
)
_PAIRED = "Each reader's aided minus unaided rate, averaged; readers and cases random: Obuchowski-Rockette with Hillis df; n = readers"
_TWO_MODALITIES = "Two modalities, readers and cases random: {}; n = readers"
_CAVEATS = {
    "sequential": (
        "The aided answer always follows the reader's own answer to the same case within one sitting: order and aid cannot be told "
        "apart, and a second look without any aid may change answers too."
    ),
    "crossover": (
        "Every case was read in both arms in two sessions: what is remembered from the first session carries over as far as the "
        "washout between them did not wipe it out."
    ),
    "once": (
        "Every reader read a case in one arm only: nothing carries over, but the arms have different cases, and the difference is "
        "less precise than with the same ones."
    ),
}  # fmt: skip
MEASURES = ("auc", "sensitivity", "specificity")
_LABELS = {"sensitivity": 1, "specificity": 0}


def aided(table: ReadingTable) -> dict[str, Any]:
    """All readers, rank groups, every reader, and what the aid changed. Raises NotComputableError without aided answers."""
    arms, level = arms_of(table), 1 - table.plan.alpha
    model = aiding_model(arms.table)
    return {
        "method": _METHOD,
        "estimands": ["E4"],
        "design": table.design,
        "caveat": _CAVEATS.get(table.design),
        "is_paired": arms.is_paired,
        "is_complete": arms.is_complete,
        "cases": int(arms.table.truth.size),
        "positives": int(arms.table.truth.sum()),
        "readers_left_out": len(table.readers) - len(arms.table.readers),
        "model": model.name if model else None,
        "groups": [
            _compared("", arms, level),
            *(_compared(name, own, level) for name, own in _groups(arms)),
        ],
        "readers": _readers(arms),
        "switching": switching(arms, calls_of_aid(model), level),
    }


def _groups(arms: Arms) -> list[tuple[str, Arms]]:
    own = np.array([reader.group for reader in arms.table.readers])
    present = [name for name in arms.table.group_order if (own == name).any()]
    return [(name, arms.of_readers(own == name)) for name in present]


def _compared(name: str, arms: Arms, level: float) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "readers": len(arms.table.readers)}
    for measure in MEASURES:
        one, other = (_areas(arms, side, measure) for side in (arms.aided, arms.unaided))
        found[measure] = _difference(measure, one, other, level)
    return found


def _areas(arms: Arms, side: Answers, measure: str) -> Areas:
    truth = arms.table.truth
    if measure == "auc":
        return Areas(truth, side.rating)
    return right_answers(truth, side.decision, label=_LABELS[measure])


def _difference(measure: str, aided: Areas, unaided: Areas, level: float) -> dict[str, Any]:
    """Both means, aided − unaided, and the p of Dorfman, Berbaum and Metz where it applies.

    Where not every reader graded every case a reader counts by pairs of cases in the means too.
    """
    if not (aided.is_complete and unaided.is_complete):
        first, second, found = by_u_statistics(aided, unaided, level)
        return {"aided": first, "unaided": second, "difference": found.as_dict(), "p_dbm": None}
    means = {
        name: float(side.components[0].mean())
        for name, side in (("aided", aided), ("unaided", unaided))
    }
    if measure != "auc":
        return {**means, "difference": _paired(aided, unaided, level).as_dict(), "p_dbm": None}
    readings = stats.fully_crossed(aided.truth, np.stack([aided.scores, unaided.scores]))
    return {
        **means,
        "difference": _two_modalities(readings, level).as_dict(),
        "p_dbm": _p_of_pseudovalues(readings, level),
    }


def _two_modalities(readings: stats.Readings, level: float) -> Estimate:
    found = stats.obuchowski_rockette(readings, level=level).rrrc
    row = found.differences[0]
    return Estimate(
        row.estimate, row.low, row.high, _TWO_MODALITIES.format(found.method),
        n=len(readings.readers), se=row.se, df=row.df, p=row.p, level=level, reason=row.reason,
    )  # fmt: skip


def _paired(one: Areas, other: Areas, level: float) -> Estimate:
    differences = one.components[0] - other.components[0]
    values = differences.mean(axis=1)
    return mean_over_readers(values, differences, method=_PAIRED, level=level)


def _p_of_pseudovalues(readings: stats.Readings, level: float) -> float | None:
    try:
        return stats.dorfman_berbaum_metz(readings, level=level).rrrc.p
    except stats.StatisticsInputError:
        return None


def _readers(arms: Arms) -> list[dict[str, Any]]:
    points = {
        side: stats.reader_points(arms.table.truth, answers.decision)
        for side, answers in (("aided", arms.aided), ("unaided", arms.unaided))
    }
    rates = {
        measure: [getattr(points[side], measure) for side in ("unaided", "aided")]
        for measure in ("sensitivity", "specificity")
    }
    rates["auc"] = [_own_areas(arms, side) for side in (arms.unaided, arms.aided)]
    return [
        {
            "code": reader.code,
            "group": reader.group,
            **{measure: _change(*(side[row] for side in rates[measure])) for measure in MEASURES},
        }
        for row, reader in enumerate(arms.table.readers)
    ]


def _own_areas(arms: Arms, side: Answers) -> Any:
    """The AUC (J,) of each reader over the cases that count; everybody has both classes."""
    if not np.isnan(side.rating).any():
        return stats.structural_components(arms.table.truth, side.rating)[0].mean(axis=1)
    known = ~np.isnan(side.rating)
    return np.array([stats.auc(arms.table.truth[own], row[own]) for row, own in zip(side.rating, known, strict=True)])  # fmt: skip


def _change(unaided: float, aided: float) -> dict[str, float]:
    return {"unaided": float(unaided), "aided": float(aided), "difference": float(aided - unaided)}
