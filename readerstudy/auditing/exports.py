"""The audit trail as files: CSV of any length, a readable HTML document, and the same as PDF."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.template.loader import render_to_string

from readerstudy.auditing.selectors import Told, Wanted, all_told, trail_state
from readerstudy.core.csvio import table_lines
from readerstudy.core.errors import InvalidInput
from readerstudy.results.report.pdf import html_pdf
from readerstudy.studies.models import Study

STYLE = (Path(__file__).parent / "document.css").read_text(encoding="utf-8")
# A document is for reading; whoever wants more takes the CSV file. PDF pages take long to set.
MOST_IN_HTML, MOST_IN_PDF = 10_000, 1_000
HEADER = (
    "sequence",
    "at_utc",
    "actor",
    "verb",
    "sentence",
    "subject_type",
    "subject_id",
    "study_id",
    "details",
    "previous_hash",
    "hash",
)


def csv_lines(study: Study | None, wanted: Wanted) -> Iterator[str]:
    """A line for each event, the oldest first, as they are read: the file is never whole in memory."""
    return table_lines(HEADER, (_row(one) for one in all_told(study, wanted)))


def _row(one: Told) -> tuple[str | int, ...]:
    event = one.event
    return (
        event.sequence,
        event.at.isoformat(),
        one.actor,
        event.verb,
        one.sentence,
        event.subject_type,
        event.subject_id,
        event.study_id,
        json.dumps(dict(one.details), ensure_ascii=False),
        event.previous_hash,
        event.hash,
    )


def document_html(study: Study | None, wanted: Wanted, *, most: int = MOST_IN_HTML) -> str:
    """The events as one HTML file with its style in it. Raises InvalidInput where they are too many to be read."""
    rows = list(islice(all_told(study, wanted), most + 1))
    if len(rows) > most:
        raise InvalidInput(
            f"More than {most} events fit: narrow the filter down, or take the CSV file, which holds any number.",
            code="too_many_events",
        )
    context = {
        "study": study,
        "rows": rows,
        "wanted": wanted.as_data(),
        "state": trail_state(),
        "style": STYLE,
    }
    return render_to_string("auditing/document.html", context)


def document_pdf(study: Study | None, wanted: Wanted) -> bytes:
    """The same as PDF. Raises InvalidInput for too many events, PdfUnavailable where no PDF can be written."""
    return html_pdf(document_html(study, wanted, most=MOST_IN_PDF))
