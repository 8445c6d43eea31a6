"""The topic "calibration": of the CNN's scores as probabilities, and of the readers' confidence."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.shown.calibration_figures import readers_figure, reliability_figure
from readerstudy.results.shown.marks import computed, group_name, limits_of, section
from readerstudy.results.shown.panel_words import judged_names
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable


def tables(document: Document) -> list[ResultTable]:
    """Of every model its measures and its bins; of the readers their levels or bins."""
    part = section(document, "calibration")
    if part is None:
        return []
    found = [
        build(model, number, part["level"])
        for number, model in computed(part["models"])
        for build in (_measures, _bins)
    ]
    readers = part["readers"]
    return found if "reason" in readers else [*found, *_readers(readers, part["level"])]


def _judged(model: Document) -> list[tuple[str, Document]]:
    """The scores as they are judged, in the order of their names: a stored document has an order of its own."""
    return [(key, model["judged"][key]) for key in judged_names() if key in model["judged"]]


def _measures(model: Document, number: int, level: float) -> ResultTable:
    low, high = limits_of(level)
    header = (
        _("Judged"), _("Training run"), _("Brier score"), low, high, _("Skill"), _("Expected error"), _("Maximum error"),
        _("Slope"), low, high, _("Intercept"), low, high, _("In the large"), low, high, _("Why not"),
    )  # fmt: skip
    kinds = ("text", "text", *["auc"] * 15, "reason")
    rows = [
        row
        for key, judged in _judged(model)
        for row in (_mean_row(key, judged["mean"]), *(_run_row(key, run) for run in judged["runs"]))
    ]
    title = _("Calibration of %(model)s") % {"model": model["model"]}
    return ResultTable(f"calibration-{number}", title, header, kinds, tuple(rows))


def _mean_row(key: str, mean: Document) -> tuple[Any, ...]:
    """Means over the runs with the range instead of an interval."""
    cells = {name: [part[at] for at in ("mean", "low", "high")] for name, part in mean.items()}
    reasons = [part["reason"] for _name, part in sorted(mean.items()) if "reason" in part]
    return (
        judged_names()[key], _("Mean and range of runs"), *cells["brier"], None, cells["expected_error"][0], None,
        *cells["slope"], *cells["intercept"], *cells["in_the_large"], reasons[0] if reasons else None,
    )  # fmt: skip


def _run_row(key: str, run: Document) -> tuple[Any, ...]:
    estimates = {name: run[name] for name in ("brier", "slope", "intercept", "in_the_large")}
    cells = {name: [one[at] for at in ("value", "low", "high")] for name, one in estimates.items()}
    reasons = [one["reason"] for one in estimates.values() if "reason" in one]
    return (
        judged_names()[key], run["label"], *cells["brier"], run["skill"], run["expected_error"], run["maximum_error"],
        *cells["slope"], *cells["intercept"], *cells["in_the_large"], reasons[0] if reasons else None,
    )  # fmt: skip


def _bins(model: Document, number: int, level: float) -> ResultTable:
    header = (
        _("Judged"), _("Training run"), _("Mean predicted probability"), _("Observed share"), *limits_of(level),
        _("Number of cases"), _("Malignant"),
    )  # fmt: skip
    kinds = ("text", "text", *["rate"] * 4, "count", "count")
    names = ("predicted", "observed", "low", "high", "n", "positives")
    rows = [
        (judged_names()[key], label, *(one.get(name) for name in names))
        for key, judged in _judged(model)
        for label, bins in (
            (_("All runs pooled"), judged["pooled"]),
            *((run["label"], run["bins"]) for run in judged["runs"]),
        )
        for one in bins
    ]
    title = _("Reliability of %(model)s") % {"model": model["model"]}
    return ResultTable(f"calibration-{number}-bins", title, header, kinds, tuple(rows))


def _readers(readers: Document, level: float) -> list[ResultTable]:
    if readers["scale"] == "levels":
        return [_levels(readers, level)]
    return [_likelihood_measures(readers), _likelihood_bins(readers, level)]


def _levels(readers: Document, level: float) -> ResultTable:
    header = (
        _("Rank group"), _("Rating"), _("Answers"), _("Malignant"), _("Observed share"), *limits_of(level),
        _("At the target prevalence"), _("Why not"),
    )  # fmt: skip
    names = ("rating", "n", "malignant", "observed", "low", "high", "at_target", "reason")
    rows = [(group_name(one["group"]), *(one[name] for name in names)) for one in readers["levels"]]
    kinds = ("text", "number", "count", "count", *["rate"] * 4, "reason")
    title = _("Share of malignant cases by the readers' rating")
    return ResultTable("calibration-readers", title, header, kinds, tuple(rows))


def _likelihood_measures(readers: Document) -> ResultTable:
    header = (
        _("Rank group"), _("Readers"), _("Expected error"), _("Brier score"), _("low"), _("high"), _("Slope"), _("low"),
        _("high"), _("In the large"), _("low"), _("high"),
    )  # fmt: skip
    rows = [
        (
            group_name(one["group"]), one["readers"], one.get("expected_error"),
            *(one[name][at] for name in ("brier", "slope", "in_the_large") for at in ("mean", "low", "high")),
        )
        for one in readers["groups"]
    ]  # fmt: skip
    kinds = ("text", "count", *["auc"] * 10)
    title = _("Calibration of the readers' likelihoods")
    return ResultTable("calibration-readers-measures", title, header, kinds, tuple(rows))


def _likelihood_bins(readers: Document, level: float) -> ResultTable:
    header = (
        _("Rank group"), _("Mean likelihood"), _("Observed share"), *limits_of(level), _("Answers"), _("Malignant"),
    )  # fmt: skip
    names = ("predicted", "observed", "low", "high", "n", "positives")
    rows = [
        (group_name(group["group"]), *(one[name] for name in names))
        for group in readers["groups"]
        for one in group.get("bins", ())
    ]
    kinds = ("text", *["rate"] * 4, "count", "count")
    title = _("Reliability of the readers' likelihoods")
    return ResultTable("calibration-readers", title, header, kinds, tuple(rows))


def figures(document: Document) -> list[Figure]:
    """A reliability curve per model and way of judging, and one of the readers."""
    part = section(document, "calibration")
    if part is None:
        return []
    found = [
        reliability_figure(part, model, number, key)
        for number, model in computed(part["models"])
        for key in model["judged"]
    ]
    return found if "reason" in part["readers"] else [*found, readers_figure(part)]


TOPIC = Topic("calibration", gettext_lazy("Calibration"), ("calibration",), tables, figures)
