"""The figures of calibration: reliability curves of the CNN and of the readers."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, PERCENT, TEXT, Document, Figure, group_style
from readerstudy.results.sentences import percent
from readerstudy.results.shown.marks import bars, diagonal, dots, group_name, line, square, wide
from readerstudy.results.shown.panel_words import judged_names

_POINT = "%{y:.1%} / %{x:.1%}<extra></extra>"


def reliability_figure(part: Document, model: Document, number: int, key: str) -> Figure:
    """Observed share against predicted probability: each run thin, all runs together thick."""
    judged = model["judged"][key]
    layout = square(_("Predicted probability"), _("Observed share of malignant cases"))
    traces = [diagonal(_("Perfect calibration")), *_run_traces(judged), _pooled(judged["pooled"])]
    plot = {"data": traces, "layout": layout}
    name = "reliability-" + str(number) + ("" if key == "study" else f"-{key}")
    words = {"model": model["model"], "judged": judged_names()[key]}
    title = _("Reliability of %(model)s: %(judged)s") % words
    caption = _caption(part, judged, key)
    return Figure(name, title, caption, plot, f"calibration-{number}-bins")


def _caption(part: Document, judged: Document, key: str) -> str:
    words = {
        "runs": len(judged["runs"]),
        "study": percent(part["study_prevalence"]),
        "target": percent(part["target_prevalence"]),
        "source": part["target_source"] or "–",
    }
    bins = _(
        "Observed share of malignant cases in ten bins of the predicted probability. Thin lines are the %(runs)d training "
        "runs, the thick line takes the cases of all runs together. "
    )
    where = {
        "study": _("At the prevalence of the study, %(study)s."),
        "target": _("Cases weighted to the target prevalence %(target)s (source: %(source)s), scores as given."),
        "moved": _(
            "Cases weighted to the target prevalence %(target)s (source: %(source)s), and the logits of the scores moved "
            "from the study's prevalence %(study)s to it."
        ),
    }  # fmt: skip
    return (bins + where[key]) % words


def _run_traces(judged: Document) -> list[dict[str, Any]]:
    """With one run, its intervals; with several, thin lines alone."""
    single = len(judged["runs"]) == 1
    traces = []
    for place, run in enumerate(judged["runs"]):
        columns = {key: [one[key] for one in run["bins"]] for key in run["bins"][0]}
        more: dict[str, Any] = {"opacity": 0.55, "width": 1}
        if single:
            more = {"error_y": bars(columns["observed"], columns["low"], columns["high"], CNN)}
        traces.append(
            line(
                columns["predicted"], columns["observed"], _("CNN, single runs"), CNN, legendgroup="runs",
                showlegend=place == 0, hovertemplate=_POINT, **more,
            )
        )  # fmt: skip
    return traces


def _pooled(bins: list[Document]) -> dict[str, Any]:
    style = {"width": 3.5, "hovertemplate": _POINT}
    x, y = ([one[key] for one in bins] for key in ("predicted", "observed"))
    return line(x, y, _("CNN, all runs pooled"), CNN, **style) | {
        "mode": "lines+markers",
        "marker": {"size": 7, "color": CNN},
    }


def readers_figure(part: Document) -> Figure:
    """The share of malignant cases at each level of the rating, or the reliability of likelihoods."""
    readers = part["readers"]
    return _levels_figure(part) if readers["scale"] == "levels" else _likelihoods_figure(readers)


def _levels_figure(part: Document) -> Figure:
    rows = part["readers"]["levels"]
    groups = list(dict.fromkeys(row["group"] for row in rows))
    traces = [
        _level_trace([row for row in rows if row["group"] == name], name, number)
        for number, name in enumerate(groups)
    ]
    ratings = sorted({row["rating"] for row in rows})
    layout = wide(
        _("Rating (negative: no biopsy, positive: biopsy; the size is the confidence)"),
        _("Observed share of malignant cases"),
        xaxis={"tickmode": "array", "tickvals": ratings, "ticktext": [f"{one:+g}" for one in ratings]},
        yaxis={"range": [-0.02, 1.02], **PERCENT},
    )  # fmt: skip
    caption = _(
        "Share of malignant cases among the answers of each rating, by rank group. Bars are Wilson's intervals; they are "
        "too narrow where several readers graded the same cases. The line is the prevalence of the study."
    )
    base = line(
        [ratings[0], ratings[-1]], [part["study_prevalence"]] * 2, _("Prevalence of the study"),
        "var(--text-muted)", width=1, dash="dot",
    )  # fmt: skip
    plot = {"data": [base, *traces], "layout": layout}
    title = _("What the readers' confidence is worth")
    return Figure("reader-confidence", title, caption, plot, "calibration-readers")


def _level_trace(rows: list[Document], name: str, number: int) -> dict[str, Any]:
    columns = {key: [row[key] for row in rows] for key in ("rating", "observed", "low", "high")}
    style = (TEXT, "x") if number == 0 else group_style(number - 1)
    return dots(
        columns["rating"], columns["observed"], group_name(name), style, connectgaps=True,
        error_y=bars(columns["observed"], columns["low"], columns["high"], style[0]),
        hovertemplate="%{x:+}: %{y:.1%}<extra>" + group_name(name) + "</extra>",
    ) | {"mode": "lines+markers", "line": {"color": style[0], "width": 1.5}}  # fmt: skip


def _likelihoods_figure(readers: Document) -> Figure:
    traces = [
        _likelihood_trace(group, number)
        for number, group in enumerate(readers["groups"])
        if "bins" in group
    ]
    layout = square(_("Likelihood given by the reader"), _("Observed share of malignant cases"))
    caption = _(
        "Observed share of malignant cases in ten bins of the likelihood that readers gave, by rank group. Bars are "
        "Wilson's intervals; they are too narrow where several readers graded the same cases."
    )
    plot = {"data": [diagonal(_("Perfect calibration")), *traces], "layout": layout}
    title = _("Reliability of the readers' likelihoods")
    return Figure("reader-confidence", title, caption, plot, "calibration-readers")


def _likelihood_trace(group: Document, number: int) -> dict[str, Any]:
    columns = {key: [one[key] for one in group["bins"]] for key in group["bins"][0]}
    style = (TEXT, "x") if number == 0 else group_style(number - 1)
    return dots(
        columns["predicted"], columns["observed"], group_name(group["group"]), style,
        error_y=bars(columns["observed"], columns["low"], columns["high"], style[0]), hovertemplate=_POINT,
    ) | {"mode": "lines+markers", "line": {"color": style[0], "width": 1.5}}  # fmt: skip
