"""Figures and tables of the case inspector: readers against CNN over all cases, and the scores of one case."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, MUTED, PERCENT, Figure
from readerstudy.results.inspected_cases import InspectedCase, Threshold
from readerstudy.results.table import MISSING, ModelScores, ReadingTable
from readerstudy.results.table_model import ResultTable

_TRUTHS = ((True, "var(--series-2)", "triangle-up"), (False, "var(--series-4)", "circle"))


def truth_words(malignant: bool) -> str:  # noqa: FBT001 (what is told is a truth value)
    """Malignant or benign, in the page's language."""
    return _("malignant") if malignant else _("benign")


def cases_table(cases: Sequence[InspectedCase]) -> ResultTable:
    """One line for each case, as the list shows it."""
    header = (
        _("Case"), _("Truth"), _("Diagnosis"), _("Decided for biopsy"), _("Readers"), _("Share of readers wrong"),
        _("CNN, mean score"), _("Runs wrong"),
    )  # fmt: skip
    rows = tuple(
        (
            one.case_id, truth_words(one.malignant), one.diagnosis, one.biopsy_votes, one.graded, one.wrong_share,
            one.score, one.runs_wrong,
        )
        for one in cases
    )  # fmt: skip
    kinds = ("text", "text", "text", "count", "count", "rate", "score", "count")
    return ResultTable("inspected-cases", _("Readers and CNN, case by case"), header, kinds, rows)


def quadrant_figure(cases: Sequence[InspectedCase], threshold: Threshold) -> Figure:
    """Share of readers wrong against the CNN's mean score; lines at one half and at the threshold part the quadrants."""
    traces = [_quadrant_trace(cases, *style) for style in _TRUTHS]
    line = {"color": MUTED, "width": 1, "dash": "dot"}
    layout = {
        "xaxis": {"title": {"text": _("Share of readers wrong")}, "range": [-0.03, 1.03], **PERCENT},
        "yaxis": {"title": {"text": _("Mean score of the CNN")}},
        "legend": {"orientation": "h", "y": -0.2, "yanchor": "top"},
        "shapes": [
            {"type": "line", "x0": 0.5, "x1": 0.5, "yref": "paper", "y0": 0, "y1": 1, "line": line},
            {"type": "line", "y0": threshold.value, "y1": threshold.value, "xref": "paper", "x0": 0, "x1": 1, "line": line},
        ],
    }  # fmt: skip
    caption = _(
        "Each point is a case; choose one to open it. The CNN is wrong on malignant cases below the horizontal line, its "
        "threshold, and on benign ones from it upwards. On the right of the vertical line most readers are wrong."
    )
    title = _("Readers and CNN, case by case")
    return Figure(
        "quadrants", title, caption, {"data": traces, "layout": layout}, "inspected-cases"
    )


def _quadrant_trace(
    cases: Sequence[InspectedCase],
    malignant: bool,  # noqa: FBT001 (one of the two traces)
    colour: str,
    symbol: str,
) -> dict[str, Any]:
    shown = [one for one in cases if one.malignant == malignant and one.wrong_share is not None]
    return {
        "x": [one.wrong_share for one in shown],
        "y": [one.score for one in shown],
        "customdata": [one.case_id for one in shown],
        "text": [f"{one.case_id}, {one.diagnosis}" for one in shown],
        "mode": "markers",
        "name": truth_words(malignant),
        "marker": {"color": colour, "symbol": symbol, "size": 10, "opacity": 0.75},
        "hovertemplate": "%{text}<br>%{x:.0%} / %{y:.3f}<extra></extra>",
    }


def scores_table(model: ModelScores, column: int) -> ResultTable:
    """The score of every training run for one case."""
    rows = tuple(zip(model.run_labels, model.values[:, column].tolist(), strict=True))
    header = (_("Training run"), _("Score"))
    return ResultTable("scores", _("Scores of the CNN"), header, ("text", "score"), rows)


def scores_figure(model: ModelScores, column: int, threshold: Threshold) -> Figure:
    """The runs' scores of one case on a strip between the lowest and the highest score of any case."""
    values = model.values[:, column].tolist()
    runs = {
        "x": values,
        "y": list(model.run_labels),
        "mode": "markers",
        "marker": {"color": CNN, "size": 11},
        "hovertemplate": "%{y}: %{x:.4f}<extra></extra>",
        "showlegend": False,
    }
    low, high = float(model.values.min()), float(model.values.max())
    edge = 0.03 * (high - low or 1)
    line = {"color": MUTED, "width": 1.5, "dash": "dash"}
    at = {"x0": threshold.value, "x1": threshold.value, "yref": "paper", "y0": 0, "y1": 1}
    layout = {
        "xaxis": {"title": {"text": _("Score")}, "range": [low - edge, high + edge]},
        "yaxis": {"automargin": True, "autorange": "reversed"},
        "shapes": [{"type": "line", **at, "line": line}],
    }
    caption = _(
        "One point for each training run; the axis spans the scores of all cases, the dashed line is the threshold."
    )
    return Figure(
        "scores", _("Scores of the CNN"), caption, {"data": [runs], "layout": layout}, "scores"
    )


def answers_table(table: ReadingTable, column: int) -> ResultTable:
    """What every reader answered to one case: decision, whether right, rating, time, and with the CNN's aid where there was one."""
    header = [_("Reader"), _("Rank group"), _("Decision"), _("Right"), _("Rating"), _("Seconds")]
    kinds = ["text", "text", "text", "text", "count", "number"]
    if table.aided is not None:
        header.append(_("With the CNN's aid"))
        kinds.append("text")
    rows = (
        _answer(table, row, column)
        for row in range(len(table.readers))
        if _is_answered(table, row, column)
    )
    return ResultTable("answers", _("Every answer"), tuple(header), tuple(kinds), tuple(rows))


def _is_answered(table: ReadingTable, row: int, column: int) -> bool:
    aided = table.aided is not None and table.aided.decision[row, column] != MISSING
    return bool(
        table.decision[row, column] != MISSING or table.not_assessable[row, column] or aided
    )


def _answer(table: ReadingTable, row: int, column: int) -> tuple[Any, ...]:
    decision, truth = int(table.decision[row, column]), int(table.truth[column])
    reader = table.readers[row]
    cells: list[Any] = [
        reader.code,
        reader.group,
        decision_words(decision, not_assessable=bool(table.not_assessable[row, column])),
        None if decision == MISSING else _("yes") if decision == truth else _("no"),
        _whole(table.rating[row, column]),
        _number(table.milliseconds[row, column] / 1000),
    ]
    if table.aided is not None:
        aided = int(table.aided.decision[row, column])
        skipped = bool(table.aided.not_assessable[row, column])
        cells.append(decision_words(aided, not_assessable=skipped))
    return tuple(cells)


def _whole(value: Any) -> int | None:
    # Ratings are whole numbers on every scale.
    return None if value != value else int(value)  # noqa: PLR0124 (NaN alone differs from itself)


def _number(value: Any) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124 (NaN alone differs from itself)


def decision_words(decision: int, *, not_assessable: bool = False) -> str | None:
    """An answer of the table in words; None where there is none."""
    if decision == MISSING:
        return _("cannot be assessed") if not_assessable else None
    return _("biopsy / further treatment") if decision else _("no further treatment")
