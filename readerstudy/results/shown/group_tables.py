"""Tables of groups of readers by who they are, and whether they differ."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.reading.conduct_choices import BoardCertification
from readerstudy.results.shown.comparison_words import figure_name
from readerstudy.results.shown.marks import limits_of
from readerstudy.results.table_model import ResultTable

MEASURES = ("sensitivity", "specificity", "auc")


def group_table(part: dict[str, Any], measure: str) -> ResultTable:
    """Mean, SD, range and both intervals of one measure, by every characteristic that is known."""
    header = (
        _("Characteristic"), _("Group"), _("Readers"), _("Mean"), _("SD"), _("Lowest"), _("Highest"),
        *(_("%(interval)s, readers random") % {"interval": end} for end in limits_of(0.95)),
        *(_("%(interval)s, readers and cases random") % {"interval": end} for end in limits_of(0.95)),
        _("Why not"),
    )  # fmt: skip
    kind = "auc" if measure == "auc" else "rate"
    rows = tuple(
        _row(one["characteristic"], group, measure)
        for one in part["parts"]
        for group in one["groups"]
    )
    title = _("%(measure)s by who the readers are") % {"measure": figure_name(measure)}
    kinds = ("text", "text", "count", *[kind] * 8, "reason")
    return ResultTable(f"groups-{measure}", title, header, kinds, rows)


def _row(characteristic: str, group: dict[str, Any], measure: str) -> tuple[Any, ...]:
    found = group[measure]
    ends = (found[which][end] for which in ("t_interval", "interval") for end in ("low", "high"))
    reasons = (found[which]["reason"] for which in ("t_interval", "interval"))
    return (
        characteristic_name(characteristic), _group_name(characteristic, group["name"]), group["n"],
        *(found[name] for name in ("mean", "sd", "low", "high")), *ends,
        " ".join(dict.fromkeys(filter(None, reasons))) or None,
    )  # fmt: skip


def rank_tests(part: dict[str, Any]) -> ResultTable:
    """Kruskal-Wallis over all groups of a characteristic, then Mann-Whitney of each pair."""
    header = (
        _("Characteristic"), _("Measure"), _("Compared"), _("Statistic"), "df", "p", _("p, Holm"), _("Why not"),
    )  # fmt: skip
    kinds = ("text", "text", "text", "number", "count", "p", "p", "reason")
    rows = tuple(
        row for one in part["parts"] for measure in MEASURES for row in _test_rows(one, measure)
    )
    title = _("Do the groups differ? Kruskal-Wallis and Mann-Whitney tests")
    return ResultTable("groups-tests", title, header, kinds, rows)


def _test_rows(one: dict[str, Any], measure: str) -> Iterator[tuple[Any, ...]]:
    name, tests = one["characteristic"], one["tests"][measure]
    head = (characteristic_name(name), figure_name(measure))
    overall = tests["kruskal_wallis"]
    names = ("statistic", "df", "p")
    yield (*head, _("all groups"), *(overall[key] for key in names), None, overall["reason"])
    for pair in tests["mann_whitney"]:
        compared = " – ".join(_group_name(name, pair[side]) for side in ("a", "b"))
        yield (*head, compared, None, None, pair["p"], pair["p_holm"], pair["reason"])


def characteristic_name(name: str) -> str:
    """What readers are told apart by."""
    names = {
        "rank": _("Rank group"),
        "institution": _("Institution"),
        "experience": _("Years of experience"),
        "certification": _("Board certification"),
        "skin_checks": _("Skin checks per week"),
    }
    return names[name]


def _group_name(characteristic: str, name: str) -> str:
    if characteristic == "certification":
        return str(BoardCertification(name).label)
    return name.replace("-", "–") if characteristic in {"experience", "skin_checks"} else name
