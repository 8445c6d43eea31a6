"""Which tables of an archive speak of its photographs, and which column of theirs names them."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePosixPath

from readerstudy.core.csvio import Table
from readerstudy.intake.columns import IMAGE, SYNONYMS, TRUTH, key_of
from readerstudy.intake.layouts.known import ISIC_ONE_HOT, LAYOUTS, MILK_ONE_HOT
from readerstudy.intake.layouts.layout import Layout

LESION = "lesion_id"
# What published sets call the photograph, too loose to be taken for one where nothing else says so.
PUBLISHED = ("name", "md5hash", "derm")
# A column of another name is one for the photograph if half of its first cells name some.
SAMPLE, SHARE = 200, 0.5
# A table of ones and noughts for fewer diagnoses than this could be anything.
FEWEST_DIAGNOSES = 5
ENDINGS = {"jpg", "jpeg", "png", "tif", "tiff", "webp", "heic", "heif", "dcm"}


def layout_of(table: Table) -> Layout | None:
    """The layout by which the table is recognised, the most particular first."""
    keys = frozenset(map(key_of, table.header))
    return next((layout for layout in LAYOUTS if layout.fits(keys)), None)


def says_truth(table: Table) -> bool:
    """Whether the table states a diagnosis or a class."""
    keys = {*map(key_of, table.header)}
    return (
        layout_of(table) is not None
        or len(keys & (ISIC_ONE_HOT | MILK_ONE_HOT)) >= FEWEST_DIAGNOSES
        or any(keys & {*SYNONYMS[field]} for field in TRUTH)
    )


def of_photographs(tables: Sequence[Table], stems: Collection[str]) -> list[Table]:
    """The tables that name photographs, and those that tell more of the same lesions; all where none names any.

    The others speak of other things: lists of numbers, patients, photographs that are not in the archive.
    """
    naming = [table for table in tables if image_at(table, stems) is not None]
    found = [table for table in naming if _names_one(table, stems)] or naming
    if not found:
        return list(tables)
    used = {table.name for table in found}
    if any(map(_has_lesions, found)):
        others = {table.name for table in tables} - {table.name for table in naming}
        used |= {table.name for table in tables if table.name in others and _has_lesions(table)}
    return [table for table in tables if table.name in used]


def image_at(table: Table, stems: Collection[str]) -> int | None:
    """Where the column stands that names photographs, by its name or by its cells; None where there is none."""
    keys = [key_of(column) for column in table.header]
    called = [at for at, key in enumerate(keys) if key in (*SYNONYMS[IMAGE], *PUBLISHED)]
    likely = [at for at in range(len(keys)) if _share(table, at, stems) >= SHARE]
    return max(called or likely, key=lambda at: _share(table, at, stems), default=None)


def stems_of(names: Iterable[str]) -> set[str]:
    """The names of photographs as `stem_of` compares them."""
    return {stem_of(name) for name in names}


def stem_of(cell: str) -> str:
    """The name of a photograph without folder, case, and the ending that one may have."""
    name = PurePosixPath(cell.replace("\\", "/")).name.casefold()
    stem, dot, ending = name.rpartition(".")
    return stem if dot and ending in ENDINGS else name


def _has_lesions(table: Table) -> bool:
    return any(key_of(column) == LESION for column in table.header)


def _names_one(table: Table, stems: Collection[str]) -> bool:
    at = image_at(table, stems)
    return at is not None and any(stem_of(row[at]) in stems for row in table.rows if at < len(row))


def _share(table: Table, at: int, stems: Collection[str]) -> float:
    cells = [row[at] for row in table.rows[:SAMPLE] if at < len(row) and row[at]]
    return sum(stem_of(cell) in stems for cell in cells) / max(1, len(cells))
