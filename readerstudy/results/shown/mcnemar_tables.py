"""Tables of McNemar's tests: the CNN at its threshold against the majority vote and against every reader."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.shown.comparison_words import figure_name
from readerstudy.results.shown.marks import limits_of
from readerstudy.results.table_model import ResultTable

RATES = ("sensitivity", "specificity")
_NAMES = ("cnn_alone", "reader_alone", "n", "difference", "low", "high", "p")
_KINDS = ("count", "count", "count", *["difference"] * 3, "p")


def _header() -> tuple[str, ...]:
    return (
        _("CNN alone right"), _("Other alone right"), _("Cases"), _("Difference CNN − other"), *limits_of(0.95), _("p, exact"),
    )  # fmt: skip


def against_majority(models: list[dict[str, Any]]) -> ResultTable:
    """Every run with a threshold against the majority vote of all readers."""
    header = (_("Model"), _("Training run"), _("Measure"), *_header(), _("Why not"))
    rows = tuple(
        (model["name"], run["label"], figure_name(rate), *_cells(run[rate]["majority"]))
        for model in models
        for run in model["runs"]
        for rate in RATES
    )
    kinds = ("text", "text", "text", *_KINDS, "reason")
    title = _("McNemar's test: the CNN against the readers' majority vote")
    return ResultTable("mcnemar-majority", title, header, kinds, rows)


def _cells(test: dict[str, Any]) -> tuple[Any, ...]:
    return (*(test[name] for name in _NAMES), test["reason"])


def against_readers(part: dict[str, Any], model: dict[str, Any], index: int) -> ResultTable:
    """Every run with a threshold against every reader, p adjusted over the readers."""
    header = (_("Training run"), _("Measure"), _("Reader"), *_header(), _("p, Holm"))
    codes = [reader["code"] for reader in part["readers"]]
    rows = tuple(row for run in model["runs"] for row in _reader_rows(run, codes))
    kinds = ("text", "text", "text", *_KINDS, "p")
    words = {"model": model["name"]}
    title = _("McNemar's test: %(model)s against every reader") % words
    return ResultTable(f"mcnemar-readers-{index}", title, header, kinds, rows)


def _reader_rows(run: dict[str, Any], codes: list[str]) -> Iterator[tuple[Any, ...]]:
    for rate in RATES:
        columns = run[rate]["readers"]
        cells = (columns[name] for name in (*_NAMES, "p_holm"))
        for code, *row in zip(codes, *cells, strict=True):
            yield (run["label"], figure_name(rate), code, *row)
