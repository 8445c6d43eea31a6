"""Crowds of readers (E12): majority vote and mean rating by the size of the panel, each reader against the rest."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from readerstudy import stats
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.panel import (
    Panel,
    Part,
    calls_of,
    panel_of,
    part_or_reason,
    short,
    spread,
)
from readerstudy.results.table import ModelScores, ReadingTable
from readerstudy.stats.crowd import (
    CrowdVote,
    RatingScale,
    TieRule,
    crowd_rating,
    crowd_vote,
    rest_of_panel_ratings,
    rest_of_panel_votes,
    scaled_ranks,
)
from readerstudy.stats.crowd.votes import vote_counts

TIES = TieRule.HALF
SEED = 20190412
PANELS = 200
METHOD = (
    "A tie counts half for either class, as a fair coin does on the average. Majority vote of a random panel of k of the "
    "study's readers: exact by the hypergeometric distribution, no panel is drawn; normal interval from the variance "
    "between cases (the jackknife over cases; readers fixed). Mean rating, and mean of each reader's mid-ranks, of random "
    "panels: all panels where there are few, else 200 drawn at random from the seed given; the range is one of panels, "
    "not a confidence interval. AUC of the vote share, the mean rating and the mean rank of all readers with DeLong's "
    "interval, readers fixed. Single readers against the other readers' majority and mean rating (paired DeLong test)."
)
# Every panel up to this size, then ever fewer.
_EVERY, _STEP = 12, 1.35
_NO_CONFIDENCE = "Readers gave decisions without a confidence: the mean rating is the vote share."
_NO_CASE = "No case of one of the classes was rated by every reader."


def crowd(table: ReadingTable) -> Part:
    """All parts of the section."""
    panel = panel_of(table)
    vote = partial(crowd_vote, panel.truth, ties=TIES, level=panel.level)
    return {
        "estimands": ["E12"],
        "method": METHOD,
        "level": panel.level,
        "ties": TIES.value,
        "seed": SEED,
        "votes": part_or_reason(lambda: _votes(panel, vote(panel.decision))),
        "ratings": [
            {"scale": scale.value, **part_or_reason(partial(_ratings, panel, scale))}
            for scale in (RatingScale.RATING, RatingScale.RANK)
        ],
        "groups": [
            {"group": name, "n": int(members.sum()), **_whole_group(panel, members)}
            for name, members in panel.groups
        ],
        "rest": _rest(panel),
        "models": [_model(panel, model) for model in table.models],
    }


def _votes(panel: Panel, found: CrowdVote) -> Part:
    """Rates and accuracy of the vote by the size of the panel."""
    positive = float(panel.truth.mean())
    rows = [
        {
            "size": one.size,
            "sensitivity": short(one.sensitivity),
            "specificity": short(one.specificity),
            "accuracy": _weighted(one.sensitivity.value, one.specificity.value, positive),
        }
        for one in found.panels
    ]
    return {"sizes": rows, "largest_reason": found.reason}


def _weighted(
    sensitivity: float | None, specificity: float | None, positive: float
) -> float | None:
    """The share of the study's cases called right."""
    if sensitivity is None or specificity is None:
        return None
    return positive * sensitivity + (1 - positive) * specificity


def sizes_of(J: int) -> list[int]:  # noqa: N803 (the field's own name)
    """Sizes of panels up to all J readers: all of them for few readers, else ever fewer."""
    if J <= _EVERY:
        return list(range(1, J + 1))
    sizes = list(range(1, _EVERY + 1))
    while sizes[-1] < J:
        sizes.append(min(J, round(sizes[-1] * _STEP)))
    return sizes


