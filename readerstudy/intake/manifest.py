"""A manifest as it was understood: its columns, its classes, its rows, and what has to be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from readerstudy.core.csvio import Table
from readerstudy.core.errors import InvalidInput, Problem
from readerstudy.intake.asking import (
    ColumnQuestion,
    Question,
    ask_classes,
    ask_columns,
    ask_contradictions,
)
from readerstudy.intake.columns import IMAGE, SYNONYMS, Columns, find_columns
from readerstudy.intake.contradicting import Contradiction, contradictions
from readerstudy.intake.deciding import Classes, decide_classes
from readerstudy.intake.guessing import column_of_files
from readerstudy.intake.layouts import LaidOut, Layout
from readerstudy.intake.mapping import MALIGNANT, ManifestMapping
from readerstudy.intake.matching import FileIndex
from readerstudy.intake.rows import ManifestRow, column_naming_files, missing_columns, read_rows
from readerstudy.intake.sources import Entry
from readerstudy.intake.values import is_photograph


@dataclass(frozen=True)
class Manifest:
    """What a manifest says. `unlisted` are the files of the archive that it does not name."""

    layout: Layout
    table: Table
    columns: Columns
    classes: dict[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    rows: tuple[ManifestRow, ...] = ()
    left_out: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    unlisted: tuple[Entry, ...] = ()


def read_manifest(laid: LaidOut, entries: Sequence[Entry], mapping: ManifestMapping) -> Manifest:
    """The manifest with its rows, or with questions about its columns; all that is wrong is in it."""
    said = {**laid.layout.columns, **mapping.columns}
    files = [entry for entry in entries if entry.name not in laid.tables]
    index = FileIndex(files)
    columns = find_columns(laid.table.header, said)
    if IMAGE not in mapping.columns:
        columns = _naming_files(columns, laid.table, index)
    wrong = (*laid.problems, *_unknown(mapping, laid.table))
    manifest = Manifest(laid.layout, laid.table, columns, problems=wrong, warnings=laid.warnings)
    questions = ask_columns(
        laid.table,
        columns,
        layout=laid.layout,
        said=[field for field in said if field not in columns.missing],
        names_file=lambda cell: bool(index.find(cell)),
    )
    if questions:
        return _unread(manifest, questions, index, set(mapping.columns))
    return _with_rows(manifest, files, index, mapping.classes)


def _naming_files(columns: Columns, table: Table, index: FileIndex) -> Columns:
    """The columns, but without one for the image if its name is right, its cells are not, and another's cells are."""

    def likely(free: Sequence[str]) -> str:
        return column_of_files(table, free, lambda cell: bool(index.find(cell)))

    if likely(columns.image) or not likely(columns.ignored):
        return columns
    return replace(columns, image=(), ignored=(*columns.image, *columns.ignored))


def _unknown(mapping: ManifestMapping, table: Table) -> list[Problem]:
    """A problem for every answer that is about no field, or names no column of the manifest."""
    fields = [name for name in mapping.columns if name not in SYNONYMS]
    columns = {one for one in mapping.columns.values() if one and one not in table.header}
    return [
        *(Problem("unknown_field", f"There is no field {name}.", field=name) for name in fields),
        *(
            Problem("unknown_column", f"There is no column {one}.", table.name, 1, one)
            for one in sorted(columns)
        ),
    ]


def _unread(
    manifest: Manifest, questions: list[ColumnQuestion], index: FileIndex, answered: set[str]
) -> Manifest:
    """Without its columns no row can be read. What is asked a second time is a problem, too."""
    columns = manifest.columns
    if columns.image:
        columns = columns.with_image(column_naming_files(manifest.table, columns.image, index))
    missing = missing_columns(manifest.table, [one for one in columns.missing if one in answered])
    return replace(
        manifest,
        columns=columns,
        questions=tuple(questions),
        problems=(*manifest.problems, *missing),
    )


def _with_rows(
    manifest: Manifest, files: Sequence[Entry], index: FileIndex, said: Mapping[str, str]
) -> Manifest:
    source = MALIGNANT if MALIGNANT in manifest.columns.used else "diagnosis"
    column = manifest.columns.used[source]
    try:
        classes, contradicted = _classes(manifest, source, said)
    except InvalidInput as error:
        wrong = Problem(error.code, error.message, manifest.table.name, 1, column)
        return replace(manifest, problems=(*manifest.problems, wrong))
    read = read_rows(manifest.table, manifest.columns, index, classes)
    return replace(
        manifest,
        columns=read.columns,
        classes=classes.known,
        questions=(*ask_classes(classes), *ask_contradictions(contradicted, column)),
        rows=tuple(read.rows),
        left_out=read.left_out,
        problems=(*manifest.problems, *read.problems),
        warnings=(*manifest.warnings, *read.warnings),
        unlisted=tuple(read.unlisted(files)),
    )


def _classes(
    manifest: Manifest, source: str, said: Mapping[str, str]
) -> tuple[Classes, list[Contradiction]]:
    """What the cells mean, and what is known otherwise of the diagnoses beside a column for malignancy."""
    cells = _cells(manifest, source)
    has_both = source == MALIGNANT and "diagnosis" in manifest.columns.used
    diagnoses = _cells(manifest, "diagnosis") if has_both else []
    classes = decide_classes(
        cells, source=source, layout=manifest.layout, said=said, diagnoses={*diagnoses}
    )
    if not has_both:
        return classes, []
    pairs = zip(cells, diagnoses, strict=True)
    return contradictions(pairs, classes, layout=manifest.layout, said=said)


def _cells(manifest: Manifest, name: str) -> list[str]:
    """The cells of the column for a field in the rows of photographs; of others nothing need be known."""
    column, view = manifest.columns.used[name], manifest.columns.used.get("view", "")
    records = (record for _, record in manifest.table.records())
    return [record[column] for record in records if is_photograph(record.get(view, ""))]
