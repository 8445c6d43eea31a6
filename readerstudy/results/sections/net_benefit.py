"""Decision curves (E11): what the CNN and the readers are worth at each threshold probability."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.panel import Panel, Part, panel_of, part_or_reason
from readerstudy.results.table import ModelScores, ReadingTable
from readerstudy.stats import Estimate
from readerstudy.stats.calibration import at_prevalence
from readerstudy.stats.net_benefit import decision_curve, mean_net_benefit, treat_all
from readerstudy.stats.roc import snapped

METHOD = (
    "Net benefit (Vickers and Elkin 2006) in true positives per case. A run of the CNN calls a case positive where its "
    "score is the threshold or more, a reader's decision is the same at every threshold. Means over readers and over "
    "training runs with readers (runs) and cases random (Obuchowski-Rockette with Hillis df); a single run with Wilson's "
    "limits of both rates joined (Zou and Donner 2008). In the study the prevalence is estimated with the rest; the "
    "target prevalence is taken as known and the classes as of fixed size (Pfeiffer and Gail 2020); there the CNN's scores "
    "are judged as given, and with their logits moved from the study's share of malignant cases to it (Saerens 2002)."
)
THRESHOLDS = np.arange(1, 51) / 100
# Each reader's line is drawn through these.
EACH = (0, *range(4, 50, 5))


def net_benefit(table: ReadingTable) -> Part:
    """Curves at the study's prevalence and, where one is planned, at the target."""
    panel = panel_of(table)
    plan = table.plan
    study = _at(panel, None) | {"kind": "study", "prevalence": float(panel.truth.mean())}
    target = plan.prevalence
    further = (
        [] if target is None else [_at(panel, target) | {"kind": "target", "prevalence": target}]
    )
    return {
        "estimands": ["E11"],
        "method": METHOD,
        "level": panel.level,
        "thresholds": THRESHOLDS.tolist(),
        "reader_thresholds": THRESHOLDS[list(EACH)].tolist(),
        "target_source": plan.prevalence_source,
        "prevalences": [study, *further],
    }


def _at(panel: Panel, prevalence: float | None) -> Part:
    share = float(panel.truth.mean()) if prevalence is None else prevalence
    found = [_group(panel, members, prevalence) for _name, members in panel.groups]
    each = found[0][0][:, list(EACH)].tolist()
    return {
        "treat_all": treat_all(share, THRESHOLDS).tolist(),
        "groups": [
            {"group": name, "n": int(members.sum()), **_columns(means)}
            for (name, members), (_values, means) in zip(panel.groups, found, strict=True)
        ],
        "readers": [
            {"code": reader.code, "group": reader.group, "values": values}
            for reader, values in zip(panel.readers, each, strict=True)
        ],
        "models": [
            row for model in panel.table.models for row in _judged(panel, model, prevalence)
        ],
    }


def _judged(panel: Panel, model: ModelScores, prevalence: float | None) -> list[Part]:
    """A model's scores as given and, at another prevalence than the study's, also moved to it."""
    own = part_or_reason(partial(_model, panel, model, prevalence))
    given = {"model": model.name, "scores": "given", **own}
    if prevalence is None:
        return [given]
    moved = part_or_reason(partial(_moved, panel, model, prevalence))
    return [given, {"model": model.name, "scores": "moved", **moved}]


def _moved(panel: Panel, model: ModelScores, prevalence: float) -> Part:
    study = float(panel.truth.mean())
    values = at_prevalence(model.values, study=study, target=prevalence)
    return _model(panel, replace(model, values=values), prevalence)


def _group(
    panel: Panel, members: NDArray[np.bool_], prevalence: float | None
) -> tuple[NDArray[np.float64], tuple[Estimate, ...]]:
    return mean_net_benefit(
        panel.truth,
        panel.decision[members],
        THRESHOLDS,
        prevalence=prevalence,
        level=panel.level,
    )


def _model(panel: Panel, model: ModelScores, prevalence: float | None) -> Part:
    """Mean of the runs with its interval, and the range of the runs."""
    setting: dict[str, Any] = {"prevalence": prevalence, "level": panel.level}
    curves = [
        decision_curve(panel.truth, run, THRESHOLDS, **setting).points for run in model.values
    ]
    of_run = np.array([[point.net_benefit for point in points] for points in curves])
    part = {
        "runs": len(curves),
        "smallest": of_run.min(axis=0).tolist(),
        "largest": of_run.max(axis=0).tolist(),
    }
    if len(curves) == 1:
        low, high = ([getattr(point, end) for point in curves[0]] for end in ("low", "high"))
        return part | {"mean": of_run[0].tolist(), "low": low, "high": high, "reason": None}
    exact = snapped(THRESHOLDS, np.unique(model.values))
    means = [
        mean_net_benefit(panel.truth, (model.values >= cut).astype(np.int64), [at], **setting)[1][0]
        for at, cut in zip(THRESHOLDS.tolist(), exact.tolist(), strict=True)
    ]
    return part | _columns(tuple(means))


def _columns(means: tuple[Estimate, ...]) -> Part:
    """Lists over the thresholds; `reason` is why some of them have no interval."""
    missing = [one.reason for one in means if one.low is None]
    return {
        "mean": [one.value for one in means],
        "low": [one.low for one in means],
        "high": [one.high for one in means],
        "reason": missing[0] if missing else None,
    }
