"""How difficult every case was to the readers, beside what the CNN makes of it (E14)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from readerstudy.results.table import MISSING, ModelScores, ReadingTable

Numbers = NDArray[np.float64]
_METHOD = (
    "Share of the complete readers who graded the case and decided wrongly; entropy of their decisions in bits "
    "(0 where all decide alike, 1 where half of them do); mean confidence: distance of the rating from the line between the "
    "two decisions. CNN: mean score of the runs; right where more than half of the runs are at their own threshold. A case "
    "is hard where at least half of the readers decide wrongly."
)
_HARD = 0.5
_NEARLY_ALL = 0.9
_HARDEST = 20
_NO_THRESHOLD = "The CNN's card names no threshold: it is not known what it calls malignant."


def difficulty(table: ReadingTable) -> dict[str, Any]:
    """Every case, the lists that failures are looked up in, and for each model the table of readers × CNN."""
    complete = table.picked(readers=table.complete)
    wrong, graded = _shares_wrong(complete.decision, complete.truth)
    models = [_of_model(complete, model) for model in complete.models]
    return {
        "method": _METHOD,
        "estimands": ["E14"],
        "groups": _groups(complete),
        "cases": _cases(complete, wrong, graded, models),
        "hardest": _named(complete, _hardest(wrong)),
        "nobody_right": _named(complete, np.flatnonzero(wrong == 1)),
        "nearly_all": _NEARLY_ALL,
        "models": [
            _failures(complete, model, own, wrong)
            for model, own in zip(complete.models, models, strict=True)
        ],
    }


def _shares_wrong(
    decision: NDArray[np.int8], truth: NDArray[np.int64]
) -> tuple[Numbers, NDArray[np.int64]]:
    """Share of readers (K,) who decided wrongly, NaN where nobody graded the case, and how many graded it."""
    given = decision != MISSING
    graded = given.sum(axis=0)
    wrong = (given & (decision != truth)).sum(axis=0)
    share = np.divide(wrong, graded, out=np.full(graded.shape, np.nan), where=graded > 0)
    return share, graded


def _groups(table: ReadingTable) -> list[str]:
    present = {reader.group for reader in table.readers}
    return [name for name in table.group_order if name in present]


def _cases(
    table: ReadingTable,
    wrong: Numbers,
    graded: NDArray[np.int64],
    models: list[dict[str, Numbers]],
) -> list[dict[str, Any]]:
    of_group = np.array([reader.group for reader in table.readers])
    by_group = {
        name: _shares_wrong(table.decision[of_group == name], table.truth)[0]
        for name in _groups(table)
    }
    columns = {
        "share_wrong": wrong,
        "confidence": _confidence(table.rating),
        "entropy": _entropy(wrong),
    }
    return [
        {
            "case": case,
            "malignant": bool(table.truth[place]),
            "diagnosis": table.diagnosis[place],
            "graded": int(graded[place]),
            **{name: _plain(values[place]) for name, values in columns.items()},
            "groups": [_plain(values[place]) for values in by_group.values()],
            "models": [_model_cell(own, place) for own in models],
            "reason": None if graded[place] else "No complete reader graded the case.",
        }
        for place, case in enumerate(table.case_ids)
    ]


def _confidence(rating: Numbers) -> Numbers:
    """Mean distance (K,) of the ratings from the line between the decisions; NaN where there is none."""
    known = ~np.isnan(rating)
    count = known.sum(axis=0)
    total = np.where(known, np.abs(rating), 0.0).sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0))


def _entropy(share: Numbers) -> Numbers:
    """−Σ p log2 p of the two decisions; that of wrong and right ones is the same."""
    parts = np.stack([share, 1 - share])
    logs = np.log2(parts, out=np.zeros(parts.shape), where=parts > 0)
    # + 0 makes −0 a plain zero.
    return np.asarray(-(parts * logs).sum(axis=0) + 0.0)


def _of_model(table: ReadingTable, model: ModelScores) -> dict[str, Numbers]:
    """Mean score, rank (1 is the most suspicious) and share of runs that are right (NaN without thresholds), (K,)."""
    score, calls = model.values.mean(axis=0), model.calls
    right = np.full(score.shape, np.nan) if calls is None else (calls == table.truth).mean(axis=0)
    return {"score": score, "rank": rankdata(-score, method="min"), "runs_right": right}


def _model_cell(own: dict[str, Numbers], place: int) -> dict[str, Any]:
    runs_right = _plain(own["runs_right"][place])
    return {
        "score": float(own["score"][place]),
        "rank": int(own["rank"][place]),
        "runs_right": runs_right,
        # Half of the runs say neither.
        "right": None if runs_right is None or runs_right == _HARD else runs_right > _HARD,
    }


def _failures(
    table: ReadingTable, model: ModelScores, own: dict[str, Numbers], wrong: Numbers
) -> dict[str, Any]:
    """Where the CNN fails and readers do not, and the other way round."""
    head = {"id": model.model_id, "name": model.name, "threshold": _threshold(model)}
    if np.isnan(own["runs_right"]).any():
        return {**head, "quadrants": None, "only_cnn_right": None, "only_readers_right": None, "reason": _NO_THRESHOLD}  # fmt: skip
    right = own["runs_right"] > _HARD
    fails = own["runs_right"] < _HARD
    return {
        **head,
        "quadrants": _quadrants(wrong, right, fails),
        "only_cnn_right": _named(table, np.flatnonzero((wrong == 1) & right)),
        "only_readers_right": _named(
            table, np.flatnonzero((1 - wrong >= _NEARLY_ALL - 1e-12) & fails)
        ),
        "reason": None,
    }


def _threshold(model: ModelScores) -> float | None:
    """The mean threshold of the runs."""
    known = [threshold for threshold in model.thresholds if threshold is not None]
    return float(np.mean(known)) if len(known) == model.values.shape[0] else None


def _quadrants(
    wrong: Numbers, right: NDArray[np.bool_], fails: NDArray[np.bool_]
) -> dict[str, int]:
    sides = {"easy": wrong < _HARD, "hard": wrong >= _HARD}
    outcomes = {"right": right, "wrong": fails, "undecided": ~right & ~fails}
    return {
        f"{side}_{outcome}": int((cases & own).sum())
        for side, cases in sides.items()
        for outcome, own in outcomes.items()
    }


def _hardest(wrong: Numbers) -> NDArray[np.intp]:
    """The cases with the largest share of wrong decisions above zero, the first of equals first."""
    order = np.argsort(-np.nan_to_num(wrong), kind="stable")
    return np.asarray(order[np.nan_to_num(wrong)[order] > 0][:_HARDEST])


def _named(table: ReadingTable, places: NDArray[np.intp]) -> list[str]:
    return [table.case_ids[place] for place in places]


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
