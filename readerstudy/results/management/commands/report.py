"""`manage.py report SLUG FILE`: the report of a study's newest analysis."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readerstudy.core.audit import record_event
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.results.access import finished_analysis
from readerstudy.results.models import Analysis
from readerstudy.results.report.archive import tables_archive
from readerstudy.results.report.docx import report_docx
from readerstudy.results.report.html import report_html
from readerstudy.results.report.pdf import report_pdf
from readerstudy.results.report.selectors import LANGUAGES, report_of
from readerstudy.studies.models import Study

_WRITERS = {
    ".html": lambda report: report_html(report).encode(),
    ".pdf": report_pdf,
    ".docx": report_docx,
    ".zip": tables_archive,
}


class Command(BaseCommand):
    help = "Writes the report of the newest analysis: .html, .pdf, .docx, or .zip with the tables as LaTeX and CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="of the study, as in its address")
        parser.add_argument("file", type=Path, help="its ending says what is written")
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])

    def handle(self, *_args: Any, slug: str, file: Path, language: str, **_options: Any) -> None:
        write = _WRITERS.get(file.suffix.lower())
        if write is None:
            raise CommandError(f"{file.name} ends in none of {', '.join(_WRITERS)}.")
        try:
            analysis = self._analysis(slug)
            content = write(report_of(analysis, language))
        except DomainError as error:
            raise CommandError(error.message) from error
        file.write_bytes(content)
        record_event(
            actor=None,
            verb="report.written",
            subject=analysis,
            now=now(),
            study_id=analysis.own_study.public_id,
            data={"file": file.name, "language": language, "analysis": analysis.sha256},
        )
        self.stdout.write(f"{file}: {len(content)} bytes")

    def _analysis(self, slug: str) -> Analysis:
        study = Study.objects.select_related("image_set").filter(slug=slug).first()
        if study is None:
            raise CommandError(f"There is no study {slug}.")
        return finished_analysis(study)
