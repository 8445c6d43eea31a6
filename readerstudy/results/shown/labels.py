"""The names of cases' properties, measures and intervals, as tables and figures of several topics show them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.images.choices import Sex, View
from readerstudy.results.figure import Document
from readerstudy.results.shown.marks import limits_of
from readerstudy.results.table_model import ResultTable

Cells = tuple[Any, ...]


def filled(tables: Iterable[ResultTable]) -> list[ResultTable]:
    """Those with rows: a table of nothing tells nothing."""
    return [table for table in tables if table.rows]


def factor_name(name: str) -> str:
    """A property of the cases."""
    names = {
        "phototype": _("Phototype (Fitzpatrick)"),
        "site": _("Site on the body"),
        "age": _("Age in years"),
        "sex": _("Sex"),
        "diagnosis": _("Diagnosis"),
        "view": _("View"),
    }
    return names[name]


def level_name(factor: str, level: str) -> str:
    """A value of such a property: sites and diagnoses as they were recorded."""
    ages = {"under 30": _("under 30"), "70 and over": _("70 and over")}
    if factor in ("phototype", "age"):
        return ages.get(level, level.replace("-", "–"))
    choices = {"sex": Sex, "view": View}.get(factor)
    return str(choices(level).label) if choices and level in choices.values else level


def measure_name(measure: str) -> str:
    """AUC, sensitivity or specificity."""
    return {"auc": "AUC", "sensitivity": _("Sensitivity"), "specificity": _("Specificity")}[measure]


def measure_kind(measure: str, *, is_difference: bool = False) -> str:
    """How a column of a measure is shown."""
    if measure == "auc":
        return "difference_auc" if is_difference else "auc"
    return "difference" if is_difference else "rate"


def limits(document: Document) -> tuple[str, str]:
    """The headings of an interval's two ends, at the level of the study's plan."""
    return limits_of(1 - document.get("study", {}).get("plan", {}).get("alpha", 0.05))


def interval(found: Document) -> Cells:
    """Value and both ends of an estimate."""
    return found["value"], found["low"], found["high"]


def reasons(found: Sequence[Document]) -> str | None:
    """Why some of these numbers are missing, each reason once."""
    told = dict.fromkeys(one["reason"] for one in found if one["value"] is None or one["low"] is None)  # fmt: skip
    return " ".join(reason for reason in told if reason) or None


def truth_name(*, malignant: bool) -> str:
    """The two classes of cases."""
    return _("malignant") if malignant else _("benign")
