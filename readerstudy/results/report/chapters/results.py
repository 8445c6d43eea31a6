"""Chapters 6 to 14: what the analysis shows."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.report import placing
from readerstudy.results.report.blocks import Block, Paragraph
from readerstudy.results.report.chapters.front import primary_sentence
from readerstudy.results.report.chapters.source import Source
from readerstudy.results.report.wording import verdict
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.thresholds import called, known_runs
from readerstudy.results.table import ModelScores, ReadingTable
from readerstudy.results.table_model import ResultTable

_MOST_MISJUDGED = 15


def primary(source: Source) -> Iterator[Block]:
    """Chapter 6."""
    yield Paragraph(primary_sentence(source.document))
    yield Paragraph(verdict(source.document))
    yield from _shown(source, placing.PRIMARY)


def of_chapter(number: int) -> Callable[[Source], Iterator[Block]]:
    """A chapter that is nothing but the topics placed there."""
    return partial(_shown, chapter=number)


def _shown(source: Source, chapter: int) -> Iterator[Block]:
    if not source.has(chapter):
        yield source.nothing()
    yield from source.shown(chapter)


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


def cnn_errors(table: ReadingTable | None) -> ResultTable | None:
    """Every case that a training run calls wrongly at the threshold of its own card; None where no card names one."""
    if table is None:
        return None
    rows = [row for model in table.models for row in _errors(table, model)]
    header = (
        _("Model"),
        _("Case"),
        _("Diagnosis"),
        _("Malignant"),
        _("Runs that are wrong"),
        _("Training runs"),
    )
    kinds = ("text", "text", "text", "count", "count", "count")
    title = _("Cases that the CNN calls wrongly at the threshold of its card")
    return ResultTable("cnn-errors", title, header, kinds, tuple(rows)) if rows else None


def _errors(table: ReadingTable, model: ModelScores) -> Iterator[tuple[Any, ...]]:
    """Missed malignant cases first, and then false alarms; of each those first that most runs have wrong."""
    try:
        runs = known_runs(model)
    except NotComputableError:
        return
    calls = called(model, runs)
    wrong = (calls != (table.truth == 1)).sum(axis=0)
    order = sorted(
        np.flatnonzero(wrong).tolist(),
        key=lambda k: (-table.truth[k], -wrong[k], table.case_ids[k]),
    )
    for k in order:
        yield (
            model.name,
            table.case_ids[k],
            table.diagnosis[k],
            int(table.truth[k]),
            int(wrong[k]),
            len(runs),
        )


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
