"""What is strange about the files of photographs, and no reason not to import them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from readerstudy.core.errors import Problem
from readerstudy.intake.photographs import Photograph
from readerstudy.intake.rows import ManifestRow

ENDINGS = {
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "MPO": {".jpg", ".jpeg", ".jpe", ".mpo"},
    "PNG": {".png"},
    "TIFF": {".tif", ".tiff"},
    "WEBP": {".webp"},
    "HEIF": {".heic", ".heif", ".hif"},
    "DICOM": {".dcm", ".dicom"},
}
KNOWN = frozenset().union(*ENDINGS.values())
# 1956-03-14 and 14.03.1956, but no date with the time behind it that cameras write, and no digits in a row.
DATE = re.compile(
    r"(?<!\d)((19|20)\d\d([-._])(0[1-9]|1[0-2])\3(0[1-9]|[12]\d|3[01])"
    r"|(0[1-9]|[12]\d|3[01])([-._])(0[1-9]|1[0-2])\7(19|20)\d\d)"
    r"(?!\d|( at )?[ T_-]*\d\d[.:_-]?\d\d)"
)
POSITION = (
    "The file says where the photograph was taken. The position is not stored, but it was sent."
)
BORN = "The name of the file holds what looks like a date. If it is one of birth, rename the file: original names are kept, for admins."


def noticed(
    rows: Sequence[ManifestRow],
    photographs: Mapping[str, Photograph],
    *,
    manifest: str,
    column: str,
) -> list[Problem]:
    """A warning for every file that told a position, whose ending is not its kind's, or whose name holds a date."""
    return [
        Problem(code, message, manifest, row.number, column)
        for row in rows
        if (photograph := photographs.get(row.entry.name))
        for code, message in _strange(photograph)
    ]


def _strange(photograph: Photograph) -> Iterator[tuple[str, str]]:
    path = PurePosixPath(photograph.entry)
    kind, ending = str(photograph.origin.get("format", "")), path.suffix.casefold()
    if photograph.origin.get("gps"):
        yield "position_sent", POSITION
    if ending in KNOWN and ending not in ENDINGS.get(kind, KNOWN):
        yield "other_ending", f"{path.name} is a {kind} file, whatever its ending says."
    if DATE.search(path.stem):
        yield "date_in_name", BORN
