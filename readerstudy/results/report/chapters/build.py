"""The whole report from document and facts."""

from collections.abc import Callable, Iterator

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.report.blocks import Block, Chapter, Report
from readerstudy.results.report.chapters import appendix, conduct, flow, front, methods, results
from readerstudy.results.report.chapters.checklists import checklists
from readerstudy.results.report.chapters.source import Source
from readerstudy.results.report.facts import Facts
from readerstudy.results.report.placing import (
    AGREEMENT,
    APPENDIX,
    CALIBRATION,
    CROWD,
    FAILURES,
    POINTS,
    READERS,
    SENSITIVITY,
    SUBGROUPS,
    TIME,
    placed,
)
from readerstudy.results.table_model import ResultTable

Build = Callable[[Source], Iterator[Block]]


def build_report(
    document: Document, facts: Facts, *, language: str, texts: dict[str, str] | None = None
) -> Report:
    """The report in one language ("en" or "de"). `texts` are the coordinators' own for items of the checklists."""
    with override(language):
        source = Source(
            document, facts, placed(document, facts, _extra(document, facts)), texts or {}
        )
        chapters = tuple(
            Chapter(number, title, tuple(build(source)))
            for number, (title, build) in enumerate(_chapters())
        )
        return Report(
            title=document["study"]["title"],
            language=get_language() or language,
            lock_sha256=document["study"]["protocol_sha256"],
            analysis_sha256=facts.analysis.get("sha256", ""),
            is_synthetic=document["study"]["synthetic"],
            chapters=chapters,
        )


def _extra(document: Document, facts: Facts) -> dict[int, list[ResultTable]]:
    """The tables that the report makes of what others hold."""
    wanted: dict[int, list[ResultTable | None]] = {
        FAILURES: [results.misjudged(document), results.cnn_errors(facts.table)],
        SENSITIVITY: [conduct.other_rules(document)],
        APPENDIX: [
            appendix.rating_table(facts.table) if facts.table else None,
            appendix.runs_table(facts),
        ],
    }
    return {
        chapter: [table for table in tables if table is not None and table.rows]
        for chapter, tables in wanted.items()
    }


def _chapters() -> tuple[tuple[str, Build], ...]:
    return (
        (_("Title and versions"), front.title),
        (_("Synopsis"), front.synopsis),
        (_("Objectives, hypotheses and margin"), front.objectives),
        (_("Methods"), methods.methods),
        (_("Flow of readers and cases"), flow.flow),
        (_("Cases, readers and environment"), flow.people),
        (_("Primary result"), results.primary),
        (_("Every reader"), results.of_chapter(READERS)),
        (_("Operating points"), results.of_chapter(POINTS)),
        (_("Subgroups"), results.of_chapter(SUBGROUPS)),
        (_("Agreement"), results.of_chapter(AGREEMENT)),
        (_("Reading time and order"), results.of_chapter(TIME)),
        (_("Calibration and net benefit"), results.of_chapter(CALIBRATION)),
        (_("Crowd, and readers with the CNN"), results.of_chapter(CROWD)),
        (_("Failures and difficult cases"), results.failures),
        (_("Missing answers, deviations and amendments"), conduct.deviations),
        (_("Sensitivity analyses"), conduct.sensitivity),
        (_("Limitations"), conduct.limits),
        (_("Reporting checklists"), checklists),
        (_("Appendices"), appendix.appendices),
    )
