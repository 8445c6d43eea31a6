"""Where the file of a stored photograph is, for a child that reads it."""

from functools import partial

from django.core.files.storage import default_storage

from inference.network_children import StoredFile
from readerstudy.core.media import disk_path
from readerstudy.images.models import Image


def stored_file(image: Image) -> StoredFile:
    """Its path, or how its bytes are fetched."""
    return StoredFile(
        name=image.public_id,
        sha256=image.sha256,
        path=disk_path(image.file.name),
        fetch=partial(stored_bytes, image),
    )


def stored_bytes(image: Image) -> bytes:
    """The file's bytes. Raises OSError where it cannot be read."""
    with default_storage.open(image.file.name) as file:
        content: bytes = file.read()
    return content
