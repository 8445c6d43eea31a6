"""The tables of an analysis, for pages and for CSV. Every table reads the document and computes nothing."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.matching_words import rule_name
from readerstudy.results.shown import topic_tables
from readerstudy.results.table_model import ResultTable

Document = dict[str, Any]


def all_tables(document: Document) -> dict[str, ResultTable]:
    """Every table by its name, in the order in which the report gives them."""
    tables = [*main_tables(document), *topic_tables(document)]
    return {table.name: table for table in tables}


def main_tables(document: Document) -> list[ResultTable]:
    """The tables of readers, cases and models, which need no section of the document."""
    tables = [build(document) for build in (groups, institutions, readers, cases)]
    for index, model in enumerate(document["models"], start=1):
        builders = _MODEL_TABLES if model["comparison"] else (model_auc, roc_points)
        tables += [build(model, index) for build in builders]
    return tables


def _rate_header(label: str) -> tuple[str, ...]:
    return (label, _("low"), _("high"), _("95 % CI, low"), _("95 % CI, high"))


def _rate_cells(rate: dict[str, Any]) -> tuple[Any, ...]:
    return (
        rate["mean"],
        rate["low"],
        rate["high"],
        rate["interval"]["low"],
        rate["interval"]["high"],
    )


def _rates_table(
    name: str, title: str, first: str, rows: list[tuple[str, dict[str, Any]]]
) -> ResultTable:
    header = (
        first,
        _("Readers"),
        *_rate_header(_("Sensitivity, mean")),
        *_rate_header(_("Specificity, mean")),
    )
    kinds = ("text", "count", *["rate"] * 10)
    cells = (
        (label, row["n"], *_rate_cells(row["sensitivity"]), *_rate_cells(row["specificity"]))
        for label, row in rows
    )
    return ResultTable(name, title, header, kinds, tuple(cells))


def groups(document: Document) -> ResultTable:
    """Mean and range of sensitivity and specificity: all readers, then each rank group."""
    part = document["readers"]
    rows = [(_("All readers"), part), *((row["name"], row) for row in part["groups"])]
    return _rates_table("groups", _("Readers by rank group"), _("Rank group"), rows)


def institutions(document: Document) -> ResultTable:
    """The same by institution."""
    rows = [(row["name"], row) for row in document["readers"]["institutions"]]
    return _rates_table("institutions", _("Readers by institution"), _("Institution"), rows)


def readers(document: Document) -> ResultTable:
    """One line for each reader: pseudonym, 2 × 2 table, rates, AUC of the ratings."""
    header = (
        _("Reader"), _("Rank group"), _("Institution"), _("Years of experience"), "TP", "FN", "TN", "FP",
        _("Sensitivity"), _("Specificity"), "AUC", _("95 % CI, low"), _("95 % CI, high"), _("Not assessable"),
    )  # fmt: skip
    kinds = ("text", "text", "text", *["count"] * 5, "rate", "rate", *["auc"] * 3, "count")
    names = (
        "code",
        "group",
        "institution",
        "years_of_experience",
        "tp",
        "fn",
        "tn",
        "fp",
        "sensitivity",
        "specificity",
    )
    rows = (
        (
            *(point[name] for name in names),
            *(point["auc"][name] for name in ("value", "low", "high")),
            # Analyses of before there was such an answer do not count it.
            point.get("not_assessable", 0),
        )
        for point in document["readers"]["points"]
    )
    return ResultTable("readers", _("Every reader"), header, kinds, tuple(rows))


def cases(document: Document) -> ResultTable:
    """One line for each case: truth, and how many readers decided for a biopsy."""
    total = document["counts"]["readers"]
    header = (_("Case"), _("Malignant"), _("Diagnosis"), _("Decided for biopsy"), _("Readers"))
    names = ("case", "malignant", "diagnosis", "biopsy_votes")
    rows = ((*(row[name] for name in names), row.get("graded", total)) for row in document["cases"])
    return ResultTable(
        "cases", _("Every case"), header, ("text", "count", "text", "count", "count"), tuple(rows)
    )


def model_auc(model: Document, index: int) -> ResultTable:
    """AUC of each training run with its DeLong interval."""
    header = (_("Training run"), "AUC", _("95 % CI, low"), _("95 % CI, high"))
    rows = tuple(
        (run["label"], *(run["auc"][name] for name in ("value", "low", "high")))
        for run in model["runs"]
    )
    title = _("AUC of %(model)s") % {"model": model["name"]}
    return ResultTable(f"model-{index}-auc", title, header, ("text", "auc", "auc", "auc"), rows)


def matched_specificity(model: Document, index: int) -> ResultTable:
    """The CNN's specificity at the readers' mean sensitivity, by each matching rule."""
    title = _("Specificity of the CNN at the readers' mean sensitivity")
    return _matched(
        model, index, "specificity_at_sensitivity", title, (_("Mean sensitivity"), _("Specificity"))
    )


def matched_sensitivity(model: Document, index: int) -> ResultTable:
    """The CNN's sensitivity at the readers' mean specificity, by each matching rule."""
    title = _("Sensitivity of the CNN at the readers' mean specificity")
    return _matched(
        model, index, "sensitivity_at_specificity", title, (_("Mean specificity"), _("Sensitivity"))
    )


def _matched(
    model: Document, index: int, key: str, title: str, words: tuple[str, str]
) -> ResultTable:
    header = (
        _("Rank group"), _("Matching rule"), _("Readers"), _("%s of the readers") % words[0], _("%s of the readers") % words[1],
        _("CNN, mean over runs"), _("CNN, low"), _("CNN, high"), _("Difference CNN − readers"),
    )  # fmt: skip
    names = ("target", "readers", "mean", "low", "high", "difference")
    rows = tuple(
        (
            row["group"] or _("All readers"),
            rule_name(part["rule"]),
            row["n"],
            *(row[name] for name in names),
        )
        for part in model["matched"]
        for row in part[key]
    )
    kinds = ("text", "text", "count", *["rate"] * 5, "difference")
    return ResultTable(f"model-{index}-{key.replace('_', '-')}", title, header, kinds, rows)


def comparison(model: Document, index: int) -> ResultTable:
    """How many readers each training run beats."""
    part = model["comparison"]
    header = (
        _("Training run"),
        _("Better in both"),
        _("Better in one"),
        _("Better in neither"),
        _("Readers"),
    )
    labels = [run["label"] for run in model["runs"]]
    counts = [tuple(run[name] for name in ("both", "one", "neither")) for run in part["runs"]]
    rows = [(label, *count, sum(count)) for label, count in zip(labels, counts, strict=True)]
    title = _("How many readers the CNN beats")
    return ResultTable(
        f"model-{index}-comparison", title, header, ("text", *["count"] * 4), tuple(rows)
    )


def roc_points(model: Document, index: int) -> ResultTable:
    """Every point of every run's empirical ROC curve."""
    header = (_("Training run"), _("1 − specificity"), _("Sensitivity"), _("Threshold"))
    rows = (
        (run["label"], *point)
        for run in model["runs"]
        for point in zip(run["roc"]["fpf"], run["roc"]["tpf"], _thresholds(run["roc"]), strict=True)
    )
    title = _("ROC curve of %(model)s") % {"model": model["name"]}
    kinds = ("text", "rate", "rate", "score")
    return ResultTable(f"model-{index}-roc", title, header, kinds, tuple(rows))


def _thresholds(roc: Document) -> list[float | None]:
    # Analyses of before thresholds were kept have none.
    return roc.get("threshold", [None] * len(roc["fpf"]))


def against_readers(model: Document, index: int) -> ResultTable:
    """AUC of each run minus the readers' mean AUC, with readers and cases random."""
    header = (
        _("Training run"),
        _("Difference of AUC"),
        _("95 % CI, low"),
        _("95 % CI, high"),
        "t",
        "df",
        "p",
        _("Why not"),
    )
    names = ("effect", "low", "high", "t", "df", "p", "reason")
    rows = tuple((row["label"], *(row[name] for name in names)) for row in model["against_readers"])
    kinds = ("text", *["difference_auc"] * 3, "number", "df", "p", "reason")
    return ResultTable(
        f"model-{index}-against-readers",
        _("AUC against the readers' mean AUC"),
        header,
        kinds,
        rows,
    )


_MODEL_TABLES: tuple[Callable[[Document, int], ResultTable], ...] = (
    model_auc, matched_specificity, matched_sensitivity, comparison, against_readers, roc_points,
)  # fmt: skip
