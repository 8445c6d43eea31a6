"""Figures and tables of one reader: the point beside panel and CNN, and how certainty went with being right."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.case_figures import truth_words
from readerstudy.results.figure import CNN, MUTED, PERCENT, TEXT, Document, Figure
from readerstudy.results.reader_report import JudgedCase, ReaderReport
from readerstudy.results.table_model import ResultTable
from readerstudy.stats import Spread

_OWN = "var(--series-2)"


def reader_tables(
    document: Document, report: ReaderReport, cnn: dict[str, Spread] | None
) -> dict[str, ResultTable]:
    """Every table of the reader's page by its name."""
    tables = (
        rates_table(document, report, cnn),
        points_table(document, report),
        certainty_table(report),
        judged_table("wrong", _("Cases decided wrongly"), report.wrong),
        judged_table("different", _("Cases seen differently from the panel"), report.different),
    )
    return {table.name: table for table in tables}


def rates_table(
    document: Document, report: ReaderReport, cnn: dict[str, Spread] | None
) -> ResultTable:
    """Sensitivity and specificity: the reader, the means of group and panel, and the CNN matched to the reader."""
    readers = document["readers"]
    groups = [one for one in readers["groups"] if one["name"] == report.reader.group]
    rows: list[tuple[Any, ...]] = [(_("This reader"), *_own_cells(report))]
    rows += [(_("Mean: %(group)s") % {"group": one["name"]}, *_mean_cells(one)) for one in groups]
    rows.append((_("Mean of all readers"), *_mean_cells(readers)))
    if cnn:
        se, sp = cnn["sensitivity"], cnn["specificity"]
        none = (None, None, None)
        rows.append((_("CNN at the same specificity, mean and range of runs"), se.mean, se.low, se.high, *none))  # fmt: skip
        rows.append((_("CNN at the same sensitivity, mean and range of runs"), *none, sp.mean, sp.low, sp.high))  # fmt: skip
    header = (
        _("Operating point"), _("Sensitivity"), _("low"), _("high"), _("Specificity"), _("low"), _("high"),
    )  # fmt: skip
    title = _("Sensitivity and specificity with 95 % CI")
    return ResultTable("rates", title, header, ("text", *["rate"] * 6), tuple(rows))


def _own_cells(report: ReaderReport) -> tuple[float | None, ...]:
    both = (report.sensitivity, report.specificity)
    return tuple(getattr(one, name, None) for one in both for name in ("value", "low", "high"))


def _mean_cells(part: Document) -> tuple[float | None, ...]:
    both = (part["sensitivity"], part["specificity"])
    return tuple(
        cell
        for one in both
        for cell in (one["mean"], one["interval"]["low"], one["interval"]["high"])
    )


def _panel(document: Document) -> dict[str, Any]:
    points = document["readers"]["points"]
    return {
        "x": [1 - one["specificity"] for one in points],
        "y": [one["sensitivity"] for one in points],
        "mode": "markers",
        "marker": {"color": MUTED, "size": 6, "opacity": 0.45},
        "name": _("Panel"),
        # Whose point it is is nobody's business on a reader's own page.
        "hoverinfo": "skip",
    }


def _curves(document: Document, report: ReaderReport) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for model in document["models"]:
        mean = model["mean_roc"]
        line = {"color": CNN, "width": 3}
        name = _("%(model)s, mean of runs") % {"model": model["name"]}
        found.append({"x": mean["fpf"], "y": mean["mean"], "mode": "lines", "line": line, "name": name})  # fmt: skip
    if report.roc is not None:
        own = {"x": report.roc.fpf.tolist(), "y": report.roc.tpf.tolist()}
        line = {"color": _OWN, "width": 1.5, "dash": "dash"}
        found.append({**own, "mode": "lines", "line": line, "name": _("ROC of this reader's ratings")})  # fmt: skip
    return found


def _marks(document: Document, report: ReaderReport) -> list[dict[str, Any]]:
    readers = document["readers"]
    groups = [one for one in readers["groups"] if one["name"] == report.reader.group]
    means = [(_("Mean: %(group)s") % {"group": one["name"]}, one, "diamond") for one in groups] + [
        (_("Mean of all readers"), readers, "x")
    ]
    found = [
        _mark(name, part["sensitivity"]["mean"], part["specificity"]["mean"], TEXT, symbol, 12)
        for name, part, symbol in means
    ]
    if report.sensitivity and report.specificity:
        own = (report.sensitivity.value, report.specificity.value)
        found.append(_mark(_("This reader"), *own, _OWN, "star", 20))
    return found


