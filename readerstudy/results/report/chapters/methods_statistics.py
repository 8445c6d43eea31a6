"""Of chapter 3: how the numbers were computed, in the words of the document."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from readerstudy.core.sentences import translated
from readerstudy.results.figure import Document
from readerstudy.results.report.blocks import Block, FactRows, Paragraph
from readerstudy.results.sentences import decimal


def statistics(document: Document) -> Iterator[Block]:
    """Who is analysed, and the method of every part."""
    counts, plan = document["counts"], document["study"].get("plan") or {}
    words = _(
        "%(readers)d readers who answered every case they were given are analysed; withdrawn readers and cases are left out. Only the first unaided answer to each case counts; "
        "repeats and aided answers are analysed apart. Intervals are two-sided with α %(alpha)s. The methods of every part:"
    )
    alpha = decimal(plan.get("alpha", 0.05), 3)
    yield Paragraph(words % {"readers": counts["readers"], "alpha": alpha})
    rows = (*_main_methods(document), *_methods_of_sections(document))
    yield FactRows(tuple((name, translated(method)) for name, method in rows))


def _main_methods(document: Document) -> Iterator[tuple[str, str]]:
    readers = document["readers"]
    yield _("Mean sensitivity and specificity"), readers["sensitivity"]["interval"]["method"]
    if readers["points"]:
        yield _("Area under the ROC curve of a reader"), readers["points"][0]["auc"]["method"]
    for model in document["models"][:1]:
        yield _("Area under the ROC curve of a training run"), model["runs"][0]["auc"]["method"]
        yield (
            _("Matched operating points"),
            _(
                "read off each run's empirical ROC curve at the readers' mean rate, by linear interpolation; mean and range of the runs"
            ),
        )
        if model["against_readers"]:
            yield _("CNN against the readers"), model["against_readers"][0]["method"]


def _methods_of_sections(document: Document) -> Iterator[tuple[str, str]]:
    names = _section_names()
    for name, section in document.get("sections", {}).items():
        if section.get("method"):
            estimands = ", ".join(section.get("estimands", ()))
            label = names.get(name, name)
            yield f"{label} ({estimands})" if estimands else label, str(section["method"])


def _section_names() -> dict[str, str]:
    """What the document calls its sections, in words."""
    return {
        "primary": _("Primary comparison"),
        "fixed_threshold": _("CNN at its fixed threshold"),
        "matched": _("CNN at the readers' operating points"),
        "per_reader": _("Every reader"),
        "spread": _("Training runs beside readers"),
        "characteristics": _("Readers by characteristics"),
        "subgroups": _("Subgroups"),
        "time": _("Time and order"),
        "difficulty": _("Difficulty of cases"),
        "aided": _("Aided readings"),
        "repeats": _("Repeated readings"),
        "missing": _("Missing answers"),
        "cases_table": _("Cases"),
        "flow": _("Flow of readers and cases"),
        "agreement": _("Agreement"),
        "calibration": _("Calibration"),
        "net_benefit": _("Net benefit"),
        "predictive": _("Predictive values"),
        "crowd": _("Crowd"),
        "combination": _("Readers combined with the CNN"),
        "experience": _("Experience"),
        "modalities": _("Modalities"),
        "votes": _("Votes"),
    }
