"""What an admin uploads, sorted into one bundle of files for each ONNX file."""

import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Protocol

from django.conf import settings

from inference import engine
from readerstudy.core.errors import InvalidInput

MAX_ENTRIES = 200
MAX_LABEL = 80
CARD = "model-card.json"
_READ = (".onnx", ".json")
# Read for a golden file alone.
_IMAGES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # how zipfile says that it cannot undo a compression
    OSError,
    RuntimeError,
    ValueError,
)


class Upload(Protocol):
    """A file as a form gives it."""

    name: str
    size: int

    def read(self) -> bytes: ...


@dataclass(frozen=True)
class Bundle:
    """One ONNX file with the JSON that belongs to it. `place` is where in the upload it lay, for messages."""

    label: str
    place: str
    files: dict[str, bytes]


def read_uploads(uploads: Iterable[Upload]) -> dict[str, bytes]:
    """Name → content. Raises InvalidInput for two files of one name, or more than may be read."""
    uploads = list(uploads)
    _check_size(uploads[0].name if len(uploads) == 1 else "The upload", uploads)
    files: dict[str, bytes] = {}
    for upload in uploads:
        if upload.name in files:
            raise _refusal(f"{upload.name} is uploaded twice.", "twice")
        files[upload.name] = upload.read()
    return files


def bundles(opened: Mapping[PurePosixPath, bytes]) -> list[Bundle]:
    """One bundle per ONNX file, with the JSON of its own name, or else the JSON that lies beside or above it.

    The label is the ONNX file's name, or its folder's where several are named alike.
    Raises InvalidInput where there is no ONNX file.
    """
    models = sorted(path for path in opened if path.suffix.lower() == ".onnx")
    if not models:
        raise _refusal("The upload holds no ONNX file (.onnx).", "no_onnx")
    names = Counter(path.stem for path in models)
    folders = Counter(path.parent.name for path in models)
    return [
        Bundle(_label(path, names, folders), str(path), _with_json(path, opened)) for path in models
    ]


def card_of(opened: Mapping[PurePosixPath, bytes]) -> dict[str, Any]:
    """The uploaded model card, `model-card.json`; empty where there is none. Raises InvalidInput if it is no object."""
    found = [content for path, content in opened.items() if path.name == CARD]
    if not found:
        return {}
    try:
        card = json.loads(found[0])
    except (ValueError, RecursionError) as error:
        raise _refusal(f"{CARD} is not JSON: {error}.", "not_json") from error
    if not isinstance(card, dict):
        raise _refusal(f"{CARD} must be a JSON object.", "not_json")
    return card


def _label(path: PurePosixPath, names: Counter[str], folders: Counter[str]) -> str:
    if names[path.stem] == 1:
        return path.stem[:MAX_LABEL]
    folder = path.parent.name
    label = folder if folder and folders[folder] == 1 else str(path.with_suffix(""))
    return label[-MAX_LABEL:]


def _with_json(model: PurePosixPath, opened: Mapping[PurePosixPath, bytes]) -> dict[str, bytes]:
    own = model.with_suffix(".json")
    if own in opened:
        files = {model.name: opened[model], own.name: opened[own]}
        return {**files, **_golden(model.parent, opened)}
    # The JSON of another ONNX file's name is that file's alone.
    taken = {path.with_suffix(".json") for path in opened if path.suffix.lower() == ".onnx"}
    for folder in model.parents:
        beside = {
            path.name: content
            for path, content in opened.items()
            if path.parent == folder and path.suffix.lower() == ".json" and path not in taken
        }
        if beside:
            return {model.name: opened[model], **beside, **_golden(folder, opened)}
    return {model.name: opened[model]}


def _golden(folder: PurePosixPath, opened: Mapping[PurePosixPath, bytes]) -> dict[str, bytes]:
    """The golden file of a folder and the images that it names, from beside it."""
    place = folder / engine.GOLDEN
    if place not in opened:
        return {}
    images = {
        path.name: content
        for path, content in opened.items()
        if path.parent == folder and path.suffix.lower() not in (".onnx", ".json")
    }
    return {engine.GOLDEN: opened[place], **images}


def unpacked(files: Mapping[str, bytes]) -> dict[PurePosixPath, bytes]:
    """Path → content of the ONNX and JSON files and images, those in zip archives included.

    Raises InvalidInput where an archive cannot be read or is too large.
    """
    opened: dict[PurePosixPath, bytes] = {}
    for name, content in files.items():
        zipped = name.lower().endswith(".zip")
        parts = _from_zip(name, content) if zipped else [(PurePosixPath(name), content)]
        for path, part in parts:
            if path in opened:
                raise _refusal(f"{path} is there twice.", "twice")
            opened[path] = part
    return opened


def _from_zip(name: str, content: bytes) -> Iterator[tuple[PurePosixPath, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = _entries(archive)
            _check_size(name, entries)
            for entry in entries:
                yield PurePosixPath(entry.filename), archive.read(entry)
    except _DAMAGED as error:
        raise _refusal(f"{name} is not a readable zip archive: {error}.", "bad_zip") from error


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    paths = [(PurePosixPath(entry.filename), entry) for entry in archive.infolist()]
    golden = any(path.name == engine.GOLDEN for path, _entry in paths)
    endings = (*_READ, *_IMAGES) if golden else _READ
    return [entry for path, entry in paths if path.suffix.lower() in endings and not _hidden(path)]


def _hidden(path: PurePosixPath) -> bool:
    return path.name.startswith(".") or "__MACOSX" in path.parts


def _check_size(name: str, parts: list[Any]) -> None:
    total = sum(getattr(part, "file_size", getattr(part, "size", 0)) for part in parts)
    if len(parts) > MAX_ENTRIES or total > settings.MODEL_MAX_BYTES:
        megabytes = settings.MODEL_MAX_BYTES // 2**20
        raise _refusal(
            f"{name} is too large: at most {MAX_ENTRIES} files and {megabytes} MB are read at once.",
            "too_large",
        )


def _refusal(message: str, code: str) -> InvalidInput:
    return InvalidInput(message, code=code, field="files")
