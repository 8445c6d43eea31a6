"""What an admin uploads, sorted into one bundle of files for each ONNX file."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from django.conf import settings

from readerstudy.core.errors import InvalidInput

MAX_ENTRIES = 200
_READ = (".onnx", ".json")


def bundles(files: Mapping[str, bytes]) -> list[dict[str, bytes]]:
    """One bundle per ONNX file: the file with the JSON of its own name, else with all JSON that is no other's.

    Zip archives are opened. Raises InvalidInput where there is no ONNX file or an archive cannot be read.
    """
    plain = dict(_opened(files))
    models = sorted(name for name in plain if name.endswith(".onnx"))
    if not models:
        raise InvalidInput("The upload holds no ONNX file (.onnx).", code="no_onnx", field="files")
    own = {name.removesuffix(".onnx") + ".json" for name in models}
    shared = {
        name: content
        for name, content in plain.items()
        if name.endswith(".json") and name not in own
    }
    return [_bundle(name, plain, shared) for name in models]


def _bundle(name: str, plain: Mapping[str, bytes], shared: Mapping[str, bytes]) -> dict[str, bytes]:
    spec = name.removesuffix(".onnx") + ".json"
    beside = {spec: plain[spec]} if spec in plain else dict(shared)
    return {name: plain[name], **beside}


def _opened(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for name, content in files.items():
        if name.lower().endswith(".zip"):
            yield from _from_zip(name, content)
        else:
            yield name, content


def _from_zip(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(_READ)]
            _check_size(name, entries)
            for entry in entries:
                # The folder is dropped: a name never becomes a path.
                yield PurePosixPath(entry.filename).name, archive.read(entry)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise InvalidInput(
            f"{name} is not a readable zip archive: {error}.", code="bad_zip", field="files"
        ) from error


def _check_size(name: str, entries: list[zipfile.ZipInfo]) -> None:
    if (
        len(entries) > MAX_ENTRIES
        or sum(entry.file_size for entry in entries) > settings.MODEL_MAX_BYTES
    ):
        megabytes = settings.MODEL_MAX_BYTES // 2**20
        raise InvalidInput(
            f"{name} is too large: at most {MAX_ENTRIES} files and {megabytes} MB are read.",
            code="too_large",
            field="files",
        )