def _mark(  # noqa: PLR0917 (one row of a table)
    name: str,
    sensitivity: float | None,
    specificity: float | None,
    colour: str,
    symbol: str,
    size: int,
) -> dict[str, Any]:
    return {
        "x": [1 - (specificity or 0.0)],
        "y": [sensitivity],
        "mode": "markers",
        "name": name,
        "marker": {"color": colour, "symbol": symbol, "size": size, "line": {"color": "var(--surface)", "width": 1}},
        "hovertemplate": "%{y:.1%} / %{x:.1%}<extra>" + name + "</extra>",
    }  # fmt: skip


def _traces(document: Document, report: ReaderReport) -> list[dict[str, Any]]:
    return [_panel(document), *_curves(document, report), *_marks(document, report)]


def reader_figure(document: Document, report: ReaderReport) -> Figure:
    """The reader's point among the panel's, with the CNN's mean curve and the curve of the reader's own ratings."""
    axis = {"constrain": "domain", **PERCENT}
    layout = {
        "xaxis": {"title": {"text": _("1 − specificity")}, "range": [-0.02, 1.02], **axis},
        "yaxis": {"title": {"text": _("Sensitivity")}, "range": [-0.02, 1.04], "scaleanchor": "x", **axis},
        "legend": {"orientation": "h", "y": -0.16, "yanchor": "top"},
    }  # fmt: skip
    caption = _(
        "Grey points are the complete readers of the study. The star is this reader's operating point, the dashed line the "
        "empirical ROC of this reader's ratings."
    )
    plot = {"data": _traces(document, report), "layout": layout}
    return Figure("reader-roc", _("Among the panel and the CNN"), caption, plot, "reader-points")


def points_table(document: Document, report: ReaderReport) -> ResultTable:
    """The numbers of the figure, series by series."""
    rows = tuple(
        (trace["name"], x, y)
        for trace in _traces(document, report)
        for x, y in zip(trace["x"], trace["y"], strict=True)
    )
    header = (_("Series"), _("1 − specificity"), _("Sensitivity"))
    title = _("Among the panel and the CNN")
    return ResultTable("reader-points", title, header, ("text", "rate", "rate"), rows)


def certainty_table(report: ReaderReport) -> ResultTable:
    """How often the reader was right at each level of certainty."""
    header = (_("Certainty"), _("Answers"), _("Right"), _("Share right"), _("95 % CI, low"), _("95 % CI, high"))  # fmt: skip
    rows = tuple(
        (one.level, one.answers, one.right, one.share.value, one.share.low, one.share.high)
        for one in report.certainty
    )
    kinds = ("text", "count", "count", "rate", "rate", "rate")
    return ResultTable("certainty", _("How sure, and how often right"), header, kinds, rows)


def certainty_figure(report: ReaderReport) -> Figure:
    """Share right by level of certainty, with Wilson's intervals."""
    shares = [one.share for one in report.certainty]
    values = [one.value or 0.0 for one in shares]
    up = [(one.high or 0.0) - value for one, value in zip(shares, values, strict=True)]
    down = [value - (one.low or 0.0) for one, value in zip(shares, values, strict=True)]
    error = {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "color": _OWN}
    points = {
        "x": [one.level for one in report.certainty],
        "y": values,
        "error_y": error,
        "text": [str(one.answers) for one in report.certainty],
        "mode": "lines+markers",
        "marker": {"color": _OWN, "size": 11},
        "line": {"color": _OWN, "width": 1},
        "hovertemplate": "%{y:.1%} (n = %{text})<extra></extra>",
        "showlegend": False,
    }
    layout = {
        "xaxis": {"title": {"text": _("Certainty")}, "type": "category"},
        "yaxis": {"title": {"text": _("Share right")}, "range": [0, 1.04], **PERCENT},
    }
    caption = _(
        "The share of right decisions among the answers of each level of certainty, from the least to the most certain, with "
        "Wilson's intervals (95 %). Who is well calibrated is right more often where they are more certain."
    )
    title = _("How sure, and how often right")
    return Figure("certainty", title, caption, {"data": [points], "layout": layout}, "certainty")


def judged_table(name: str, title: str, cases: Sequence[JudgedCase]) -> ResultTable:
    """Cases with the reader's decision, the truth, the panel and the CNN."""
    header = (_("Case"), _("Truth"), _("Diagnosis"), _("Decision"), _("Share of the others for biopsy"), _("CNN, mean score"))  # fmt: skip
    rows = tuple(
        (
            one.case_id, truth_words(one.malignant), one.diagnosis, _decided(one), one.others_biopsy_share, one.score,
        )
        for one in cases
    )  # fmt: skip
    return ResultTable(name, title, header, ("text", "text", "text", "text", "rate", "score"), rows)


def _decided(case: JudgedCase) -> str:
    return _("biopsy / further treatment") if case.called_malignant else _("no further treatment")
