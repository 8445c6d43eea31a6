"""The uploaded files as one long sheet, whatever layout they came in."""

from collections.abc import Mapping
from dataclasses import dataclass

from readerstudy.core.csvio import decode_text
from readerstudy.core.errors import InvalidInput
from readerstudy.results.finished import layouts
from readerstudy.results.finished.cells import number_of
from readerstudy.results.finished.layouts import (
    CASE,
    DECISION,
    MODALITY,
    RATING,
    READER,
    TRUTH,
    Layout,
)
from readerstudy.results.finished.questions import UNREAD
from readerstudy.results.finished.reshaping import (
    ANSWER,
    imrmc_sheet,
    is_imrmc,
    mclass_sheet,
    melted,
    reader_columns,
)
from readerstudy.results.finished.sheet import Sheet, check_size, read_sheet
from readerstudy.results.finished.workbook import is_workbook

_DERMATOLOGIST = "dermatologist"
# Codes of the ISIC 2018 challenge, by which counts of votes are told from readers' columns.
_CODES = frozenset({"akiec", "bcc", "bkl", "mel", "nv", "df", "vasc", "scc", "ak", "sk", "sek"})
_FEWEST_CODES = 2
_TWO = 2


@dataclass(frozen=True)
class NamedFile:
    """The bytes of a file and its name without folders."""

    name: str
    content: bytes


@dataclass(frozen=True, eq=False)
class Opened:
    """The long sheet, its layout, and the roles that follow from the layout; `as_file` is what the file itself holds."""

    sheet: Sheet
    layout: Layout
    roles: Mapping[str, str]


def opened(readings: NamedFile, names: NamedFile | None, columns: Mapping[str, str]) -> Opened:
    """The readings as one row an answer. `columns` are roles that were said.

    Raises InvalidInput for a file in which nothing of this is found.
    """
    if not is_workbook(readings.content) and is_imrmc(readings.content):
        check_size(readings.content, readings.name)
        sheet = imrmc_sheet(decode_text(readings.content, name=readings.name), readings.name)
        roles = {READER: READER, CASE: CASE, MODALITY: MODALITY, TRUTH: TRUTH, RATING: "rating"}
        return Opened(sheet, layouts.IMRMC, roles)
    sheet = _with_header(readings)
    if sheet.header[0].casefold() == _DERMATOLOGIST and len(sheet.header) > _TWO and DECISION not in columns:  # fmt: skip
        return _mclass(sheet, names)
    if is_votes(sheet):
        return Opened(sheet, layouts.VOTES, layouts.roles_of(sheet, columns))
    layout = layouts.long_layout(sheet)
    if layout is not None or columns.get(READER):
        return Opened(sheet, layout or layouts.LONG, layouts.roles_of(sheet, columns))
    return _wide(sheet, columns)


def _with_header(file: NamedFile) -> Sheet:
    """The MClass sheets have a title above the header, which stands in the second row."""
    try:
        sheet = read_sheet(file.content, name=file.name)
    except InvalidInput as error:
        if error.code not in ("too_many_cells", "repeated_column"):
            raise
        below = _second_row(file)
        if below is None:
            raise
        return below
    first = sheet.columns[0].names[:1] if sheet.columns else ()
    if first and first[0].casefold() == _DERMATOLOGIST:
        return _second_row(file) or sheet
    return sheet


def _second_row(file: NamedFile) -> Sheet | None:
    try:
        sheet = read_sheet(file.content, name=file.name, header_row=2)
    except InvalidInput:
        return None
    return sheet if sheet.header and sheet.header[0].casefold() == _DERMATOLOGIST else None


def _mclass(sheet: Sheet, names: NamedFile | None) -> Opened:
    source = read_sheet(names.content, name=names.name) if names else None
    long = mclass_sheet(sheet, source)
    return Opened(long, layouts.MCLASS, {READER: READER, CASE: CASE, DECISION: ANSWER})


def is_votes(sheet: Sheet) -> bool:
    """Whether the sheet counts votes: no reader, columns named as diagnoses, whole numbers in them."""
    classes = vote_columns(sheet)
    has_reader = any(layouts.key_of(one) in layouts.NAMES[READER] for one in sheet.header)
    return not has_reader and len(classes) >= _FEWEST_CODES


def vote_columns(sheet: Sheet) -> list[str]:
    """The headings that are diagnoses and hold whole numbers alone, of which one is above 1."""
    named = [one for one in sheet.header if one.casefold() in _CODES]
    values = {one: sheet.column(one).names for one in named}
    whole = all(cell.isascii() and cell.isdigit() for cells in values.values() for cell in cells)
    counts = any(len(cell) > 1 or cell > "1" for cells in values.values() for cell in cells)
    return named if whole and counts else []


def _wide(sheet: Sheet, columns: Mapping[str, str]) -> Opened:
    roles = layouts.roles_of(sheet, columns)
    kept = {role: roles[role] for role in (CASE, TRUTH, MODALITY, layouts.DIAGNOSIS, layouts.STUDY_PART) if role in roles}  # fmt: skip
    readers = reader_columns(sheet, list(kept.values()))
    if not readers or (CASE not in kept and TRUTH not in kept):
        message = (
            f"{sheet.name} is none of the layouts known: a row an answer with a column for the reader, a row a case with "
            "a column for each reader, iMRMC text, an MClass sheet, or counts of votes."
        )
        raise InvalidInput(message, code="unknown_layout")
    if CASE not in kept:
        raise InvalidInput(f"{sheet.name} has no column that names the case.", code="no_case")
    clash = next((one for one in kept.values() if one in (READER, ANSWER)), None)
    if clash:
        raise InvalidInput(f"{sheet.name}: the column {clash} must be called otherwise.", code="no_case")  # fmt: skip
    long = melted(sheet, readers, list(kept.values()))
    return Opened(long, layouts.WIDE, {READER: READER, answer_role(long): ANSWER, **kept})


def answer_role(sheet: Sheet) -> str:
    """Ratings where the answers are numbers of more than two kinds, decisions otherwise."""
    told = [one for one in sheet.column(ANSWER).names if one not in UNREAD]
    numbers = [number_of(one, comma=sheet.decimal_comma) for one in told]
    return RATING if len(set(numbers)) > _TWO and all(n == n for n in numbers) else DECISION  # noqa: PLR0124 (not NaN)
