"""E1 and E6: the AUC of the CNN against the readers' mean AUC, and what may be claimed of the planned comparison."""

from typing import Any

import numpy as np

from readerstudy import stats
from readerstudy.results.sections.differences import (
    auc_by_u_statistics,
    auc_difference,
    auc_of_each_run,
    is_full,
    of_common_cases,
    of_standalone,
    rate_difference,
)
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.planned import (
    AUC,
    FIXED,
    MATCHED,
    claimed,
    claimed_of_both,
    level_of,
    named,
    panel_with_models,
    role_of,
)
from readerstudy.results.sections.thresholds import SOME_THRESHOLDS, called, known_runs
from readerstudy.results.table import ModelScores, ReadingTable

METHOD = (
    "AUC of the CNN minus the mean AUC of the readers. Where every reader graded every case: one run by 1T-RRRC (readers "
    "and cases random, CNN fixed; Hillis, Stat Med 2007;26:596; Chakraborty 2017 ch. 22), DeLong covariance; the mean of "
    "several runs with runs, readers and cases random; checked by U-statistics (Gallas 2006). Where a grade is missing: "
    "U-statistics over all that was read, checked by the former over the cases that all graded. Claims: one-sided tests at "
    "half of the two-sided alpha, non-inferiority within the planned margin, then superiority (closed testing)."
)
CAUTIONS = {
    "not_planned": "No analysis plan was fixed before the reading: every comparison is exploratory.",
    "few_readers": (
        "With fewer than four readers their variance is hardly known: the result holds for these readers."
    ),
    "bare_decisions": (
        "The readers gave decisions without a confidence: a reader's AUC is the mean of sensitivity and specificity, the "
        "area under the two lines through the one operating point, which is below that of a curve."
    ),
    "several_models": (
        "Several models were fixed at the lock: each is tested at the full level, without adjustment."
    ),
}
MODEL_NOT_LOCKED = "{} was not fixed at the lock: its comparisons are exploratory."
_FEW = 4


def primary(table: ReadingTable) -> dict[str, Any]:
    """AUC differences of every model and run with a check by the other method, and the claims of all comparisons.

    Raises NotComputableError where no model has scores.
    """
    panel = panel_with_models(table)
    return {
        "method": METHOD,
        "estimands": ["E1", "E6"],
        "primary": table.plan.primary,
        "is_prespecified": table.plan.is_prespecified,
        "alpha": table.plan.alpha,
        "margin": table.plan.margin,
        "level": level_of(table),
        "cautions": _cautions(panel),
        "readers_auc_of_decisions": _auc_of_decisions(panel),
        "models": [_model(panel, model) for model in panel.models],
    }


def _cautions(panel: ReadingTable) -> list[dict[str, Any]]:
    """What limits the comparisons: a code for translations, the sentence, and the model where it is of one."""
    said = {
        "not_planned": not panel.plan.is_prespecified,
        "few_readers": len(panel.readers) < _FEW,
        "bare_decisions": not _has_confidence(panel),
        "several_models": sum(model.prespecified for model in panel.models) > 1,
    }
    late = [model.name for model in panel.models if not model.prespecified]
    return [
        *({"code": code, "text": CAUTIONS[code]} for code, holds in said.items() if holds),
        *(
            {"code": "not_locked", "text": MODEL_NOT_LOCKED.format(name), "model": name}
            for name in (late if panel.plan.is_prespecified else ())
        ),
    ]


def _has_confidence(panel: ReadingTable) -> bool:
    return np.unique(panel.rating[~np.isnan(panel.rating)]).size > 2  # noqa: PLR2004 (two decisions)


def _auc_of_decisions(panel: ReadingTable) -> dict[str, Any]:
    """Mean and range of the readers' AUC of the bare decision, which is (sensitivity + specificity) / 2."""
    points = stats.reader_points(panel.truth, panel.decision)
    return stats.mean_and_range((points.sensitivity + points.specificity) / 2).as_dict()


def _model(panel: ReadingTable, model: ModelScores) -> dict[str, Any]:
    main, check = auc_difference(panel, model.values, level_of(panel))
    first = {
        "label": "" if len(model.values) > 1 else model.run_labels[0],
        **main.as_dict(),
        "check": check.as_dict() if check else None,
        "claim": claimed(panel, AUC, main),
    }
    return {
        **named(model),
        "role": role_of(panel, model, AUC),
        "rows": [first, *_runs(panel, model)],
        "comparisons": [
            {"comparison": AUC, "role": role_of(panel, model, AUC), **_auc_claim(first)},
            {"comparison": MATCHED, "role": role_of(panel, model, MATCHED), **_matched(panel, model)},
            {"comparison": FIXED, "role": role_of(panel, model, FIXED), **_fixed(panel, model)},
        ],
    }  # fmt: skip


def _runs(panel: ReadingTable, model: ModelScores) -> list[dict[str, Any]]:
    """Each of several runs by one method: the check is made of their mean."""
    if len(model.values) == 1:
        return []
    level = level_of(panel)
    if is_full(panel):
        found = auc_of_each_run(panel, model.values, level)
    else:
        found = [auc_by_u_statistics(panel, run[np.newaxis], level) for run in model.values]
    return [
        {"label": label, **one.as_dict(), "check": None, "claim": claimed(panel, AUC, one)}
        for label, one in zip(model.run_labels, found, strict=True)
    ]


def _auc_claim(row: dict[str, Any]) -> dict[str, Any]:
    difference = {name: value for name, value in row.items() if name not in {"check", "claim", "label"}}  # fmt: skip
    return {"differences": [{"figure": "auc", **difference, "claim": row["claim"]}], "joint": None, "reason": None}  # fmt: skip


def _matched(panel: ReadingTable, model: ModelScores) -> dict[str, Any]:
    """The mean of the runs at each reader's own sensitivity, interpolated."""
    try:
        some = of_common_cases(panel)
    except NotComputableError as error:
        return {"differences": [], "joint": None, "reason": str(error)}
    runs = next(one.values for one in some.models if one.model_id == model.model_id)
    mean = stats.matched_against_readers(some.truth, some.decision, runs, level_of(panel)).mean
    found = of_standalone(mean, some.truth.size)
    row = {"figure": "specificity", **found.as_dict(), "claim": claimed(panel, MATCHED, found)}
    return {"differences": [row], "joint": None, "reason": None}


def _fixed(panel: ReadingTable, model: ModelScores) -> dict[str, Any]:
    """The mean of the runs at their own thresholds, both rates."""
    try:
        runs = known_runs(model)
    except NotComputableError as error:
        return {"differences": [], "joint": None, "reason": str(error)}
    if len(runs) < len(model.run_labels):
        reason = SOME_THRESHOLDS.format(known=len(runs), runs=len(model.run_labels))
        return {"differences": [], "joint": None, "reason": reason}
    decided = called(model, runs)
    pair = [rate_difference(panel, decided, level_of(panel), rate=rate) for rate in ("sensitivity", "specificity")]  # fmt: skip
    rows = [
        {"figure": rate, **one.as_dict(), "claim": claimed(panel, FIXED, one)}
        for rate, one in zip(("sensitivity", "specificity"), pair, strict=True)
    ]
    joint = claimed_of_both(panel, *pair)
    return {"differences": rows, "joint": joint, "reason": None}
