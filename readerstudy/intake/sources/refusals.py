"""What is refused in any source, by the names and sizes that it tells, before a byte of a file is read."""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from django.conf import settings

from readerstudy.core.errors import InvalidInput, Problem
from readerstudy.intake.sources.entry import Entry

MAX_PATH = 1_000
CHUNK = 2**20
IGNORED_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}
ARCHIVE_SUFFIXES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"}
Refusal = tuple[str, str] | None
LINK = "link", "The entry is a link, not a file."
SPECIAL = (
    "special_file",
    "The entry is a device, a pipe or a sparse file, not a plain one.",
)


def is_ignored(name: str) -> bool:
    """What operating systems leave in folders and archives."""
    parts = PurePosixPath(name).parts
    last = parts[-1].casefold() if parts else ""
    return "__MACOSX" in parts or last in IGNORED_NAMES or last.startswith("._")


def refusal_of_name(name: str) -> Refusal:
    """(code, sentence) of why a file of this name is refused, or None."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":":
        return "path_leads_outside", "The name leads out of the archive."
    if (
        not path.name
        or "\\" in name
        or any(unicodedata.category(one) in {"Cc", "Cs"} for one in name)
    ):
        return (
            "strange_name",
            "The name is empty, or holds a backslash, a control character or bytes that are no text.",
        )
    if ":" in name:
        return (
            "strange_name",
            "The name holds a colon, behind which Windows keeps a second, hidden file.",
        )
    if len(name) > MAX_PATH or len(path.name) > 255:  # noqa: PLR2004 (what file systems allow)
        return "name_too_long", "The name is too long."
    if path.suffix.casefold() in ARCHIVE_SUFFIXES:
        return "nested_archive", "An archive inside the archive is not read; put its files there."
    return None


def refusal_of_size(size: int) -> Refusal:
    """(code, sentence) of why a file of this many bytes is refused, or None."""
    limit = settings.IMPORT_MAX_FILE_BYTES
    if size > limit:
        return "file_too_large", f"The file has {size} bytes; at most {limit} are read."
    return None


def check_count(count: int) -> None:
    """Raises InvalidInput for more files than are read, before any of them is looked at."""
    if count > settings.IMPORT_MAX_FILES:
        message = f"The archive holds more than {settings.IMPORT_MAX_FILES} files; no more are read: split it."
        raise InvalidInput(message, code="too_many_files", field="archive")


def problems_of_all(sizes: Iterable[int], *, name: str) -> Iterator[Problem]:
    """Too many bytes in all."""
    total = sum(sizes)
    if total > 2 * settings.IMPORT_MAX_ARCHIVE_BYTES:
        message = f"The archive unpacks to {total} bytes, which is more than is read."
        yield Problem("archive_too_large", message, file=name)


def collisions(names: Iterable[str], *, name: str) -> Iterator[Problem]:
    """Names that are the same, or would be on a disk that does not tell upper from lower case."""
    seen: dict[str, str] = {}
    for one in names:
        key = unicodedata.normalize("NFC", one).casefold()
        if key in seen:
            message = f"{shown(one)} and {seen[key]} are the same name."
            yield Problem("colliding_names", message, file=name)
        seen.setdefault(key, shown(one))


def check_read(size: int, entry: Entry) -> None:
    """A directory can lie about sizes; the bytes cannot. Raises InvalidInput once there are more than it says."""
    if size > entry.size or size > settings.IMPORT_MAX_FILE_BYTES:
        message = f"{entry.name} unpacks to more bytes than the archive says."
        raise InvalidInput(message, code="zip_bomb")


def check_archive_bytes(size: int, name: str) -> None:
    """Raises InvalidInput for an archive that is larger than is read."""
    limit = settings.IMPORT_MAX_ARCHIVE_BYTES
    if size > limit:
        message = f"{name} has {size} bytes; at most {limit} are read."
        raise InvalidInput(message, code="archive_too_large", field="archive")


def shown(name: str) -> str:
    """The name without characters that could disturb a page or a terminal."""
    return "".join(
        "�" if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character
        for character in name[:MAX_PATH]
    )
