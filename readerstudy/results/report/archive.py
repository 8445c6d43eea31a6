"""Zip archives that are the same bytes for the same content."""

import io
import zipfile
from collections.abc import Iterable

from django.utils.translation import override

from readerstudy.core.csvio import write_table
from readerstudy.results.report.blocks import NumberedTable, Report
from readerstudy.results.report.latex import latex_table

# The earliest time that the format knows: when a file was packed says nothing about it.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_LATEX_HEAD = "% \\usepackage{booktabs,longtable}\n"


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip archive of (name, content), in that order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _MODE
            archive.writestr(entry, content)
    return out.getvalue()


def tables_archive(report: Report) -> bytes:
    """Every table of the report as LaTeX (as printed) and as CSV (at full precision)."""
    with override(report.language):
        return packed(pair for numbered in report.tables() for pair in _table(numbered))


def _table(numbered: NumberedTable) -> list[tuple[str, bytes]]:
    table = numbered.table
    name = f"table-{numbered.number.lower()}-{table.name}"
    return [
        (f"{name}.tex", (_LATEX_HEAD + latex_table(numbered)).encode()),
        (f"{name}.csv", write_table(table.header, table.rows).encode()),
    ]
