"""Long CSV: one row a reading, with the columns reader, modality, case, truth, score."""

from readerstudy.stats.files.rows import Rows
from readerstudy.stats.files.tables import Table, score_text

NEEDED = ("reader", "case", "truth", "score")
NO_MODALITY = "all"


def is_long(table: Table) -> bool:
    """Whether the header names a reader and a score."""
    return {"reader", "score"} <= set(table.lower)


def long_rows(table: Table, problems: list[str], notes: list[str]) -> Rows:
    """The rows; a missing column is a problem, an unknown one a note. Without a modality column there is one, "all"."""
    place = {name: number for number, name in enumerate(table.lower)}
    missing = [name for name in NEEDED if name not in place]
    if missing:
        problems.append(f"Line {table.header_line}: there is no column {', '.join(missing)}; there are {', '.join(table.header)}.")  # fmt: skip
        return Rows()
    twice = sorted({name for name in table.lower if table.lower.count(name) > 1})
    if twice:
        problems.append(f"Line {table.header_line}: there are two columns {', '.join(twice)}.")
        return Rows()
    known = {*NEEDED, "modality"}
    others = [name for name in table.header if name.lower() not in known]
    if others:
        notes.append(f"These columns are not used: {', '.join(others)}.")
    return _rows(table, place)


def _rows(table: Table, place: dict[str, int]) -> Rows:
    rows, modality = Rows(), place.get("modality")
    for line, cells in table.rows:
        rows.add(
            line,
            cells[place["reader"]],
            NO_MODALITY if modality is None else cells[modality],
            cells[place["case"]],
            truth=cells[place["truth"]],
            score=score_text(cells[place["score"]], table),
        )
    return rows
