"""Chapters 6 to 14: what the analysis shows."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.report import placing
from readerstudy.results.report.blocks import Block, Paragraph
from readerstudy.results.report.chapters.front import primary_sentence
from readerstudy.results.report.chapters.source import Source
from readerstudy.results.report.wording import verdict
from readerstudy.results.table_model import ResultTable

_MOST_MISJUDGED = 15


def primary(source: Source) -> Iterator[Block]:
    """Chapter 6."""
    yield Paragraph(primary_sentence(source.document))
    yield Paragraph(verdict(source.document))
    yield from _shown(source, placing.PRIMARY)


def _shown(source: Source, chapter: int) -> Iterator[Block]:
    if not source.has(chapter):
        yield source.nothing()
    yield from source.shown(chapter)


def readers(source: Source) -> Iterator[Block]:
    """Chapter 7."""
    yield from _shown(source, placing.READERS)


def points(source: Source) -> Iterator[Block]:
    """Chapter 8."""
    yield from _shown(source, placing.POINTS)


def subgroups(source: Source) -> Iterator[Block]:
    """Chapter 9."""
    yield from _shown(source, placing.SUBGROUPS)


def agreement(source: Source) -> Iterator[Block]:
    """Chapter 10."""
    yield from _shown(source, placing.AGREEMENT)


def time(source: Source) -> Iterator[Block]:
    """Chapter 11."""
    yield from _shown(source, placing.TIME)


def calibration(source: Source) -> Iterator[Block]:
    """Chapter 12."""
    yield from _shown(source, placing.CALIBRATION)


def crowd(source: Source) -> Iterator[Block]:
    """Chapter 13."""
    yield from _shown(source, placing.CROWD)


def failures(source: Source) -> Iterator[Block]:
    """Chapter 14."""
    cases = [case for case in source.document["cases"] if case.get("graded")]
    missed = sum(case["malignant"] and not case["biopsy_votes"] for case in cases)
    alarms = sum(not case["malignant"] and case["biopsy_votes"] == case["graded"] for case in cases)
    words = _(
        "All readers missed %(missed)d of the malignant cases; all decided for biopsy in %(alarms)d of the benign ones."
    )
    yield Paragraph(words % {"missed": missed, "alarms": alarms})
    yield from source.shown(placing.FAILURES)


def misjudged(document: Document) -> ResultTable:
    """The cases that most readers decided wrongly, worst first."""
    rows = [
        (case["case"], case["diagnosis"], case["malignant"], wrong, graded, wrong / graded)
        for case in document["cases"]
        if (graded := case.get("graded", document["counts"]["readers"]))
        and (wrong := graded - case["biopsy_votes"] if case["malignant"] else case["biopsy_votes"])
    ]
    rows.sort(key=lambda row: (-row[-1], row[0]))
    header = (
        _("Case"),
        _("Diagnosis"),
        _("Malignant"),
        _("Wrong decisions"),
        _("Readers"),
        _("Share"),
    )
    kinds = ("text", "text", "count", "count", "count", "rate")
    title = _("The cases that most readers decided wrongly")
    return ResultTable("misjudged", title, header, kinds, tuple(rows[:_MOST_MISJUDGED]))
