"""Where a stored file differs from the one that was made again: row and column of a table, line of a text, sheet of a workbook."""

import csv
import io
import zipfile
from itertools import zip_longest

_SHOWN = 40


def file_difference(name: str, stored: bytes, computed: bytes) -> str:
    """One sentence on the first difference of two files that are not equal."""
    if name.endswith(".xlsx"):
        return f"{name}: {_workbook_difference(stored, computed)}"
    try:
        old, new = stored.decode(), computed.decode()
    except UnicodeDecodeError:
        return f"{name}: no UTF-8 text."
    if name.endswith(".csv"):
        return f"{name}{_cell_difference(old, new)}"
    return f"{name}{_line_difference(old, new)}"


def _cell_difference(old: str, new: str) -> str:
    try:
        rows = [list(csv.reader(io.StringIO(text, newline=""))) for text in (old, new)]
    except csv.Error:
        return _line_difference(old, new)
    for number, (one, other) in enumerate(zip_longest(*rows, fillvalue=[]), start=1):
        for place, (cell, computed) in enumerate(zip_longest(one, other, fillvalue="")):
            if cell != computed:
                heading = rows[1][0][place] if place < len(rows[1][0]) else str(place + 1)
                return f", row {number}, column {heading}: {_cut(cell)} in the file, {_cut(computed)} recomputed."
    return ": the same cells, written in another way."


def _line_difference(old: str, new: str) -> str:
    pairs = zip_longest(old.split("\n"), new.split("\n"), fillvalue="")
    for number, (line, computed) in enumerate(pairs, start=1):
        if line != computed:
            start = next(
                (at for at, (a, b) in enumerate(zip(line, computed, strict=False)) if a != b), 0
            )
            cut = slice(max(start - 15, 0), None)
            return (
                f", line {number}: {_cut(line[cut])} in the file, {_cut(computed[cut])} recomputed."
            )
    return ": differs."


def _workbook_difference(stored: bytes, computed: bytes) -> str:
    try:
        with (
            zipfile.ZipFile(io.BytesIO(stored)) as old,
            zipfile.ZipFile(io.BytesIO(computed)) as new,
        ):
            names = sorted({*old.namelist(), *new.namelist()})
            crc = [
                {info.filename: info.CRC for info in archive.infolist()} for archive in (old, new)
            ]
    # NotImplementedError: a directory that asks for a newer version of zip than zipfile knows.
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        return "not readable as a workbook."
    different = [name for name in names if crc[0].get(name) != crc[1].get(name)]
    return (
        f"{', '.join(different)} differ."
        if different
        else "the same sheets, packed in another way."
    )


def _cut(text: str) -> str:
    return f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text or "nothing"
