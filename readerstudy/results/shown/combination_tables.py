"""Tables of readers combined with the CNN."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.shown.marks import computed, limits_of, range_of_runs
from readerstudy.results.shown.panel_words import measure_names, rule_names
from readerstudy.results.table_model import ResultTable


def combination_tables(part: Document) -> list[ResultTable]:
    """Of every model the means over readers, every run, and every reader."""
    return [
        build(model, number, part["level"])
        for number, model in computed(part["models"])
        for build in (_means, _runs, _readers)
    ]


def _effects(model: Document) -> list[tuple[str, str, Document, float | None]]:
    """(rule, measure, effect, CNN alone) of everything that could be computed."""
    scores, decisions, names = model["scores"], model["decisions"], measure_names()
    found = []
    if "reason" not in scores:
        found.append((rule_names()[scores["rule"]], names["auc"], scores["auc"], scores["cnn"]["mean"]))  # fmt: skip
    for rule in decisions.get("rules", ()):
        found += [
            (rule_names()[rule["rule"]], names[key], rule[key], decisions[f"cnn_{key}"]["mean"])
            for key in ("sensitivity", "specificity")
        ]
    return found


def _means(model: Document, number: int, level: float) -> ResultTable:
    header = (
        _("Rule"), _("Measure"), _("Readers alone, mean"), *limits_of(level), _("CNN alone"), _("Combined, mean of runs"),
        *range_of_runs(), _("Gain over the reader"), *range_of_runs(), _("Gain over the CNN"), *range_of_runs(),
    )  # fmt: skip
    rows = tuple(
        (
            rule, measure, *(effect["alone"][at] for at in ("value", "low", "high")), cnn,
            *(effect[name][at] for name in ("combined", "gain", "over_cnn") for at in ("mean", "low", "high")),
        )
        for rule, measure, effect, cnn in _effects(model)
    )  # fmt: skip
    kinds = ("text", "text", *["auc"] * 7, *["difference_auc"] * 6)
    title = _("Readers combined with %(model)s (exploratory)") % {"model": model["model"]}
    return ResultTable(f"combination-{number}", title, header, kinds, rows)


def _runs(model: Document, number: int, level: float) -> ResultTable:
    limits = limits_of(level)
    header = (
        _("Rule"), _("Measure"), _("Training run"), _("Combined"), *limits, _("Gain over the reader"), *limits, "p",
        _("Gain over the CNN"), *limits, "p", _("Why not"),
    )  # fmt: skip
    rows = tuple(
        (rule, measure, run["label"], *_run_cells(run))
        for rule, measure, effect, _cnn in _effects(model)
        for run in effect["runs"]
    )
    kinds = (*["text"] * 3, *["auc"] * 3, *[*["difference_auc"] * 3, "p"] * 2, "reason")
    title = _("Readers combined with each run of %(model)s (exploratory)") % {
        "model": model["model"]
    }
    return ResultTable(f"combination-{number}-runs", title, header, kinds, rows)


def _run_cells(run: Document) -> tuple[Any, ...]:
    parts = [run[name] for name in ("combined", "gain", "over_cnn")]
    cells = [[part[at] for at in ("value", "low", "high")] for part in parts]
    reason = next((part["reason"] for part in parts if "reason" in part), None)
    return (*cells[0], *cells[1], parts[1].get("p"), *cells[2], parts[2].get("p"), reason)


def _readers(model: Document, number: int, _level: float) -> ResultTable:
    """Areas alone and combined, then the combined rates of every rule."""
    rules = model["decisions"].get("rules", ())
    names, labels = measure_names(), rule_names()
    header = (
        _("Reader"), _("Rank group"), _("AUC alone"), _("AUC combined"),
        *(f"{names[key]}: {labels[rule['rule']]}" for rule in rules for key in ("sensitivity", "specificity")),
    )  # fmt: skip
    areas = {one["code"]: one for one in model["scores"].get("readers", ())}
    own: dict[str, list[Any]] = {}
    for rule in rules:
        for one in rule["readers"]:
            own.setdefault(one["code"], []).extend((one["sensitivity"], one["specificity"]))
    known = model["scores"].get("readers") or (rules[0]["readers"] if rules else ())
    rows = tuple(
        (one["code"], one["group"], *_areas(areas.get(one["code"])), *own.get(one["code"], ()))
        for one in known
    )
    kinds = ("text", "text", "auc", "auc", *["rate"] * (2 * len(rules)))
    title = _("Every reader combined with %(model)s, mean of runs (exploratory)") % {
        "model": model["model"]
    }
    return ResultTable(f"combination-{number}-readers", title, header, kinds, rows)


def _areas(row: Document | None) -> tuple[float | None, float | None]:
    return (None, None) if row is None else (row["alone"], row["combined"])
