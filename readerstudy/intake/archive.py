"""A zip archive from outside: what is in it, what is refused, and the bytes of one entry at a time.

The archive stays on disk. Nothing is ever unpacked under the name that stands in it.
"""

import hashlib
import lzma
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from django.conf import settings

from readerstudy.core.errors import InvalidInput, Problem

# Photographs hardly shrink; a file that unpacks to more than this was made to do harm.
MAX_RATIO = 200
RATIO_MATTERS_ABOVE = 2**20
MAX_PATH = 1_000
CHUNK = 2**20
IGNORED_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}
ARCHIVE_SUFFIXES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"}
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, struct.error)


@dataclass(frozen=True)
class Entry:
    """One file of the archive, under the name it has there."""

    name: str
    size: int
    info: zipfile.ZipInfo

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.casefold()


class Archive:
    """An opened zip archive: its usable `entries`, and the `problems` of the others. Use it in a `with` block."""

    def __init__(self, path: Path, *, name: str) -> None:
        self.name = name
        self._zip = _opened(path, name)
        infos = [info for info in self._zip.infolist() if not _is_ignored(info)]
        self.problems = [*self._limits(infos), *_collisions(infos, name)]
        self.entries: list[Entry] = []
        for info in infos:
            problem = _problem_of(info)
            if problem:
                self.problems.append(Problem(problem[0], problem[1], file=_shown(info)))
            else:
                self.entries.append(Entry(info.filename, info.file_size, info))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def read(self, entry: Entry) -> bytes:
        """The bytes of one entry. Raises InvalidInput where they cannot be had or are more than it says."""
        content = bytearray()
        try:
            with self._zip.open(entry.info) as stream:
                while chunk := stream.read(CHUNK):
                    content += chunk
                    _check_unpacked(len(content), entry)
        except NotImplementedError as error:
            message = f"{entry.name} is compressed by a method that is not read; use Deflate."
            raise InvalidInput(message, code="unknown_compression") from error
        except UNREADABLE as error:
            message = f"{entry.name} cannot be unpacked: the archive is damaged there."
            raise InvalidInput(message, code="damaged_entry") from error
        return bytes(content)

    def _limits(self, infos: list[zipfile.ZipInfo]) -> Iterator[Problem]:
        if len(infos) > settings.IMPORT_MAX_FILES:
            message = f"The archive holds {len(infos)} files; at most {settings.IMPORT_MAX_FILES} are read."
            yield Problem("too_many_files", message, file=self.name)
        unpacked = sum(info.file_size for info in infos)
        if unpacked > 2 * settings.IMPORT_MAX_ARCHIVE_BYTES:
            message = f"The archive unpacks to {unpacked} bytes, which is more than is read."
            yield Problem("archive_too_large", message, file=self.name)


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _opened(path: Path, name: str) -> zipfile.ZipFile:
    size = path.stat().st_size
    if size > settings.IMPORT_MAX_ARCHIVE_BYTES:
        message = f"{name} has {size} bytes; at most {settings.IMPORT_MAX_ARCHIVE_BYTES} are read."
        raise InvalidInput(message, code="archive_too_large", field="archive")
    try:
        return zipfile.ZipFile(path)
    except (*UNREADABLE, ValueError, NotImplementedError) as error:
        message = f"{name} is not a readable zip archive."
        raise InvalidInput(message, code="not_a_zip", field="archive") from error


def _is_ignored(info: zipfile.ZipInfo) -> bool:
    """Directories, and what operating systems leave in archives."""
    parts = PurePosixPath(info.filename).parts
    if info.is_dir() or "__MACOSX" in parts:
        return True
    last = parts[-1].casefold() if parts else ""
    return last in IGNORED_NAMES or last.startswith("._")


def _problem_of(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    """(code, sentence) of why this entry is refused, or None."""
    return _problem_of_name(info) or _problem_of_kind(info) or _problem_of_size(info)


def _problem_of_name(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    # `filename` ends at the first NUL; `orig_filename` is what really stands there.
    name = info.orig_filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":":
        return "path_leads_outside", "The name leads out of the archive."
    if "\\" in name or any(unicodedata.category(character) == "Cc" for character in name):
        return "strange_name", "The name holds a backslash or a control character."
    if len(name) > MAX_PATH or len(path.name) > 255:  # noqa: PLR2004 (what file systems allow)
        return "name_too_long", "The name is too long."
    return None


def _problem_of_kind(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link", "The entry is a link, not a file."
    if info.flag_bits & 0x1:
        return "encrypted", "The file is encrypted; put it into the archive without a password."
    if PurePosixPath(info.filename).suffix.casefold() in ARCHIVE_SUFFIXES:
        return "nested_archive", "An archive inside the archive is not read; put its files there."
    return None


def _problem_of_size(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    if info.file_size > settings.IMPORT_MAX_FILE_BYTES:
        limit = settings.IMPORT_MAX_FILE_BYTES
        return "file_too_large", f"The file has {info.file_size} bytes; at most {limit} are read."
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > RATIO_MATTERS_ABOVE and ratio > MAX_RATIO:
        return "zip_bomb", f"The file unpacks to {ratio:.0f} times its size; photographs do not."
    return None


def _check_unpacked(size: int, entry: Entry) -> None:
    """The directory of an archive can lie about sizes; the stream cannot."""
    if size > entry.size or size > settings.IMPORT_MAX_FILE_BYTES:
        message = f"{entry.name} unpacks to more bytes than the archive says."
        raise InvalidInput(message, code="zip_bomb")


def _collisions(infos: list[zipfile.ZipInfo], archive: str) -> Iterator[Problem]:
    """Names that are the same, or would be on a disk that does not tell upper from lower case."""
    seen: dict[str, str] = {}
    for info in infos:
        key = unicodedata.normalize("NFC", info.filename).casefold()
        if key in seen:
            message = f"{_shown(info)} and {seen[key]} are the same name."
            yield Problem("colliding_names", message, file=archive)
        seen.setdefault(key, _shown(info))


def _shown(info: zipfile.ZipInfo) -> str:
    """The name without characters that could disturb a page or a terminal."""
    name = info.orig_filename[:MAX_PATH]
    return "".join(
        "�" if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character
        for character in name
    )
