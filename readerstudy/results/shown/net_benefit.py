"""The topic "net benefit": decision curves, and predictive values at other prevalences."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.results.figure import Document, Figure
from readerstudy.results.shown.marks import computed, group_name, limits_of, range_of_runs, section
from readerstudy.results.shown.net_benefit_figures import (
    decision_figure,
    model_name,
    predictive_figures,
)
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable


def tables(document: Document) -> list[ResultTable]:
    """Decision curves at each prevalence, then predictive values."""
    curves, values = (section(document, name) for name in ("net_benefit", "predictive"))
    found = []
    if curves is not None:
        found = [build(curves, at) for at in curves["prevalences"] for build in (_curves, _readers)]
    if values is not None:
        models = [_runs(values, model, number) for number, model in computed(values["models"])]
        found += [_predictive(values), *models]
    return found


def _curves(part: Document, at: Document) -> ResultTable:
    limits = limits_of(part["level"])
    models = list(computed(at["models"]))
    header = (
        _("Threshold"), _("Treat all"),
        *(name for group in at["groups"] for name in (group_name(group["group"]), *limits)),
        *(name for _number, one in models for name in (model_name(one), *limits, *range_of_runs())),
    )  # fmt: skip
    columns = [
        part["thresholds"], at["treat_all"],
        *(group[key] for group in at["groups"] for key in ("mean", "low", "high")),
        *(one[key] for _number, one in models for key in ("mean", "low", "high", "smallest", "largest")),
    ]  # fmt: skip
    kinds = ("rate", *["auc"] * (len(columns) - 1))
    return ResultTable(
        f"net-benefit-{at['kind']}", _title(at), header, kinds, tuple(zip(*columns, strict=True))
    )


def _title(at: Document) -> str:
    if at["kind"] == "study":
        return _("Net benefit at the prevalence of the study")
    return _("Net benefit at the target prevalence")


def _readers(part: Document, at: Document) -> ResultTable:
    thresholds = (f"{100 * one:g} %" for one in part["reader_thresholds"])
    header = (_("Reader"), _("Rank group"), *thresholds)
    rows = tuple((one["code"], one["group"], *one["values"]) for one in at["readers"])
    kinds = ("text", "text", *["auc"] * (len(header) - 2))
    title = (
        _("Net benefit of every reader at the prevalence of the study")
        if at["kind"] == "study"
        else _("Net benefit of every reader at the target prevalence")
    )
    return ResultTable(f"net-benefit-{at['kind']}-readers", title, header, kinds, rows)


def _measures() -> tuple[str, ...]:
    return (
        _("Positive predictive value"),
        _("Negative predictive value"),
        _("Number needed to biopsy"),
    )


def _predictive(part: Document) -> ResultTable:
    """Rows of prevalence and who; the range is that of training runs."""
    low_high = range_of_runs()
    header = (
        _("Prevalence"),
        _("Who"),
        *(name for one in _measures() for name in (one, *low_high)),
    )
    who = [
        *((group_name(one["group"]), _of_group(one)) for one in part["groups"]),
        *((one["model"], _of_runs(one)) for _number, one in computed(part["models"])),
    ]
    rows = tuple(
        (prevalence, name, *cells[place])
        for place, prevalence in enumerate(part["prevalences"])
        for name, cells in who
    )
    kinds = ("rate", "text", *["rate"] * 6, *["number"] * 3)
    title = _("Predictive values by prevalence")
    return ResultTable("predictive", title, header, kinds, rows)


def _of_group(group: Document) -> list[tuple[Any, ...]]:
    columns = zip(group["ppv"], group["npv"], group["nnb"], strict=True)
    return [(ppv, None, None, npv, None, None, nnb, None, None) for ppv, npv, nnb in columns]


def _of_runs(model: Document) -> list[tuple[Any, ...]]:
    columns = zip(model["ppv"], model["npv"], model["nnb"], strict=True)
    return [tuple(one[key] for one in row for key in ("mean", "low", "high")) for row in columns]


def _runs(part: Document, model: Document, number: int) -> ResultTable:
    """Every run at every prevalence, with intervals."""
    limits = limits_of(part["level"])
    header = (_("Prevalence"), _("Training run"), *(name for one in _measures() for name in (one, *limits)))  # fmt: skip
    rows = tuple(
        (prevalence, run["label"], *(run[key][place][at] for key in ("ppv", "npv", "nnb") for at in ("value", "low", "high")))
        for place, prevalence in enumerate(part["prevalences"])
        for run in model["runs"]
    )  # fmt: skip
    kinds = ("rate", "text", *["rate"] * 6, *["number"] * 3)
    title = _("Predictive values of %(model)s by prevalence") % {"model": model["model"]}
    return ResultTable(f"predictive-{number}", title, header, kinds, rows)


def figures(document: Document) -> list[Figure]:
    """A decision curve per prevalence, the two predictive values, the number needed to biopsy."""
    curves, values = (section(document, name) for name in ("net_benefit", "predictive"))
    found = [decision_figure(curves, at) for at in curves["prevalences"]] if curves else []
    return [*found, *(predictive_figures(values) if values else [])]


TOPIC = Topic(
    "net-benefit",
    gettext_lazy("Net benefit"),
    ("net_benefit", "predictive"),
    tables,
    figures,
)
