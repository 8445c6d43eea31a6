"""Chapters 0 to 2: title and versions, the synopsis, what the study set out to show."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, TEXT, Document, Figure
from readerstudy.results.report.blocks import Block, Bullets, FactRows, Paragraph
from readerstudy.results.report.chapters.source import Source
from readerstudy.results.report.wording import effects_of, over_all_runs, verdict
from readerstudy.results.sentences import decimal, headline, percent


def title(source: Source) -> Iterator[Block]:
    """Chapter 0."""
    document, facts = source.document, source.facts
    software = document["software"]
    yield FactRows(
        (
            (_("Study"), document["study"]["title"]),
            (_("Analysed"), facts.analysis.get("finished_at", "")),
            (_("Locked"), facts.locks[-1]["locked_at"] if facts.locks else "–"),
            (_("Versions of the protocol"), str(len(facts.locks))),
            (_("Analysis set"), _analysis_set(document)),
            (_("Software"), f"Reader Study {software['reader_study']}, NumPy {software['numpy']}, SciPy {software['scipy']}"),
        )
    )  # fmt: skip
    yield FactRows(
        (
            (_("Lock (SHA-256)"), document["study"]["protocol_sha256"]),
            (_("Inputs (SHA-256)"), document["study"]["inputs_sha256"]),
            (_("Analysis (SHA-256)"), facts.analysis.get("sha256", "")),
            (_("Head of the audit trail"), facts.audit.get("hash", "–")),
        ),
        is_code=True,
    )
    if facts.study.get("summary"):
        yield Paragraph(facts.study["summary"], is_given=True)


def _analysis_set(document: Document) -> str:
    words = _(
        "%(readers)d complete readers, %(cases)d cases (%(positives)d malignant), %(readings)d readings"
    )
    return words % document["counts"]


def synopsis(source: Source) -> Iterator[Block]:
    """Chapter 1: one page."""
    document = source.document
    yield Paragraph(primary_sentence(document), is_primary=True)
    yield Paragraph(verdict(document), is_primary=True)
    figure = interval_figure(document)
    if figure:
        yield source.picture(figure)
    yield Bullets(tuple(headline(document)))


def primary_sentence(document: Document) -> str:
    """The primary result with its interval."""
    whole = over_all_runs(document)
    if whole is not None:
        return _over_runs(whole, document)
    rows = document["models"][0]["against_readers"] if document["models"] else []
    known = [row for row in rows if row["effect"] is not None]
    if not known:
        return _(
            "The area under the ROC curve of the CNN could not be compared with that of the readers: there is no CNN, or a class has no case that all readers graded."
        )
    words = {
        "model": document["models"][0]["name"],
        "readers": document["counts"]["readers"],
        "cases": known[0]["cases"],
        "area": decimal(known[0]["readers"], 3),
    }
    return (_one_run(known[0], words) if len(known) == 1 else _several_runs(known, words)).strip()


def _over_runs(row: Document, document: Document) -> str:
    """The result over all training runs."""
    model = document["models"][0]
    numbers = {"algorithm": row["cnn"], "effect": row["value"]}
    words = {
        "model": model["name"],
        "readers": document["counts"]["readers"],
        "cases": row["n_cases"],
        "area": decimal(row["readers"], 3),
    }
    sentence = _one_run({**row, **numbers}, words)
    runs = len(model["runs"])
    if runs == 1:
        return sentence
    return (
        sentence
        + " "
        + _("The area of the CNN is the mean of %(runs)d training runs, which are random too.")
        % {"runs": runs}
    )


def _one_run(row: Document, words: dict[str, Any]) -> str:
    own = {
        "own": decimal(row["algorithm"], 3),
        "effect": signed(row["effect"]),
        "low": signed(row["low"]),
        "high": signed(row["high"]),
        "level": _level(row),
    }
    return _(
        "The area under the ROC curve was %(own)s for %(model)s and %(area)s on average for %(readers)d readers of %(cases)d cases: "
        "a difference of %(effect)s (%(level)s CI %(low)s to %(high)s; readers and cases random)."
    ) % {**words, **own}


def _level(row: Document) -> str:
    """Rows by U-statistics, where not everybody read every case, name no level: theirs is 95 %."""
    return percent(row.get("level", 0.95), 0)


def _several_runs(rows: list[Document], words: dict[str, Any]) -> str:
    effects = [row["effect"] for row in rows]
    ends = [row[name] for row in rows for name in ("low", "high") if row[name] is not None]
    own = {
        "runs": len(rows),
        "low": signed(min(effects)),
        "high": signed(max(effects)),
        "lowest": signed(min(ends, default=None)),
        "highest": signed(max(ends, default=None)),
        "level": _level(rows[0]),
    }
    return _(
        "The mean area under the ROC curve of %(readers)d readers was %(area)s on %(cases)d cases. Over %(runs)d training runs the area of %(model)s "
        "differed from it by %(low)s to %(high)s; the %(level)s CIs of the single runs reach from %(lowest)s to %(highest)s (readers and cases random)."
    ) % {**words, **own}


def signed(value: float | None) -> str:
    """A difference of areas with its sign."""
    if value is None:
        return "–"
    return f"{'−' if value < 0 else '+'}{decimal(abs(value), 3)}"


def interval_figure(document: Document) -> Figure | None:
    """The difference of areas of every training run with its interval, the line of no difference, and the margin."""
    rows = document["models"][0]["against_readers"] if document["models"] else []
    rows = [row for row in rows if row["low"] is not None and row["high"] is not None]
    whole = over_all_runs(document)
    if whole is not None and len(rows) > 1:
        rows = [{**whole, "label": _("All training runs"), "effect": whole["value"]}, *rows]
    if not rows:
        return None
    labels = [row["label"] for row in rows]
    effects = [row["effect"] for row in rows]
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [row["high"] - row["effect"] for row in rows],
        "arrayminus": [row["effect"] - row["low"] for row in rows],
        "color": CNN,
        "thickness": 2,
    }
    trace = {
        "x": effects,
        "y": labels,
        "mode": "markers",
        "error_x": bars,
        "marker": {"size": 10, "color": CNN},
    }
    layout = {
        "xaxis": {"title": {"text": _("AUC of the CNN − mean AUC of the readers")}, "tickformat": ".2f", "range": _in_sight(rows, document)},
        "yaxis": {"type": "category", "autorange": "reversed"},
        "shapes": _lines(document),
        "height": 110 + 26 * len(rows),
    }  # fmt: skip
    caption = _(
        "Each point is a training run with its interval (readers and cases random). The solid line is no difference"
    )
    caption += _("; the dashed line is the margin.") if _margin(document) is not None else "."
    title = _("Difference of areas under the ROC curve, CNN − readers")
    return Figure(
        "primary-interval",
        title,
        caption,
        {"data": [trace], "layout": layout},
        "model-1-against-readers",
    )


def _margin(document: Document) -> float | None:
    margin: float | None = (document["study"].get("plan") or {}).get("margin")
    return margin


def _in_sight(rows: list[Document], document: Document) -> list[float]:
    margin = _margin(document)
    ends = [
        0.0,
        *(row[name] for row in rows for name in ("low", "high")),
        *([] if margin is None else [-margin]),
    ]
    pad = 0.06 * (max(ends) - min(ends))
    return [min(ends) - pad, max(ends) + pad]


def _lines(document: Document) -> list[dict[str, Any]]:
    margin = _margin(document)
    found = [_upright(0.0, "solid")]
    return [*found, _upright(-margin, "dash")] if margin is not None else found


def _upright(x: float, dash: str) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": TEXT, "width": 1.2, "dash": dash},
    }


def objectives(source: Source) -> Iterator[Block]:
    """Chapter 2."""
    plan = source.document["study"].get("plan") or {}
    yield Paragraph(
        _(
            "The study compares the management decisions and ratings of the readers with the scores of the CNN on the same cases."
        )
        if source.document["models"]
        else _("The study measures how readers decide on the cases; no CNN took part.")
    )
    yield Paragraph(_planned(plan) if plan.get("is_prespecified") else _no_plan())
    yield FactRows(tuple(_plan_rows(plan, source.document)))


def _planned(plan: Document) -> str:
    words = _("The analysis plan was fixed before anybody read, with a two-sided α of %(alpha)s.")
    return words % {"alpha": decimal(plan["alpha"], 3)}


def _no_plan() -> str:
    return _(
        "No analysis plan was fixed before unblinding: there are no planned hypotheses and no margin, and no result confirms anything."
    )


def _plan_rows(plan: Document, document: Document) -> Iterator[tuple[str, str]]:
    yield _("Primary estimand"), _("AUC of the CNN minus the mean AUC of the readers (E1)")
    yield _("Null hypothesis"), _null(plan, document)
    yield "α", decimal(plan.get("alpha", 0.05), 3)
    margin, prevalence = plan.get("margin"), plan.get("prevalence")
    yield _("Margin"), _("none") if margin is None else decimal(margin, 3)
    yield (
        _("Prevalence of the intended population"),
        _("not stated") if prevalence is None else percent(prevalence),
    )
    if plan.get("prevalence_source"):
        yield _("Its source"), plan["prevalence_source"]


def _null(plan: Document, document: Document) -> str:
    if not plan.get("is_prespecified") or not effects_of(document):
        return _("none was planned")
    margin = plan.get("margin")
    if margin is None:
        return _("the difference is 0")
    return _(
        "the CNN is worse by %(margin)s or more; if that is rejected, that the difference is 0"
    ) % {"margin": decimal(margin, 3)}
