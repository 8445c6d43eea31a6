"""A plain Excel workbook (ECMA-376, SpreadsheetML): sheets of texts and numbers; equal sheets give equal bytes.

Written here because a library's workbook carries the time at which it was saved, and verification must not need one.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape  # nosec B406  # (it escapes and parses nothing)

from readerstudy.core.xml_text import xml_text

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DATE = (2000, 1, 1, 0, 0, 0)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def workbook_bytes(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """The .xlsx of these sheets in this order; None leaves a cell out. At most 26 columns."""
    texts: dict[str, int] = {}
    parts = {
        f"xl/worksheets/sheet{number}.xml": _sheet(rows, texts)
        for number, rows in enumerate(sheets.values(), start=1)
    }
    whole = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(list(sheets)),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)),
                ("sharedStrings", "sharedStrings.xml"),
                ("styles", "styles.xml"),
            ]
        ),
        **parts,
        "xl/sharedStrings.xml": _shared(texts),
        "xl/styles.xml": _STYLES,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in whole.items():
            info = zipfile.ZipInfo(name, date_time=_DATE)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            archive.writestr(info, _HEAD + text)
    return out.getvalue()


def _sheet(rows: Sequence[Sequence[Any]], texts: dict[str, int]) -> str:
    lines = [
        f'<row r="{number}">{"".join(_cells(row, number, texts))}</row>'
        for number, row in enumerate(rows, start=1)
    ]
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cells(row: Sequence[Any], number: int, texts: dict[str, int]) -> list[str]:
    found = []
    for letter, value in zip(_LETTERS, row, strict=False):
        if isinstance(value, str):
            place = texts.setdefault(value, len(texts))
            found.append(f'<c r="{letter}{number}" t="s"><v>{place}</v></c>')
        elif value is not None:
            found.append(f'<c r="{letter}{number}"><v>{value!r}</v></c>')
    return found


def _shared(texts: dict[str, int]) -> str:
    items = "".join(
        f'<si><t xml:space="preserve">{escape(xml_text(text))}</t></si>' for text in texts
    )
    return f'<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">{items}</sst>'


def _workbook(names: list[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _relations(targets: list[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _content_types(sheets: int) -> str:
    parts = [
        ("/xl/workbook.xml", "sheet.main"),
        *((f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, sheets + 1)),
        ("/xl/sharedStrings.xml", "sharedStrings"),
        ("/xl/styles.xml", "styles"),
    ]
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{_TYPES}.{kind}+xml"/>' for name, kind in parts
    )
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'<Types xmlns="{_PACKAGE}/content-types">{defaults}{overrides}</Types>'


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
