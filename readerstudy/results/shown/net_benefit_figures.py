"""Decision curves, and predictive values against the prevalence."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import MUTED, PERCENT, TEXT, Document, Figure, group_style
from readerstudy.results.sentences import percent
from readerstudy.results.shown.marks import band, computed, group_name, line, wide

_HOVER = "%{y:.3f} / %{x:.0%}<extra></extra>"
_LOG = {"type": "log", "tickmode": "array", "tickvals": [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]}
_FLOOR = 0.05  # how far below zero a decision curve is drawn


def decision_figure(part: Document, at: Document) -> Figure:
    """CNN, every reader, the readers' mean, and treating all or none."""
    x = part["thresholds"]
    traces = [
        *_reader_lines(part, at),
        *_mean_of_readers(x, at["groups"][0]),
        *(trace for number, model in computed(at["models"]) for trace in _model(x, model, number)),
        line(x, at["treat_all"], _("Treat all"), MUTED, dash="dash", width=2, hovertemplate=_HOVER),
        line([x[0], x[-1]], [0, 0], _("Treat none"), MUTED, dash="dot", width=2, hoverinfo="skip"),
    ]
    top = max(at["prevalence"], 0.0) * 1.08
    # Treating all falls without a floor; what lies far below zero is worth nothing to anybody.
    layout = wide(
        _("Threshold probability"), _("Net benefit"), xaxis={"range": [0, 0.5], **PERCENT},
        yaxis={"range": [-_FLOOR * at["prevalence"] / 0.2, top]},
    )  # fmt: skip
    plot = {"data": traces, "layout": layout}
    name = f"net-benefit-{at['kind']}"
    return Figure(name, _decision_title(at), _decision_caption(part, at), plot, name)


def _decision_title(at: Document) -> str:
    words = {"prevalence": percent(at["prevalence"])}
    if at["kind"] == "study":
        return _("Decision curve at the prevalence of the study, %(prevalence)s") % words
    return _("Decision curve at the target prevalence, %(prevalence)s") % words


def _decision_caption(part: Document, at: Document) -> str:
    caption = _(
        "Net benefit in true positives per case (Vickers and Elkin 2006). Thin lines are readers, each with the same "
        "decision at every threshold; bands are intervals of the means over readers and over training runs (readers, "
        "runs and cases random; Wilson's limits joined for a single run)."
    )
    if at["kind"] == "study":
        return caption
    source = _(
        " The prevalence is taken as known (source: %(source)s); the CNN's scores stand as given, and moved from the "
        "study's prevalence to it."
    )
    return caption + source % {"source": part["target_source"] or "–"}


def _reader_lines(part: Document, at: Document) -> list[dict[str, Any]]:
    """All readers of a group in one trace, parted by gaps."""
    x = part["reader_thresholds"]
    traces = []
    for number, group in enumerate(at["groups"][1:]):
        rows = [one for one in at["readers"] if one["group"] == group["group"]]
        traces.append(
            line(
                [value for _row in rows for value in (*x, None)],
                [value for row in rows for value in (*row["values"], None)],
                group["group"], group_style(number)[0], width=1, opacity=0.35, hoverinfo="skip",
            )
        )  # fmt: skip
    return traces


def _mean_of_readers(x: list[float], everybody: Document) -> list[dict[str, Any]]:
    area = band(x, everybody["low"], everybody["high"], _("Interval of the readers' mean"), TEXT)
    mean = line(x, everybody["mean"], _("Mean of all readers"), TEXT, hovertemplate=_HOVER)
    return [area, mean] if area["x"] else [mean]


def _model(x: list[float], model: Document, number: int) -> list[dict[str, Any]]:
    colour = _model_colour(number)
    words = {"model": model_name(model)}
    area = band(x, model["low"], model["high"], _("Interval of %(model)s") % words, colour)
    name = _("%(model)s, mean of runs") % words
    mean = line(x, model["mean"], name, colour, width=3.5, hovertemplate=_HOVER)
    return [area, mean] if area["x"] else [mean]


def model_name(model: Document) -> str:
    """The name of a model, and whether its scores were moved to another prevalence."""
    return _("%(model)s, scores moved") % model if model["scores"] == "moved" else model["model"]


def _model_colour(number: int) -> str:
    """The first model has the CNN's colour; further ones come from the other end of the list."""
    return "var(--series-1)" if number == 1 else f"var(--series-{max(2, 10 - number)})"


def predictive_figures(part: Document) -> list[Figure]:
    """PPV, NPV and number needed to biopsy against the prevalence."""
    return [
        _predictive_figure(part, "ppv", _("Positive predictive value"), PERCENT),
        _predictive_figure(part, "npv", _("Negative predictive value"), PERCENT),
        _predictive_figure(part, "nnb", _("Number needed to biopsy"), _LOG),
    ]


def _predictive_figure(part: Document, key: str, title: str, yaxis: Document) -> Figure:
    x = part["prevalences"]
    form = "%{y:.1f}" if key == "nnb" else "%{y:.1%}"
    traces = [
        line(
            x, group[key], group_name(group["group"]), TEXT if number == 0 else group_style(number - 1)[0],
            dash="solid" if number == 0 else "dash", hovertemplate=form + " / %{x:.1%}<extra></extra>",
        )
        for number, group in enumerate(part["groups"])
    ]  # fmt: skip
    for number, model in computed(part["models"]):
        traces += _model_values(x, model, key, number)
    ticks = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
    axis = {"type": "log", "range": [-2.35, -0.26], "tickmode": "array", "tickvals": ticks, "ticktext": [f"{100 * one:g} %" for one in ticks]}  # fmt: skip
    layout = wide(_("Prevalence"), title, xaxis=axis, yaxis=yaxis)
    if part["target_prevalence"] is not None:
        layout["shapes"] = [_target(part["target_prevalence"])]
    plot = {"data": traces, "layout": layout}
    heading = _("%(measure)s by prevalence") % {"measure": title}
    return Figure(f"predictive-{key}", heading, _predictive_caption(part), plot, "predictive")


def _target(prevalence: float) -> dict[str, Any]:
    style = {"color": MUTED, "width": 1, "dash": "dot"}
    ends = {"x0": prevalence, "x1": prevalence, "y0": 0, "y1": 1}
    return {"type": "line", "xref": "x", "yref": "paper", "line": style, **ends}


def _model_values(x: list[float], model: Document, key: str, number: int) -> list[dict[str, Any]]:
    columns = {at: [one[at] for one in model[key]] for at in ("mean", "low", "high")}
    colour, name = _model_colour(number), _("%(model)s, mean of runs") % model
    return [
        band(x, columns["low"], columns["high"], _("Range of runs"), colour),
        line(x, columns["mean"], name, colour, width=3.5),
    ]


def _predictive_caption(part: Document) -> str:
    caption = _(
        "By Bayes' theorem from sensitivity and specificity in the study: readers at the mean operating point of their "
        "group, the CNN at the threshold of its card (mean and range of runs). They hold only as far as both rates do "
        "not change with the prevalence."
    )
    if part["target_prevalence"] is None:
        return caption
    words = {
        "target": percent(part["target_prevalence"]),
        "source": part["target_source"] or "–",
    }
    line_text = _(" The dotted line is the target prevalence %(target)s (source: %(source)s).")
    return caption + line_text % words
