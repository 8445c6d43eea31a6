"""Wide CSV: one row a case, one column a reader; or a case in a modality, with a column for it."""

from readerstudy.stats.files.long_csv import NO_MODALITY
from readerstudy.stats.files.rows import Rows
from readerstudy.stats.files.tables import Table, score_text

CASE = ("case", "case_id", "caseid", "image", "image_id", "image_name", "isic_id", "id")
TRUTH = ("truth", "label", "target", "gold", "malignant", "melanoma", "reference", "ground_truth")
# observer@modality: a sign that no reader's name has by chance, as a point or an underscore might.
BETWEEN = "@"


def is_wide(table: Table) -> bool:
    """Whether the header names a case."""
    return any(name in table.lower for name in CASE)


def wide_rows(table: Table, problems: list[str], _notes: list[str]) -> Rows:
    """One row for each cell of a reader's column; a reader's column may be called reader@modality."""
    case, truth = _column(table, CASE), _column(table, TRUTH)
    if case is None or truth is None:
        problems.append(
            f"Line {table.header_line}: there is no column with the {'truth' if case is not None else 'case'} "
            f"({', '.join(TRUTH if case is not None else CASE)}); there are {', '.join(table.header)}."
        )
        return Rows()
    modality = _column(table, ("modality",))
    readers = [number for number in range(len(table.header)) if number not in {case, truth, modality}]  # fmt: skip
    if not readers:
        problems.append(f"Line {table.header_line}: there is no column of a reader.")
    return _rows(table, case, truth, modality, readers)


def _column(table: Table, names: tuple[str, ...]) -> int | None:
    """The first column that has one of the names, in the order of the names."""
    return next((table.lower.index(name) for name in names if name in table.lower), None)


def _rows(table: Table, case: int, truth: int, modality: int | None, readers: list[int]) -> Rows:
    rows = Rows()
    for line, cells in table.rows:
        for number in readers:
            reader, _sign, named = table.header[number].partition(BETWEEN)
            rows.add(
                line,
                reader,
                cells[modality] if modality is not None else named or NO_MODALITY,
                cells[case],
                truth=cells[truth],
                score=score_text(cells[number], table),
            )
    return rows
