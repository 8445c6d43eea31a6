"""Which layout a set of tables and files has, and the one table it comes to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from unicodedata import normalize

from readerstudy.core.csvio import Table
from readerstudy.core.errors import InvalidInput, Problem
from readerstudy.intake.columns import key_of
from readerstudy.intake.layouts.joining import joined
from readerstudy.intake.layouts.known import FOLDERS, ISIC_2016, TITLE
from readerstudy.intake.layouts.layout import PLAIN, Layout
from readerstudy.intake.layouts.naming import layout_of, of_photographs, says_truth, stems_of

CLASS_WORDS = {"benign", "malignant", "0.0", "1.0"}


@dataclass(frozen=True)
class LaidOut:
    """The manifest as one table with a row for each photograph. `tables` are the names of all files it was read from."""

    layout: Layout
    table: Table
    tables: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def lay_out(tables: Sequence[Table], *, files: Sequence[str], name: str) -> LaidOut:
    """The layout and the table of an archive. `files` are the names of its photographs, `name` is its own.

    Raises InvalidInput where there is no manifest, or there are several that do not belong together.
    """
    if not tables:
        return LaidOut(FOLDERS, _table_of_folders(files, name))
    tables = [_composed(table) for table in tables]
    stems = stems_of(files)
    used = of_photographs(tables, stems) if len(tables) > 1 else tables
    names = tuple(table.name for table in used)
    if len(used) == 1 and (says_truth(used[0]) or not any(map(says_truth, tables))):
        return _shaped(LaidOut(_layout_of(used[0]), used[0], names))
    together = joined(used, stems) if any(map(says_truth, used)) else None
    if together is None:
        raise InvalidInput(_several([one.name for one in tables], name), code="several_manifests")
    table = together.table
    return _shaped(LaidOut(_layout_of(table), table, names, tuple(together.problems)))


def _composed(table: Table) -> Table:
    """The table with one code point for ä, where Macintoshes write two: else one diagnosis would be two."""

    def row(cells: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one if one.isascii() else normalize("NFC", one) for one in cells)

    return replace(table, header=row(table.header), rows=tuple(map(row, table.rows)))


def _several(names: Sequence[str], archive: str) -> str:
    return f"{archive} holds several CSV files ({', '.join(names[:5])}): say which is the manifest by giving it beside the archive."


def _layout_of(table: Table) -> Layout:
    if _has_no_header(table):
        return ISIC_2016
    return layout_of(table) or PLAIN


def _has_no_header(table: Table) -> bool:
    """Whether the first row is a photograph and its class already, as in the truth of ISIC 2016."""
    pair = len(table.header) == 2  # noqa: PLR2004 (image and class)
    return (
        pair
        and table.header[1].casefold() in CLASS_WORDS
        and bool(re.fullmatch(r"ISIC_\d+(\.jpe?g)?", table.header[0], re.IGNORECASE))
    )


def _shaped(laid: LaidOut) -> LaidOut:
    if laid.layout.shape is None:
        return laid
    table, problems, warnings = laid.layout.shape(laid.table)
    columns = {
        field: key_of(table.header[0]) if column == TITLE else column
        for field, column in laid.layout.columns.items()
    }
    layout = replace(laid.layout, columns=columns)
    return replace(
        laid,
        layout=layout,
        table=table,
        problems=(*laid.problems, *problems),
        warnings=tuple(warnings),
    )


def _table_of_folders(files: Sequence[str], name: str) -> Table:
    """A row for each photograph, with its folder as diagnosis; raises where a folder is none of those known."""
    pairs = [(file, PurePosixPath(file).parent.name) for file in files]
    if not pairs or any(folder.casefold() not in FOLDERS.classes for _, folder in pairs):
        message = f"{name} holds no manifest: put one CSV file into it or give it beside it."
        raise InvalidInput(message, code="no_manifest")
    return Table(name, ("file", "folder"), tuple(pairs), tuple(range(1, len(pairs) + 1)))
