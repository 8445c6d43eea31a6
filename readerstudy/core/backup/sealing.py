"""The encryption of a backup: the age format (age-encryption.org/v1), which the program `age` reads and writes too.

The server needs the public half alone. Whoever breaks into it cannot read the backups that lie elsewhere.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

import pyrage

from readerstudy.core.backup.faults import BackupFault

_MAGIC = b"age-encryption.org/"


def recipients_of(texts: Sequence[str]) -> list[Any]:
    """The public keys that are written `age1…` or `ssh-ed25519 …`. Raises BackupFault for what is none."""
    return [_recipient(text.strip()) for text in texts if text.strip()]


def _recipient(text: str) -> Any:
    kind = pyrage.ssh.Recipient if text.startswith("ssh-") else pyrage.x25519.Recipient
    try:
        return kind.from_str(text)
    except pyrage.RecipientError as error:
        raise BackupFault(
            f"{text[:24]}… is no public key: one begins with age1 or ssh-ed25519."
        ) from error


def identities_in(path: Path) -> list[Any]:
    """The secret keys of a file as `age-keygen` writes it, or the one of an SSH key. Raises BackupFault."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BackupFault(f"The key file {path} cannot be read: {error.strerror}.") from error
    try:
        return _identities(content)
    except (pyrage.IdentityError, UnicodeDecodeError) as error:
        raise BackupFault(f"The key file {path} holds no secret key of age or SSH.") from error


def _identities(content: bytes) -> list[Any]:
    if content.startswith(b"-----BEGIN"):
        return [pyrage.ssh.Identity.from_buffer(content)]
    lines = [line.strip() for line in content.decode("ascii").splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise pyrage.IdentityError("empty")
    return [pyrage.x25519.Identity.from_str(key) for key in keys]


def write_new_key(path: Path) -> str:
    """Writes a new secret key for its owner only, and gives the public one. Raises BackupFault where the file is there."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupFault(f"The key file {path} cannot be made: {error.strerror}.") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"# public key: {public}\n{identity}\n")
    return public


def is_sealed(path: Path) -> bool:
    """Whether the file begins as one of age's does."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


class _Pieces:
    """Pieces of bytes as a file to read. What goes wrong in making them is kept: the library tells only its text."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, memoryview(b"")
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
        except StopIteration:
            return b""
        except BaseException as error:
            self.error = error
            raise
        end = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:end], self._rest[end:]
        return bytes(given)


class _Sink:
    """A file to write to. An error is kept: the library does not tell of one in the last bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except OSError as error:
            self.error = self.error or error
            raise
        return len(data)

    def flush(self) -> None:
        self._file.flush()


def seal(pieces: Iterator[bytes], file: BinaryIO, recipients: Sequence[Any]) -> None:
    """Writes the pieces, encrypted for the recipients; as they are where there is none. Raises what making them raises."""
    if not recipients:
        file.writelines(pieces)
        return
    source, sink = _Pieces(pieces), _Sink(file)
    try:
        pyrage.encrypt_io(source, sink, list(recipients))
    except pyrage.EncryptError as error:
        raise source.error or sink.error or error from error
    if sink.error:
        raise sink.error


class _Unsealing(Thread):
    """Decrypts into a pipe, so that the other end can be read like a file."""

    def __init__(self, file: BinaryIO, identities: Sequence[Any], writing_end: int) -> None:
        super().__init__(daemon=True)
        self._file, self._identities, self._end = file, list(identities), writing_end
        self.error: Exception | None = None
        self.was_left = False

    def run(self) -> None:
        with os.fdopen(self._end, "wb", buffering=0) as pipe:
            sink = _Sink(pipe)
            try:
                pyrage.decrypt_io(self._file, sink, self._identities)
            except Exception as error:  # noqa: BLE001 (it is told in the other thread)
                self.error = error
            self.was_left = sink.error is not None


@contextmanager
def opened(path: Path, identities: Sequence[Any]) -> Iterator[BinaryIO]:
    """The plain content of a backup, as a stream. Raises BackupFault for a wrong key, a changed or a cut file.

    What was read may be believed only when the block has ended without an error.
    """
    with path.open("rb") as file:
        if not is_sealed(path):
            yield file
            return
        if not identities:
            raise BackupFault(
                f"{path.name} is encrypted: say with which key it is opened (BACKUP_KEY_FILE or --key-file)."
            )
        reading_end, writing_end = os.pipe()
        unsealing = _Unsealing(file, identities, writing_end)
        unsealing.start()
        try:
            with os.fdopen(reading_end, "rb") as stream:
                yield stream
        except BackupFault:
            # What the encryption says comes first: it is why the content ends early.
            _finish(unsealing, path)
            raise
        finally:
            unsealing.join()
        _finish(unsealing, path)


def _finish(unsealing: _Unsealing, path: Path) -> None:
    unsealing.join()
    if unsealing.error is None or unsealing.was_left:
        return
    if isinstance(unsealing.error, pyrage.DecryptError):
        sentence = f"The key at hand does not open {path.name}: it was encrypted for another, or its beginning was changed."
    else:
        sentence = f"{path.name} was changed or cut off: its encryption does not hold."
    raise BackupFault(sentence) from unsealing.error
