"""The first sheet of a workbook (.xlsx, ECMA-376) as rows of text. Formulas count by the value stored with them."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET  # nosec B405  # (documents with a type are refused before)

from readerstudy.core.errors import InvalidInput

MAX_PART_BYTES = 64 * 2**20
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_LETTERS = re.compile(r"[A-Z]{1,3}")
_MAX_COLUMN = 16_384


def is_workbook(content: bytes) -> bool:
    """Whether the file is a zip archive, as workbooks are."""
    return content.startswith(b"PK\x03\x04")


def workbook_rows(content: bytes, *, name: str) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of every row that is stored. Raises InvalidInput for an archive that is no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            strings = _strings(archive, name)
            sheet = _root(archive, _SHEET, name)
    # NotImplementedError: how zipfile says that it cannot undo a compression.
    except (zipfile.BadZipFile, KeyError, EOFError, ET.ParseError, NotImplementedError) as error:  # fmt: skip
        message = f"{name} is an archive, but no workbook (.xlsx) that can be read."
        raise InvalidInput(message, code="not_a_workbook") from error
    return _rows(sheet, strings, name)


def _root(archive: zipfile.ZipFile, part: str, name: str) -> ET.Element:
    if archive.getinfo(part).file_size > MAX_PART_BYTES:
        message = (
            f"{name} is too large a workbook: at most {MAX_PART_BYTES} bytes a sheet are read."
        )
        raise InvalidInput(message, code="too_large")
    with archive.open(part) as file:
        xml = file.read(MAX_PART_BYTES + 1)
    # A workbook has no document type; one that has may mean to unfold into something endless.
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise InvalidInput(f"{name} holds a document type, which no workbook has.", code="not_a_workbook")  # fmt: skip
    return ET.fromstring(xml)  # nosec B314  # noqa: S314 (no document type, bounded)


def _strings(archive: zipfile.ZipFile, name: str) -> list[str]:
    if _STRINGS not in archive.namelist():
        return []
    return [_text(item) for item in _root(archive, _STRINGS, name).iter(f"{_SPACE}si")]


def _text(item: ET.Element) -> str:
    # Phonetic guides (rPh) stand beside the text and are none of it.
    parts = [item.find(f"{_SPACE}t"), *item.findall(f"{_SPACE}r/{_SPACE}t")]
    return "".join(part.text or "" for part in parts if part is not None)


def _rows(sheet: ET.Element, strings: list[str], name: str) -> Iterator[tuple[int, list[str]]]:
    for count, row in enumerate(sheet.iter(f"{_SPACE}row"), start=1):
        number = int(row.get("r", "") or count) if row.get("r", "1").isdigit() else count
        cells: list[str] = []
        for cell in row.iter(f"{_SPACE}c"):
            place = _place(cell.get("r", ""), len(cells), name, number)
            cells += [""] * (place - len(cells))
            cells.append(_value(cell, strings, name, number))
        yield number, cells


def _place(reference: str, following: int, name: str, number: int) -> int:
    """The column of a cell from 0; one without a reference follows the last. Backwards is damaged."""
    letters = _LETTERS.match(reference)
    if letters is None:
        return following
    place = 0
    for letter in letters[0]:
        place = 26 * place + ord(letter) - ord("A") + 1
    if not following < place <= _MAX_COLUMN:
        raise InvalidInput(f"{name}, row {number}: cell {reference} is out of order.", code="not_a_workbook")  # fmt: skip
    return place - 1


def _value(cell: ET.Element, strings: list[str], name: str, number: int) -> str:
    kind, value = cell.get("t", "n"), cell.find(f"{_SPACE}v")
    if kind == "inlineStr":
        inline = cell.find(f"{_SPACE}is")
        return "" if inline is None else _text(inline)
    text = "" if value is None else value.text or ""
    if kind != "s" or not text:
        return text
    try:
        return strings[int(text)]
    except (ValueError, IndexError) as error:
        message = f"{name}, row {number}: a cell names a text that the workbook does not hold."
        raise InvalidInput(message, code="not_a_workbook") from error
