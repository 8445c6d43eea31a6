"""The tables of an archive that may be its manifest: told by their names, and by how they begin."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from readerstudy.core.csvio import MAX_CELLS, Table, read_table
from readerstudy.core.errors import InvalidInput
from readerstudy.intake.columns import IMAGE, SYNONYMS, key_of
from readerstudy.intake.sources import Entry, Source

SUFFIXES = {".csv", ".tsv", ".tab"}
# One truth and what is known of the photographs belong together; more tables than this do not.
MAX_TABLES = 6
MAX_BYTES = 32 * 2**20
# A header of 2,352 pixels has 26 KB.
HEAD_BYTES = 64 * 2**10
# Pictures written as numbers, as in hmnist_8_8_L.csv of HAM10000: a column for each of at least 64 pixels.
PIXEL, FEWEST_PIXELS = re.compile(rb"\bpixel_?\d+\b", re.IGNORECASE), 64
# Downloads may have lost their endings, as HAM10000_metadata has; so may thousands of DICOM files.
MAX_WITHOUT_SUFFIX = 1_000


def tables_in(archive: Source) -> list[Table]:
    """The tables of the archive, but those of pixels; no more than one above the limit.

    Raises InvalidInput for one that cannot be read, or where one or all together are larger than a manifest ever is.
    """
    entries = list(islice(_candidates(archive), MAX_TABLES + 1))
    for entry in entries:
        check_bytes(entry.size, entry.name)
    _check_together(sum(entry.size for entry in entries), archive.name)
    tables: list[Table] = []
    for entry in entries:
        tables.append(read_table(archive.read(entry), name=entry.name))
        _check_cells(tables, archive.name)
    return tables


def check_bytes(size: int, name: str) -> None:
    """Raises InvalidInput for a file that is larger than a manifest ever is."""
    if size > MAX_BYTES:
        message = f"{name} has {size} bytes; a manifest has at most {MAX_BYTES}."
        raise InvalidInput(message, code="manifest_too_large")


def _candidates(archive: Source) -> Iterator[Entry]:
    for entry in archive.entries:
        if entry.suffix in SUFFIXES and not _holds_pixels(_first_line(archive, entry)):
            yield entry
    bare = [entry for entry in archive.entries if not entry.suffix]
    for entry in bare[:MAX_WITHOUT_SUFFIX]:
        if _names_images(_first_line(archive, entry)):
            yield entry


def _first_line(archive: Source, entry: Entry) -> bytes:
    return archive.head(entry, HEAD_BYTES).partition(b"\n")[0]


def _holds_pixels(line: bytes) -> bool:
    return len(PIXEL.findall(line)) >= FEWEST_PIXELS


def _names_images(line: bytes) -> bool:
    """Whether the line is a header with a column for the photograph among others."""
    cells = re.split("[,;\t]", line.decode("utf-8-sig", errors="ignore"))
    return len(cells) > 1 and any(key_of(cell.strip(' "\r')) in SYNONYMS[IMAGE] for cell in cells)


def _check_together(size: int, name: str) -> None:
    if size > MAX_BYTES:
        message = f"The CSV files of {name} have {size} bytes together; a manifest has at most {MAX_BYTES}."
        raise InvalidInput(message, code="manifest_too_large")


def _check_cells(tables: Sequence[Table], name: str) -> None:
    """Each cell is an object of its own in memory."""
    cells = sum(len(row) for table in tables for row in table.rows)
    if cells > MAX_CELLS:
        message = (
            f"The CSV files of {name} have more than {MAX_CELLS} cells together; no more are read."
        )
        raise InvalidInput(message, code="too_large")
