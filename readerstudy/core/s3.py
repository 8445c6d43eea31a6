"""Photographs, models and archives in an S3 bucket: private objects, whose errors look like those of a disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3File, S3Storage

# How long an address for nginx holds; it asks at once.
ADDRESS_SECONDS = 10
_MISSING = ("404", "NoSuchKey", "NotFound")


@contextmanager
def _errors_of_a_disk(name: str) -> Iterator[None]:
    """Whoever reads or writes a stored file expects an OSError where that fails. It names no address and no key of ours."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code in _MISSING:
            raise FileNotFoundError(2, "There is no such object in the bucket", name) from error
        raise OSError(5, f"The object storage refused ({code})", name) from error
    except (BotoCoreError, Boto3Error) as error:
        raise OSError(5, f"The object storage does not answer ({type(error).__name__})", name) from error  # fmt: skip


class MediaS3File(S3File):
    """An object as a file."""

    def _get_file(self) -> Any:
        with _errors_of_a_disk(self.name):
            return super()._get_file()

    file = property(_get_file, S3File._set_file)  # noqa: SLF001 (the base's own property)


class MediaS3Storage(S3Storage):
    """The bucket. It has no paths, and no address that outlives a request."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "default_acl": None,  # as the bucket says: private
            "querystring_auth": True,
            "querystring_expire": ADDRESS_SECONDS,
            "file_overwrite": True,  # names are random; asking for each costs a round trip
            "max_memory_size": 16 * 2**20,
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=5,
                read_timeout=60,
                retries={"mode": "standard", "max_attempts": 5},
            ),
        }

    def _open(self, name: str, mode: str = "rb") -> File:
        with _errors_of_a_disk(name):
            return MediaS3File(self._normalize_name(name), mode, self)

    def _save(self, name: str, content: File) -> str:
        with _errors_of_a_disk(name):
            saved: str = super()._save(name, _AtItsBeginning(content))
        return saved

    def delete(self, name: str) -> None:
        with _errors_of_a_disk(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _errors_of_a_disk(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _errors_of_a_disk(name):
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        with _errors_of_a_disk(name):
            modified: datetime = super().get_modified_time(name)
        return modified

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _errors_of_a_disk(path):
            folders, files = super().listdir(path)
        return folders, files

    def fetch_into(self, name: str, target: IO[bytes]) -> None:
        """Writes the object into an open file, several parts at a time. Raises OSError."""
        with _errors_of_a_disk(name):
            self.bucket.Object(self._normalize_name(name)).download_fileobj(target)


class _AtItsBeginning:
    """A file that is read once: the base would wind it back, which the pieces of an upload cannot do."""

    def __init__(self, content: File) -> None:
        self._content = content
        if getattr(content, "seekable", bool)():
            content.seek(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    def seek(self, offset: int, whence: int = 0) -> int:
        if self._content.seekable():
            return int(self._content.seek(offset, whence) or 0)
        return 0
