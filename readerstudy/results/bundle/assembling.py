"""All files of a bundle out of its sources; export and verification make them by the same code."""

from collections.abc import Callable
from typing import Any

from readerstudy.results.bundle.exchange import exchange_files
from readerstudy.results.bundle.prose import prose_files
from readerstudy.results.bundle.r_script import r_script
from readerstudy.results.table import ReadingTable

Document = dict[str, Any]
Shown = Callable[[Document], dict[str, bytes]]


def derived_files(
    table: ReadingTable, document: Document, *, shown: Shown | None
) -> dict[str, bytes]:
    """What follows from table and document: exchange formats, R script, prose, and what `shown` makes of the document."""
    return {
        **exchange_files(table),
        "primary_result.R": r_script(table, document),
        **prose_files(document),
        **(shown(document) if shown else {}),
    }
