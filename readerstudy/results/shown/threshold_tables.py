"""Tables of the CNN at its fixed threshold, and of all 2 × 2 tables."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.shown.comparison_words import figure_name, joint_verdict, run_name
from readerstudy.results.shown.marks import group_name, limits_of
from readerstudy.results.table_model import ResultTable

RATES = ("sensitivity", "specificity")


def rates(model: dict[str, Any], index: int) -> ResultTable:
    """Each run at its own threshold: counts, both rates with Wilson's interval, what a decision is worth."""
    header = (
        _("Training run"), _("Threshold"), "TP", "FN", "TN", "FP", *(word for rate in RATES for word in (figure_name(rate), *limits_of(0.95))),
        _("Youden's index"), "LR+", "LR−", *value_header(),
    )  # fmt: skip
    kinds = ("text", "auc", *["count"] * 4, *["rate"] * 6, *["number"] * 3, *VALUE_KINDS)
    rows = tuple(_run_row(run) for run in model["runs"])
    title = _("%(model)s at its own threshold") % {"model": model["name"]}
    return ResultTable(f"threshold-{index}", title, header, kinds, rows)


def _run_row(run: dict[str, Any]) -> tuple[Any, ...]:
    counts = (run[name] for name in ("label", "threshold", "tp", "fn", "tn", "fp"))
    ends = (run[rate][end] for rate in RATES for end in ("value", "low", "high"))
    of_any = run["measures"]["any"]
    names = ("youden_index", "positive_likelihood_ratio", "negative_likelihood_ratio")
    return (*counts, *ends, *(of_any[name]["value"] for name in names), *values(run["measures"]))


VALUE_KINDS = ("rate", "rate", "rate", "number") * 2


def value_header() -> tuple[str, ...]:
    """Headings of what depends on the prevalence: in the study, then at the target prevalence."""
    names = (_("PPV"), _("NPV"), _("Accuracy"), _("Number needed to biopsy"))
    at = (_("%(measure)s, study's prevalence"), _("%(measure)s, target prevalence"))
    return tuple(place % {"measure": name} for place in at for name in names)


def values(measures: dict[str, Any]) -> Iterator[float | None]:
    """The cells under `value_header`; empty where no target prevalence is planned."""
    names = ("positive_predictive_value", "negative_predictive_value", "accuracy", "number_needed_to_biopsy")  # fmt: skip
    for place in ("study", "target"):
        for name in names:
            yield measures[place][name]["value"] if measures[place] else None


def threshold_differences(model: dict[str, Any], index: int, level: float) -> ResultTable:
    """Each run, and their mean, against the readers' mean rates."""
    header = (
        _("Training run"), _("Measure"), _("CNN"), _("Readers, mean"), _("Difference CNN − readers"), *limits_of(level),
        "df", "p", _("Both together"), _("Why not"),
    )  # fmt: skip
    kinds = ("text", "text", "rate", "rate", *["difference"] * 3, "df", "p", "text", "reason")
    mean = [{"label": "", **model["mean"]}] if model["mean"] else []
    rows = tuple(row for run in (*mean, *model["runs"]) for row in _difference_rows(run))
    title = _("%(model)s at its own threshold against the readers") % {"model": model["name"]}
    return ResultTable(f"threshold-differences-{index}", title, header, kinds, rows)


def _difference_rows(run: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    names = ("cnn", "readers", "value", "low", "high", "df", "p")
    for rate in RATES:
        found = run["differences"][rate]
        yield (
            run_name(run["label"]),
            figure_name(rate),
            *(found[name] for name in names),
            joint_verdict(run["joint"]),
            found["reason"],
        )


def confusion(part: dict[str, Any]) -> ResultTable:
    """The 2 × 2 tables of all readers and groups, of their majority votes, and of the runs."""
    header = (_("Who"), _("Group or run"), _("Readers"), "TP", "FN", "TN", "FP", _("Missing"))
    names = {
        "readers": _("Grades of all readers together"),
        "majority": _("Majority vote"),
        "cnn": _("CNN"),
    }
    rows = tuple(
        (
            names[row["who"]],
            row["name"] if row["who"] == "cnn" else group_name(row["name"]),
            None if row["who"] == "cnn" else row["n"],
            *(row[name] for name in ("tp", "fn", "tn", "fp", "missing")),
        )
        for row in part["confusion"]
    )
    title = _("Confusion matrices (a tie of votes counts as a biopsy)")
    return ResultTable("confusion", title, header, ("text", "text", *["count"] * 6), rows)
