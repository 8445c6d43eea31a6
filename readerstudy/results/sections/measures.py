"""What a 2 × 2 table says of a decision, in the study and at the planned prevalence (E5, E15)."""

from typing import Any

from readerstudy import stats

IN_STUDY = (
    "positive_predictive_value", "negative_predictive_value", "number_needed_to_biopsy", "accuracy",
)  # fmt: skip
OF_ANY_PREVALENCE = (
    "sensitivity", "specificity", "youden_index", "positive_likelihood_ratio", "negative_likelihood_ratio",
    "balanced_accuracy",
)  # fmt: skip
_PARTS = ("value", "low", "high", "reason")


def measures_of(table: stats.ConfusionTable, prevalence: float | None) -> dict[str, Any]:
    """`any`: measures that no prevalence changes; `study` and `target`: those that one does, each by its prevalence.

    `target` is None where no prevalence is planned.
    """
    study = stats.table_measures(table)
    target = None if prevalence is None else stats.table_measures(table, prevalence=prevalence)
    return {
        "any": _of(study, OF_ANY_PREVALENCE),
        "study": _of(study, IN_STUDY),
        "target": None if target is None else _of(target, IN_STUDY),
    }


def methods_of(prevalence: float | None) -> dict[str, Any]:
    """How each measure's interval is made, in the same three parts."""
    table = stats.ConfusionTable(3, 1, 3, 1)
    study = stats.table_measures(table)
    target = None if prevalence is None else stats.table_measures(table, prevalence=prevalence)
    return {
        "any": _methods(study, OF_ANY_PREVALENCE),
        "study": _methods(study, IN_STUDY),
        "target": None if target is None else _methods(target, IN_STUDY),
    }


def _of(found: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: {part: getattr(getattr(found, name), part) for part in _PARTS} for name in names}


def _methods(found: Any, names: tuple[str, ...]) -> dict[str, str]:
    return {name: getattr(found, name).method for name in names}
