"""How subgroups differ: the spread over the levels of a factor, and tests of each level against the largest."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from readerstudy import stats
from readerstudy.results.sections.areas import Areas, contrast, contrast_of_differences
from readerstudy.results.sections.subgroup_areas import MEASURES, Subgroup
from readerstudy.stats import Estimate

_ONE_LEVEL = "Fewer than two subgroups have this number."
Pair = tuple[Subgroup, Subgroup]


def spreads(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Largest − smallest estimate over the levels, of the readers (model None) and of each model."""
    of_readers = [_spread(None, measure, [row["readers"][measure] for row in rows]) for measure in MEASURES]  # fmt: skip
    models = range(len(rows[0]["models"]) if rows else 0)
    of_models = [
        _spread(place, measure, [row["models"][place][measure] for row in rows])
        for place in models
        for measure in MEASURES
    ]
    return of_readers + of_models


def _spread(model: int | None, measure: str, found: Iterable[dict[str, Any]]) -> dict[str, Any]:
    known = [row["value"] for row in found if row["value"] is not None]
    head = {"model": model, "measure": measure, "levels": len(known)}
    if len(known) < 2:  # noqa: PLR2004 (nothing to compare)
        return {**head, "low": None, "high": None, "spread": None, "reason": _ONE_LEVEL}
    low, high = min(known), max(known)
    return {**head, "low": low, "high": high, "spread": high - low, "reason": None}


def interactions(subgroups: Sequence[Subgroup], level: float) -> list[dict[str, Any]]:
    """Readers, each model, and their difference in each level against the level with the most cases."""
    if len(subgroups) < 2:  # noqa: PLR2004
        return []
    reference = max(subgroups, key=lambda one: one.truth.size)
    others = [(one, reference) for one in subgroups if one is not reference]
    return [
        row
        for measure in MEASURES
        for subject, model, test in _tests(measure, len(reference.runs))
        for row in _adjusted(subject, model, measure, others, test=test, level=level)
    ]


_Test = Callable[[Pair, float], Estimate]


def _tests(measure: str, models: int) -> list[tuple[str, int | None, _Test]]:
    def readers(pair: Pair, level: float) -> Estimate:
        return contrast(pair[0].readers[measure], pair[1].readers[measure], level)

    found: list[tuple[str, int | None, _Test]] = [("readers", None, readers)]
    for place in range(models):
        found += [
            ("cnn", place, _of_runs(measure, place)),
            ("difference", place, _of_difference(measure, place)),
        ]
    return found


def _of_runs(measure: str, place: int) -> _Test:
    """Runs random; of a single run the unpaired DeLong test."""

    def test(pair: Pair, level: float) -> Estimate:
        a, b = (one.runs[place][measure] for one in pair)
        if a.scores.shape[0] > 1:
            return contrast(a, b, level)
        return stats.unpaired_test(a.truth, a.scores[0], b.truth, b.scores[0], level)

    return test


def _of_difference(measure: str, place: int) -> _Test:
    def test(pair: Pair, level: float) -> Estimate:
        a, b = ((one.runs[place][measure], one.readers[measure]) for one in pair)
        return contrast_of_differences(a, b, level)

    return test


def _adjusted(
    subject: str,
    model: int | None,
    measure: str,
    pairs: list[Pair],
    *,
    test: _Test,
    level: float,
) -> list[dict[str, Any]]:
    """The tests that can be made, with p by Holm over the levels of the factor."""
    possible = [pair for pair in pairs if all(_has(one, measure, model) for one in pair)]
    found = [test(pair, level) for pair in possible]
    adjusted = stats.holm([one.p for one in found]).adjusted
    head = {"subject": subject, "model": model, "measure": measure}
    return [
        {
            **head,
            "subgroup": a.level.name,
            "reference": b.level.name,
            **one.as_dict(),
            "p_adjusted": p,
        }
        for (a, b), one, p in zip(possible, found, adjusted, strict=True)
    ]


def _has(subgroup: Subgroup, measure: str, model: int | None) -> bool:
    """Whether the measure is given in a subgroup, for the readers and for the model that the test is about."""
    own: list[dict[str, Areas]] = [subgroup.readers]
    own += [] if model is None else [subgroup.runs[model]]
    return all(measure in areas for areas in own)
