"""The uploaded files of a job. They hold original names, metadata and truth, so they are kept only while they are needed."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.db.models.fields.files import FieldFile

from readerstudy.core.errors import InvalidInput
from readerstudy.core.file_names import without_folders
from readerstudy.core.media import disk_path, fetch_into
from readerstudy.images.storage import folder_of, remove_folder
from readerstudy.intake.models import ImportJob
from readerstudy.intake.staging import remove_staging

ENDING = re.compile(r"(\.tar)?\.[^.]+$")


def upload_name(file: File) -> str:
    """The name that the file had where it came from, without its folders."""
    return without_folders(file.name or "", otherwise="upload")


def name_without_ending(name: str) -> str:
    """What an image set is called if nobody says otherwise: as its archive, without `.zip` or `.tar.gz`."""
    return ENDING.sub("", name) or name


def check_sizes(archive: File, manifest: File | None) -> None:
    """Raises InvalidInput for a file that is larger than is read."""
    _check_size(archive, settings.IMPORT_MAX_ARCHIVE_BYTES, "archive")
    if manifest:
        check_manifest_size(manifest)


def check_manifest_size(manifest: File) -> None:
    """Raises InvalidInput for a manifest that is larger than is read."""
    _check_size(manifest, settings.IMPORT_MAX_FILE_BYTES, "manifest")


def _check_size(file: File, limit: int, field: str) -> None:
    if file.size > limit:
        message = f"{upload_name(file)} has {file.size} bytes; at most {limit} are read."
        raise InvalidInput(message, code=f"{field}_too_large", field=field)


@contextmanager
def local_copy(stored: FieldFile) -> Iterator[Path]:
    """A path under which the stored file can be read: its own on a disk, a temporary copy from anywhere else."""
    if path := disk_path(str(stored.name)):
        yield path
        return
    with scratch_file() as copy:
        fetch_into(str(stored.name), copy)
        copy.flush()
        yield Path(copy.name)


@contextmanager
def on_disk(file: File) -> Iterator[Path]:
    """A temporary copy of the file."""
    with scratch_file() as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield Path(copy.name)


def scratch_file() -> IO[bytes]:
    """A temporary file beside the staged photographs: archives are large, and `/tmp` may lie in memory."""
    settings.STAGING_DIR.mkdir(parents=True, exist_ok=True)
    return tempfile.NamedTemporaryFile(dir=settings.STAGING_DIR)


def private_folder(job: ImportJob) -> str:
    """The folder of what was made of the upload, and goes with it."""
    return f"imports/{job.public_id}"


def remove_uploads(job: ImportJob) -> None:
    """Removes the job's uploaded files, and what was made of them, from the storage; one that is gone already is no error."""
    remove_folder(private_folder(job))
    remove_staging(job.public_id)
    for stored in (job.archive, job.manifest):
        if stored:
            stored.storage.delete(stored.name)


def remove_all_files(job: ImportJob) -> None:
    """All that there is of a job that was never imported: also photographs that a worker had stored when it was killed."""
    remove_uploads(job)
    remove_folder(folder_of(job.public_id))
