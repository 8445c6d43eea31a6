"""Counts of votes, where single readers are not known."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.core.sentences import translated
from readerstudy.results.figure import MUTED, PERCENT, Document, Figure, group_style
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable


def tables(document: Document) -> list[ResultTable]:
    """The AUC and the majority's rates, the curve, and every case's share."""
    section = document.get("sections", {}).get("votes", {})
    if "groups" not in section:
        return []
    return [_groups(section), _curve(section), _cases(section)]


def _groups(section: Document) -> ResultTable:
    header = (
        _("Voters"), _("Cases"), _("Votes"), _("Votes on a case, median"), "AUC", _("95 % CI, low"), _("95 % CI, high"),
        _("Sensitivity of the majority"), _("95 % CI, low"), _("95 % CI, high"),
        _("Specificity of the majority"), _("95 % CI, low"), _("95 % CI, high"),
    )  # fmt: skip
    kinds = ("text", "count", "count", "number", *["auc"] * 3, *["rate"] * 6)
    rows = tuple(
        (
            one["group"], one["cases"], one["votes"], one["votes_per_case"],
            *(one[part][key] for part in ("auc", "sensitivity", "specificity") for key in ("value", "low", "high")),
        )
        for one in section["groups"]
    )  # fmt: skip
    return ResultTable("votes", _("The share of positive votes against the truth"), header, kinds, rows)  # fmt: skip


def _curve(section: Document) -> ResultTable:
    header = (_("Voters"), _("1 − specificity"), _("Sensitivity"))
    rows = tuple(
        (one["group"], fpf, tpf)
        for one in section["groups"]
        for fpf, tpf in zip(one["roc"]["fpf"], one["roc"]["tpf"], strict=True)
    )
    return ResultTable("votes-roc", _("ROC curve of the share of positive votes"), header, ("text", "rate", "rate"), rows)  # fmt: skip


def _cases(section: Document) -> ResultTable:
    names = [one["group"] for one in section["groups"]]
    header = (_("Case"), _("Malignant"), _("Diagnosis"), *(title for name in names for title in (_("Share of positive votes, %s") % name, _("Votes, %s") % name)))  # fmt: skip
    rows = tuple(
        (
            one["case"],
            one["malignant"],
            one["diagnosis"],
            *(
                value
                for pair in zip(one["shares"], one["totals"], strict=True)
                for value in pair
            ),
        )
        for one in section["cases"]
    )  # fmt: skip
    kinds = ("text", "count", "text", *["rate", "count"] * len(names))
    return ResultTable("votes-cases", _("The votes on every case"), header, kinds, rows)


def figures(document: Document) -> list[Figure]:
    """ROC curves of the shares."""
    section = document.get("sections", {}).get("votes", {})
    if "groups" not in section:
        return []
    layout = {
        "xaxis": {"title": {"text": _("1 − specificity")}, "range": [-0.02, 1.02], "constrain": "domain", **PERCENT},
        "yaxis": {"title": {"text": _("Sensitivity")}, "range": [-0.02, 1.04], "scaleanchor": "x", "constrain": "domain", **PERCENT},
        "legend": {"orientation": "h", "y": -0.16, "yanchor": "top"},
    }  # fmt: skip
    chance = {"type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "line": {"color": MUTED, "dash": "dot"}, "hoverinfo": "skip", "showlegend": False}  # fmt: skip
    plot = {"data": [chance, *(_line(one, n) for n, one in enumerate(section["groups"]))], "layout": layout}  # fmt: skip
    title = _("ROC of the share of positive votes")
    return [Figure("votes", title, translated(section["method"]), plot, "votes-roc")]


def _line(one: Document, number: int) -> Document:
    colour, _symbol = group_style(number)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": one["group"],
        "x": one["roc"]["fpf"],
        "y": one["roc"]["tpf"],
        "line": {"color": colour, "width": 2.5},
    }


TOPIC = Topic("votes", gettext_lazy("Votes"), ("votes",), tables, figures, is_optional=True)
