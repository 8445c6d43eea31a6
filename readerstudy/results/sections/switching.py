"""What the aid changed: answers that became wrong or right, by whether the CNN was right."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.arms import Arms
from readerstudy.results.table import MISSING

Mask = NDArray[np.bool_]
_UNPAIRED = "Every case was read in one arm only: no answer can be followed from one to the other."
_NO_CALL = "It is not known what the CNN calls malignant: there is no model, or its card names no threshold."
_NEVER = "There is no such answer."


def switching(arms: Arms, calls: NDArray[np.int8] | None, level: float) -> dict[str, Any]:
    """Counts of answers by right and wrong before and after, for all readers and each group; calls (K,) of the aid."""
    if not arms.is_paired:
        return {"reason": _UNPAIRED, "rows": [], "influence": None}
    return {
        "rows": _rows(arms, calls),
        "influence": None if calls is None else _influence(arms, calls, level),
        "reason": _NO_CALL if calls is None else None,
    }


def _members(arms: Arms) -> list[tuple[str, Mask]]:
    """Everybody, then each rank group: name and which readers (J,)."""
    own = np.array([reader.group for reader in arms.table.readers])
    present = [name for name in arms.table.group_order if (own == name).any()]
    return [("", np.ones(own.shape, np.bool_)), *((name, own == name) for name in present)]


def _rows(arms: Arms, calls: NDArray[np.int8] | None) -> list[dict[str, Any]]:
    truth = arms.table.truth
    cases: list[tuple[str, Mask]] = [("all", np.ones(truth.shape, np.bool_))]
    if calls is not None:
        cases += [("right", np.asarray(calls == truth)), ("wrong", np.asarray(calls != truth))]
    return [
        {"group": group, "cnn": cnn, **_counts(arms, np.outer(who, which))}
        for group, who in _members(arms)
        for cnn, which in cases
    ]


def _counts(arms: Arms, where: Mask) -> dict[str, Any]:
    before, after, graded = _right(arms)
    cells = graded & where
    found = {
        f"{first}_{second}": int((cells & (before == is_first) & (after == is_second)).sum())
        for first, is_first in (("right", True), ("wrong", False))
        for second, is_second in (("right", True), ("wrong", False))
    }
    return {"answers": int(cells.sum()), **found}


def _right(arms: Arms) -> tuple[Mask, Mask, Mask]:
    """Right before, right after, and where there are both answers: (J, K)."""
    truth = arms.table.truth
    graded = (arms.unaided.decision != MISSING) & (arms.aided.decision != MISSING)
    return arms.unaided.decision == truth, arms.aided.decision == truth, graded


def _influence(arms: Arms, calls: NDArray[np.int8], level: float) -> list[dict[str, Any]]:
    """Shares of answers that the aid turned, pooled and as the mean over readers with Student's interval."""
    before, after, graded = _right(arms)
    is_right = np.broadcast_to(calls == arms.table.truth, before.shape)
    kinds = {
        "misled": (graded & before & ~is_right, ~after),
        "corrected": (graded & ~before & is_right, after),
        "misled_though_cnn_right": (graded & before & is_right, ~after),
        "corrected_though_cnn_wrong": (graded & ~before & ~is_right, after),
    }
    return [
        {"group": group, "kind": kind, **_share(possible[who], turned[who], level)}
        for group, who in _members(arms)
        for kind, (possible, turned) in kinds.items()
    ]


def _share(possible: Mask, turned: Mask, level: float) -> dict[str, Any]:
    n, count = int(possible.sum()), int((possible & turned).sum())
    of_reader = possible.sum(axis=1)
    have = of_reader > 0
    shares = (possible & turned).sum(axis=1)[have] / of_reader[have]
    return {
        "possible": n,
        "turned": count,
        "share": count / n if n else None,
        "readers": int(have.sum()),
        "mean": stats.t_interval_of_mean(shares, level).as_dict(),
        "reason": None if n else _NEVER,
    }
