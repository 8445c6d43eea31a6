"""The files of an artefact - one ONNX file and the JSON beside it - from a file, a folder or a zip."""

import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath

from inference.engine.conventions import read_json
from inference.engine.errors import ArtefactError
from inference.engine.golden import GOLDEN, golden_files

MAX_BYTES = 512 * 1024 * 1024
MAX_JSON_BYTES = 4 * 1024 * 1024
MAX_IMAGE_BYTES = 64 * 1024 * 1024
MAX_ENTRIES = 200
_READ = (".onnx", ".json")
_ENCRYPTED = 0x1


def read_bundle(path: Path, *, max_bytes: int = MAX_BYTES) -> dict[str, bytes]:
    """Name → content of the ONNX file, and of the JSON files beside it with the images that a golden file names.

    Raises ArtefactError where nothing is there, where there is not exactly one ONNX file, or where a file is larger
    than `max_bytes` (JSON: 4 MB).
    """
    try:
        if path.is_dir():
            files = _from_folder(path, max_bytes)
        elif zipfile.is_zipfile(path) and path.suffix.lower() != ".onnx":
            files = _from_zip(path, max_bytes)
        else:
            files = _from_file(path, max_bytes)
    except FileNotFoundError as error:
        raise _refusal(f"{path.name} is not there.", path.name, "missing") from error
    except OSError as error:
        raise _refusal(f"{path.name} cannot be read: {error.strerror}.", path.name) from error
    model_name(files, place=path.name)
    return files


def model_name(files: Mapping[str, bytes], *, place: str = "") -> str:
    """The name of the one ONNX file; raises ArtefactError where there is none or several."""
    names = sorted(name for name in files if name.lower().endswith(".onnx"))
    if len(names) == 1:
        return names[0]
    held = f"several ONNX files ({', '.join(names)})" if names else "no ONNX file"
    raise _refusal(
        f"{place or 'The upload'} holds {held}; it must hold exactly one.", place, "one_model"
    )


def _from_file(path: Path, max_bytes: int) -> dict[str, bytes]:
    if path.suffix.lower() != ".onnx":
        raise _refusal(
            f"{path.name} is neither an ONNX file (.onnx), nor a folder, nor a zip archive.",
            path.name,
        )
    files = {path.name: _content(path, max_bytes)}
    for beside in sorted(path.parent.glob("*.json")):
        files[beside.name] = _content(beside, MAX_JSON_BYTES)
    return {**files, **_golden_images(path.parent, files)}


def _from_folder(folder: Path, max_bytes: int) -> dict[str, bytes]:
    files = {
        path.name: _content(path, _limit(path.name, max_bytes))
        for path in sorted(folder.iterdir())
        if path.is_file() and _wanted(path.name)
    }
    return {**files, **_golden_images(folder, files)}


def _golden_images(folder: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Of the images in a folder only those that the golden file names, and none from outside of the folder."""
    names = [name for name in _golden_names(files) if (folder / name).is_file()]
    return {name: _content(folder / name, MAX_IMAGE_BYTES) for name in names}


def _golden_names(files: Mapping[str, bytes]) -> set[str]:
    named = golden_files(read_json(files, GOLDEN)) if GOLDEN in files else []
    return {name for name in named if name == PurePosixPath(name).name and "\0" not in name}


def _content(path: Path, limit: int) -> bytes:
    if path.stat().st_size > limit:
        raise _too_large(path.name, limit)
    return path.read_bytes()


def _from_zip(path: Path, max_bytes: int) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _entries(archive, path.name)
            for entry in entries:
                if _wanted(entry.filename):
                    _add(files, archive, entry, max_bytes)
            named = _golden_names(files)
            for entry in entries:
                if PurePosixPath(entry.filename).name in named - files.keys():
                    _add(files, archive, entry, max_bytes)
    # NotImplementedError: how zipfile says that it cannot undo a compression.
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise _refusal(f"{path.name} is a damaged zip archive.", path.name) from error
    return files


def _add(
    files: dict[str, bytes], archive: zipfile.ZipFile, entry: zipfile.ZipInfo, max_bytes: int
) -> None:
    name = PurePosixPath(entry.filename).name
    if name in files:
        place = PurePosixPath(str(archive.filename)).name
        raise _refusal(f"{place} holds {name} twice.", place)
    files[name] = _unpacked(archive, entry, _limit(name, max_bytes))


def _entries(archive: zipfile.ZipFile, place: str) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_ENTRIES:
        raise _refusal(f"{place} holds more than {MAX_ENTRIES} files.", place, "too_many_files")
    for entry in entries:
        _refuse_unsafe(entry, place)
    return entries


def _refuse_unsafe(entry: zipfile.ZipInfo, place: str) -> None:
    name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if ".." in parts or name.startswith(("/", "\\")) or PureWindowsPath(name).drive:
        raise _refusal(
            f"{place} holds {name!r}, a path that leads out of the archive.", place, "path"
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refusal(f"{place} holds {name!r}, a link.", place, "link")
    if entry.flag_bits & _ENCRYPTED:
        raise _refusal(f"{place} is encrypted.", place, "encrypted")
    if name.lower().endswith(".zip"):
        raise _refusal(f"{place} holds {name!r}, another archive.", place, "nested")


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    # The size in the header is only a claim: never more than the limit is unpacked.
    with archive.open(entry) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise _too_large(PurePosixPath(entry.filename).name, limit)
    return content


def _wanted(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return path.suffix.lower() in _READ and not hidden


def _limit(name: str, max_bytes: int) -> int:
    if name.lower().endswith(".json"):
        return MAX_JSON_BYTES
    return max_bytes if name.lower().endswith(".onnx") else MAX_IMAGE_BYTES


def _too_large(name: str, limit: int) -> ArtefactError:
    return _refusal(f"{name} is larger than {limit / 1e6:.0f} MB.", name, "too_large")


def _refusal(message: str, place: str, code: str = "") -> ArtefactError:
    return ArtefactError(message, place=place, code=code)