def _rated(panel: Panel) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Truth and complete ratings of the cases that every reader rated."""
    truth = panel.truth[panel.rated_by_all]
    if not truth.size or truth.min() == truth.max():
        raise NotComputableError(_NO_CASE)
    return truth, panel.rating[:, panel.rated_by_all]


def _ratings(panel: Panel, scale: RatingScale) -> Part:
    if not panel.has_confidence:
        raise NotComputableError(_NO_CONFIDENCE)
    truth, ratings = _rated(panel)
    found = crowd_rating(
        truth, ratings, rng=np.random.default_rng(SEED), scale=scale,
        sizes=sizes_of(len(ratings)), panels=PANELS,
    )  # fmt: skip
    return {"cases": int(truth.size), "sizes": [one.as_dict() for one in found.panels]}


def _whole_group(panel: Panel, members: NDArray[np.bool_]) -> Part:
    """The vote of a whole group: its rates, ties, and the areas of the vote share and of the mean rating."""
    return {
        "vote": part_or_reason(partial(_vote, panel, members)),
        "share": part_or_reason(partial(_share, panel, members)),
        "rating": part_or_reason(partial(_mean_rating, panel, members, RatingScale.RATING)),
        "rank": part_or_reason(partial(_mean_rating, panel, members, RatingScale.RANK)),
    }


def _vote(panel: Panel, members: NDArray[np.bool_]) -> Part:
    positive, votes = vote_counts(panel.decision[members])
    vote = stats.crowd.majority_vote(panel.decision[members], ties=TIES)
    right = np.where(panel.truth == 1, vote, 1 - vote)
    return {
        "ties": int((2 * positive == votes).sum()),
        "sensitivity": float(right[panel.truth == 1].mean()),
        "specificity": float(right[panel.truth == 0].mean()),
        "accuracy": float(right.mean()),
    }


def _share(panel: Panel, members: NDArray[np.bool_]) -> Part:
    positive, votes = vote_counts(panel.decision[members])
    return short(stats.auc_interval(panel.truth, positive / votes, panel.level))


def _mean_rating(panel: Panel, members: NDArray[np.bool_], scale: RatingScale) -> Part:
    if not panel.has_confidence:
        raise NotComputableError(_NO_CONFIDENCE)
    truth, ratings = _rated(panel)
    own = ratings[members]
    mean = (own if scale is RatingScale.RATING else scaled_ranks(own)).mean(axis=0)
    # Means that differ by rounding alone are ties.
    return short(stats.auc_interval(truth, np.round(mean, 12), panel.level))


def _rest(panel: Panel) -> Part:
    codes = [reader.code for reader in panel.readers]
    votes = part_or_reason(lambda: rest_of_panel_votes(panel.truth, panel.decision, ties=TIES, names=codes).as_dict())  # fmt: skip
    return {"votes": votes, "ratings": part_or_reason(partial(_rest_ratings, panel, codes))}


def _rest_ratings(panel: Panel, codes: list[str]) -> Part:
    if not panel.has_confidence:
        raise NotComputableError(_NO_CONFIDENCE)
    truth, ratings = _rated(panel)
    found = rest_of_panel_ratings(truth, ratings, names=codes, level=panel.level)
    rows = [
        {
            "reader": one.reader,
            "auc": one.auc,
            "rest": one.rest,
            "difference": short(one.difference),
        }
        for one in found.readers
    ]
    return {
        "cases": int(truth.size),
        "better": found.better,
        "single": found.single.as_dict(),
        "rest": found.rest.as_dict(),
        "readers": rows,
    }


def _model(panel: Panel, model: ModelScores) -> Part:
    """The CNN beside the crowd: its area, and at its threshold its rates, over the runs."""
    areas = [stats.auc(panel.truth, run) for run in model.values]
    return {
        "model": model.name,
        "runs": len(areas),
        "auc": spread(areas, ""),
        "decision": part_or_reason(partial(_decided, panel, model)),
    }


def _decided(panel: Panel, model: ModelScores) -> Part:
    points = stats.reader_points(panel.truth, calls_of(model))
    rates = {name: getattr(points, name).tolist() for name in ("sensitivity", "specificity")}
    positive = float(panel.truth.mean())
    pairs = zip(rates["sensitivity"], rates["specificity"], strict=True)
    right = [_weighted(hits, rejections, positive) for hits, rejections in pairs]
    return {
        **{name: spread(values, "") for name, values in rates.items()},
        "accuracy": spread(right, ""),
    }
