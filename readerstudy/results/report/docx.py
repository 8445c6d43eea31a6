"""Texts and tables of a report as a Word file, for those who write the paper in it. Pictures stay in HTML and PDF."""

import io
import zipfile
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from readerstudy.core.xml_text import xml_text
from readerstudy.results.report.archive import packed
from readerstudy.results.report.blocks import (
    Block,
    Bullets,
    FactRows,
    Heading,
    NumberedTable,
    Paragraph,
    Picture,
    Report,
)
from readerstudy.results.report.word_files import new_document
from readerstudy.results.templatetags.result_cells import cell

_LONG = 60
_STYLE = "Light Grid Accent 1"


def report_docx(report: Report) -> bytes:
    """The whole report; tables of more than sixty rows are named, and left to the CSV files."""
    with override(report.language):
        file = new_document()
        file.add_heading(xml_text(report.title), 0)
        file.add_paragraph(f"{_('Lock (SHA-256)')}: {report.lock_sha256}")
        file.add_paragraph(f"{_('Analysis (SHA-256)')}: {report.analysis_sha256}")
        for chapter in report.chapters:
            file.add_heading(xml_text(f"{chapter.number} {chapter.title}"), 1)
            for block in chapter.blocks:
                _add(file, block)
        return _bytes(file)


def table_docx(numbered: NumberedTable, *, language: str) -> bytes:
    """One table alone."""
    with override(language):
        file = new_document()
        _add_table(file, numbered)
        return _bytes(file)


def _add(file: Any, block: Block) -> None:
    if isinstance(block, Paragraph):
        file.add_paragraph(xml_text(block.text))
    elif isinstance(block, Heading):
        file.add_heading(xml_text(block.text), 2)
    elif isinstance(block, Bullets):
        for item in block.items:
            file.add_paragraph(xml_text(item), style="List Bullet")
    elif isinstance(block, FactRows):
        for name, value in block.rows:
            file.add_paragraph(xml_text(f"{name}: {value}"))
    elif isinstance(block, Picture):
        file.add_paragraph(xml_text(f"{block.label} {block.caption}"), style="Caption")
    else:
        _add_table(file, block)


def _add_table(file: Any, numbered: NumberedTable) -> None:
    table = numbered.table
    file.add_paragraph(xml_text(numbered.caption), style="Caption")
    if len(table.rows) > _LONG:
        file.add_paragraph(
            _("The table has %(rows)d rows and is part of the CSV files.")
            % {"rows": len(table.rows)}
        )
        return
    drawn = file.add_table(rows=1, cols=len(table.header), style=_STYLE)
    _fill(drawn.rows[0].cells, table.header)
    for row in table.cells:
        _fill(drawn.add_row().cells, [cell(value, kind) for value, kind in row])
    if numbered.note:
        file.add_paragraph(xml_text(numbered.note))


def _fill(cells: Any, words: Any) -> None:
    for one, text in zip(cells, words, strict=True):
        one.text = xml_text(str(text))


def _bytes(file: Any) -> bytes:
    """The file packed anew, without the times at which its parts were written."""
    out = io.BytesIO()
    file.save(out)
    with zipfile.ZipFile(out) as archive:
        return packed((name, archive.read(name)) for name in archive.namelist())
