"""Stored files leave the house only through a view that has checked who asks."""

import hashlib
import shutil
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.encoding import iri_to_uri

SUFFIXES = {"image/webp": ".webp", "image/png": ".png", "image/jpeg": ".jpg"}


def send_stored_file(name: str, *, content_type: str, download_name: str) -> HttpResponseBase:
    """The stored file `name`; behind nginx only the order to send it (X-Accel-Redirect).

    `download_name` gets the ending of the content type. Call it after the permission check. Raises Http404 where the
    file is gone.
    """
    download_name += SUFFIXES[content_type]
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{download_name}"',
        "X-Content-Type-Options": "nosniff",
    }
    if location := _internal_location(name):
        return HttpResponse(
            content_type=content_type, headers={**headers, "X-Accel-Redirect": location}
        )
    if not default_storage.exists(name):
        raise Http404
    # Without `filename` Django would tell the stored name, over the header given here.
    return FileResponse(
        default_storage.open(name),
        content_type=content_type,
        headers=headers,
        filename=download_name,
    )


def _internal_location(name: str) -> str:
    """Where nginx finds the file; empty where it sends none. What holds for S3 is an address of a few seconds, which no browser sees."""
    if settings.MEDIA_S3_ACCEL_PREFIX and disk_path(name) is None:
        address = urlsplit(default_storage.url(name))
        return f"{settings.MEDIA_S3_ACCEL_PREFIX.rstrip('/')}{address.path}?{address.query}"
    if settings.MEDIA_ACCEL_PREFIX and disk_path(name) is not None:
        return iri_to_uri(f"{settings.MEDIA_ACCEL_PREFIX.rstrip('/')}/{name}")
    return ""


def fetch_into(name: str, target: IO[bytes]) -> None:
    """Writes the stored file `name` into an open one, in pieces. Raises OSError where it cannot be read."""
    if fetch := getattr(default_storage, "fetch_into", None):
        fetch(name, target)
        return
    with default_storage.open(name) as source:
        shutil.copyfileobj(source, target)


def disk_path(name: str) -> Path | None:
    """Where the stored file `name` lies, or would lie; None where the storage is no disk."""
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:  # how Django's storages say that they have no paths
        return None


def sha256_of_stored(name: str) -> str:
    """The SHA-256 of a stored file, in hexadecimal, read in pieces. Raises OSError where it cannot be read."""
    with default_storage.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
