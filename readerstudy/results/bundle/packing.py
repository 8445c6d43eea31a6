"""Files to one zip and back: equal files give equal bytes, and hostile archives are refused."""

import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from readerstudy.core.canonical import sha256_of
from readerstudy.results.bundle.faults import BundleFaultsError
from readerstudy.results.bundle.json_files import json_bytes

# Raised whenever a file is written in another way: verification makes every file again and compares its bytes.
FORMAT = "reader-study-bundle/1"
SUMS, CONTENTS = "SHA256SUMS", "bundle.json"
_DATE = (2000, 1, 1, 0, 0, 0)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}(/[A-Za-z0-9][A-Za-z0-9._-]{0,120}){0,2}")
_MOST_FILES = 2_000
_MOST_BYTES = 512 * 2**20
_MOST_IN_ALL = 2**30
# What zlib makes of columns of numbers is far below this; what a bomb is made of is far above it.
_MOST_RATIO = 200
_ALWAYS_FINE = 2**20
_CHUNK = 2**20
_PACKED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def packed(files: Mapping[str, bytes]) -> bytes:
    """The zip of the files, with a list of their hashes (bundle.json) and SHA256SUMS over everything."""
    whole = {**files, CONTENTS: json_bytes(contents_list(files))}
    whole[SUMS] = sums_of(whole)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(whole):
            archive.writestr(_entry(name), whole[name])
    return out.getvalue()


def contents_list(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Name → SHA-256 of the files, and the fingerprint of the bundle: the hash over this list."""
    body = {"format": FORMAT, "files": {name: sha256(data) for name, data in files.items()}}
    return {**body, "fingerprint": sha256_of(body)}


def fingerprint_of(listed: Mapping[str, Any]) -> str:
    """The hash over a list as `contents_list` makes it."""
    return sha256_of({name: value for name, value in listed.items() if name != "fingerprint"})


def sums_of(files: Mapping[str, bytes]) -> bytes:
    """The lines that `sha256sum -c` reads."""
    return "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files)).encode()


def sha256(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system, info.external_attr = 3, (stat.S_IFREG | 0o644) << 16
    return info


def unpacked(data: bytes) -> dict[str, bytes]:
    """Name → bytes of every file, read into memory alone. Raises BundleFaultsError for what is no bundle's zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            return _read_all(archive, entries)
    # NotImplementedError: how zipfile says that it cannot undo a compression.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise BundleFaultsError([f"The file cannot be read as a zip archive ({error})."]) from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MOST_FILES:
        raise BundleFaultsError([f"The archive holds {len(entries)} files, a bundle at most {_MOST_FILES}."])  # fmt: skip
    faults = [fault for entry in entries if (fault := _entry_fault(entry))]
    names = [entry.filename for entry in entries]
    faults += [f"{name!r} is in the archive twice." for name in sorted({name for name in names if names.count(name) > 1})]  # fmt: skip
    if sum(entry.file_size for entry in entries) > _MOST_IN_ALL:
        faults.append(f"The archive would unpack to more than {_MOST_IN_ALL >> 20} MiB.")
    if faults:
        raise BundleFaultsError(faults)


def _entry_fault(entry: zipfile.ZipInfo) -> str:
    name, size, packed_size = entry.filename, entry.file_size, entry.compress_size
    kind = stat.S_IFMT(entry.external_attr >> 16)
    faults = (
        (not _NAME.fullmatch(name), f"{name[:200]!r} is no name that a file of a bundle can have."),
        (kind not in {0, stat.S_IFREG}, f"{name} is a link or another thing that is no file."),
        (entry.flag_bits & 1, f"{name} is encrypted."),
        (entry.compress_type not in _PACKED_AS, f"{name} is packed in a way that a bundle does not use."),
        (size > max(_ALWAYS_FINE, _MOST_RATIO * packed_size), f"{name} unpacks to {size} bytes from {packed_size}: that is no table."),
        (size > _MOST_BYTES, f"{name} unpacks to more than {_MOST_BYTES >> 20} MiB."),
    )  # fmt: skip
    return next((sentence for is_so, sentence in faults if is_so), "")


def _read_all(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files = {}
    for entry in entries:
        try:
            files[entry.filename] = _read(archive, entry)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise BundleFaultsError([f"{entry.filename} is damaged ({error})."]) from error
    return files


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """No more than the directory says, whatever is really packed there."""
    parts, size = [], 0
    with archive.open(entry) as file:
        while part := file.read(_CHUNK):
            size += len(part)
            if size > entry.file_size:
                raise BundleFaultsError([f"{entry.filename} is longer than the archive says."])
            parts.append(part)
    return b"".join(parts)
