"""Uploads that come in pieces: begun, continued where they stopped, taken by an import, or let go."""

import io
import os
import shutil
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.errors import Conflict, InvalidInput, NotFound
from readerstudy.core.file_names import without_folders
from readerstudy.core.media import disk_path
from readerstudy.images.services import check_name
from readerstudy.images.storage import remove_folder
from readerstudy.intake.models import ChunkedUpload
from readerstudy.intake.permissions import check_may_import, own_uploads
from readerstudy.intake.room import check_media_room
from readerstudy.intake.uploads import name_without_ending

# Below DATA_UPLOAD_MAX_MEMORY_SIZE; on a slow line some seconds.
PIECE_BYTES = 4 * 2**20
KEPT = timedelta(days=2)
MOST = 5
WHOLE = "whole"


def begin_upload(
    *,
    actor: User,
    name: str,
    size: int,
    modified: str = "",
    set_name: str | None = None,
    now: datetime,
) -> ChunkedUpload:
    """A new upload, or the actor's own of the same file (name, size, time of change) that has stopped.

    `set_name` is what the image set is to be called, "" for the file's name; it is told before the transfer that it
    cannot be had. Raises NotAllowed for anybody but admins, InvalidInput for such a name and for a file that is empty or
    larger than is read, Conflict where five are under way or the disk has too little room.
    """
    check_may_import(actor)
    name = without_folders(name, otherwise="upload")
    if set_name is not None:
        check_name(set_name.strip() or name_without_ending(name))
    own = own_uploads(actor)
    begun = own.filter(name=name, size=size, modified=modified).first()
    if begun is not None:
        return _named(begun, set_name)
    if not 0 < size <= settings.IMPORT_MAX_ARCHIVE_BYTES:
        message = (
            f"{name} has {size} bytes; from 1 to {settings.IMPORT_MAX_ARCHIVE_BYTES} are read."
        )
        raise InvalidInput(message, code="archive_too_large", field="size")
    check_media_room(size, what=name)
    if own.count() >= MOST:
        message = f"{MOST} uploads are under way already: finish one, or let one go."
        raise Conflict(message, code="too_many_uploads")
    return ChunkedUpload.objects.create(
        name=name,
        size=size,
        modified=modified,
        set_name=set_name or "",
        created_by=actor,
        created_at=now,
        heard_of_at=now,
    )


def _named(upload: ChunkedUpload, set_name: str | None) -> ChunkedUpload:
    if set_name is not None:
        upload.set_name = set_name
        upload.save(update_fields=["set_name"])
    return upload


def upload_for(user: User, public_id: str) -> ChunkedUpload:
    """The admin's own upload. Raises NotFound for another's, and for people who are no admins."""
    found = own_uploads(user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such upload: it may have been taken or let go already.")
    return found


def add_piece(*, upload: ChunkedUpload, start: int, content: bytes, now: datetime) -> ChunkedUpload:
    """Stores the next piece. One that is there already (its acknowledgement was lost) changes nothing.

    Raises Conflict where a piece before it is missing, InvalidInput where it is empty, too long, or longer than what is
    left of the file.
    """
    if not 0 < len(content) <= min(PIECE_BYTES, upload.size):
        message = f"A piece has {len(content)} bytes; from 1 to {PIECE_BYTES} are taken."
        raise InvalidInput(message, code="piece_size", field="piece")
    with transaction.atomic():
        held = ChunkedUpload.objects.select_for_update().get(pk=upload.pk)
        if start in held.starts:
            return held
        _check_place(held, start, len(content))
        _write(held, start, content)
        held.starts = [*held.starts, start]
        held.received += len(content)
        held.heard_of_at = now
        held.save(update_fields=["starts", "received", "heard_of_at"])
    return held


def _write(upload: ChunkedUpload, start: int, content: bytes) -> None:
    """On a disk the pieces become one file as they come, so that an import takes it without copying it."""
    # What a server left that died before it could write the row is half a piece, perhaps: it is written over.
    if whole := _disk_file(upload):
        whole.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.seek(start)
            file.write(content)
        return
    default_storage.delete(_path(upload, start))
    default_storage.save(_path(upload, start), ContentFile(content))


def _disk_file(upload: ChunkedUpload) -> Path | None:
    """Where the storage keeps the growing file, if it is a disk."""
    return disk_path(f"{_folder(upload)}/{WHOLE}")


def _check_place(upload: ChunkedUpload, start: int, length: int) -> None:
    if start != upload.received:
        message = f"The next piece begins with byte {upload.received}, not {start}."
        raise Conflict(message, code="wrong_offset")
    if start + length > upload.size:
        message = (
            f"{upload.name} has {upload.size} bytes; this piece would end at {start + length}."
        )
        raise InvalidInput(message, code="piece_size", field="piece")


def whole_file(upload: ChunkedUpload) -> File:
    """The file made of its pieces; close it. Raises Conflict where some are missing."""
    if not upload.is_complete:
        message = f"Of {upload.name} {upload.received} of {upload.size} bytes have come."
        raise Conflict(message, code="upload_incomplete", field="archive")
    whole = _disk_file(upload)
    if whole and whole.is_file() and whole.stat().st_size == upload.size:
        return DiskFile(upload, whole)
    return PiecedFile(upload)


def remove_upload(upload: ChunkedUpload) -> None:
    """Removes the row, and the pieces once that is certain."""
    paths = [_path(upload, start) for start in upload.starts]
    folder = _folder(upload)
    upload.delete()
    transaction.on_commit(partial(_delete, paths, folder))


def _delete(paths: list[str], folder: str) -> None:
    """Without a disk there are no folders to list: the pieces are known by their names."""
    for path in paths:
        default_storage.delete(path)
    remove_folder(folder)


def remove_old_uploads(*, now: datetime) -> int:
    """Lets go of what nobody has continued for two days; gives their number."""
    old = list(ChunkedUpload.objects.filter(heard_of_at__lt=now - KEPT))
    for upload in old:
        remove_upload(upload)
    return len(old)


class DiskFile(File):
    """The whole file on the disk of the storage."""

    def __init__(self, upload: ChunkedUpload, path: Path) -> None:
        super().__init__(path.open("rb"), name=upload.name)
        self.path = path

    def temporary_file_path(self) -> str:
        """A second name of the file: Django's storage moves what has such a path, and copies nothing.

        The first name stays until the import is certain. Where a disk has no second names the file is copied.
        """
        link = self.path.with_name(f"{WHOLE}-taken")
        link.unlink(missing_ok=True)
        try:
            link.hardlink_to(self.path)
        except OSError:
            shutil.copyfile(self.path, link)
        return str(link)


class PiecedFile(File):
    """All pieces of an upload one after the other, one of them in memory at a time. It can be read once."""

    def __init__(self, upload: ChunkedUpload) -> None:
        paths = [_path(upload, start) for start in upload.starts]
        super().__init__(io.BufferedReader(_Pieces(paths)), name=upload.name)
        self.upload = upload

    @property
    def size(self) -> int:
        return self.upload.size


class _Pieces(io.RawIOBase):
    """Stored files as one stream."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__()
        self._waiting = iter(paths)
        self._held = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            path = next(self._waiting, None)
            if path is None:
                return 0
            with default_storage.open(path) as piece:
                self._held = memoryview(piece.read())
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count


def _path(upload: ChunkedUpload, start: int) -> str:
    return f"{_folder(upload)}/{start}"


def _folder(upload: ChunkedUpload) -> str:
    return f"uploads/{upload.public_id}"
