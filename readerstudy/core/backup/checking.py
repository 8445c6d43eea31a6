"""Is a backup what was written? Read from its first byte to its last, without restoring anything."""

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from typing import Any

from readerstudy.core.backup.archive import Archive, Member, Part
from readerstudy.core.backup.faults import BackupFault, BackupRefused
from readerstudy.core.backup.files import FOLDER
from readerstudy.core.backup.keys import NEEDED, fingerprints
from readerstudy.core.backup.making import CHECKPOINTS, DATABASE, FORMAT, HEADER, MANIFEST
from readerstudy.core.backup.sealing import opened
from readerstudy.core.backup.snapshot import Facts
from readerstudy.core.canonical import canonical_json
from readerstudy.core.keyed import keyed_hash


@dataclass(frozen=True)
class Header:
    """What a backup tells of itself before anything else."""

    made_at: str
    app_version: str
    vendor: str
    versions: dict[str, str]
    needed_keys: dict[str, str]
    facts: Facts


@dataclass(frozen=True)
class Checked:
    """A backup that is whole."""

    header: Header
    members: tuple[Member, ...]
    missing: tuple[str, ...]

    @property
    def files(self) -> dict[str, Member]:
        """Name in the storage → the file."""
        return {one.stored: one for one in self.members if one.stored}


def read_header(path: Path, identities: Sequence[Any]) -> Header:
    """What the file tells of itself; not to be believed before `check_backup`. Raises BackupFault, BackupRefused."""
    with _opened(path, identities) as stream:
        return _header(next(iter(Archive(stream, path.name))), path)


def _opened(path: Path, identities: Sequence[Any]) -> Any:
    if not path.is_file():
        raise BackupFault(f"There is no file {path}.")
    return opened(path, identities)


def parts_of(path: Path, identities: Sequence[Any]) -> Generator[tuple[Archive, Part]]:
    """Every part of the file with the archive it is of."""
    with _opened(path, identities) as stream:
        archive = Archive(stream, path.name)
        for part in archive:
            yield archive, part


def check_backup(path: Path, identities: Sequence[Any]) -> Checked:
    """Reads the whole file. Raises BackupFault with the first thing that is not as it was written.

    BackupRefused where the format is of a newer version, or the audit key at hand is not the backup's.
    """
    header, manifest, members = None, None, list[Member]()
    with closing(parts_of(path, identities)) as parts:
        for archive, part in parts:
            members = archive.members
            if manifest is not None:
                raise BackupFault(f"{path.name} goes on after its manifest, with {part.name}.")
            if part.name == MANIFEST:
                manifest = part.whole()
            elif header is None:
                header = _header(part, path)
                _check_audit_key(header)
    if header is None or manifest is None:
        raise BackupFault(f"{path.name} has no manifest: it is cut off.")
    return _against_manifest(path, header, members[:-1], _manifest(path, manifest))


def _header(part: Part, path: Path) -> Header:
    if part.name != HEADER:
        raise BackupFault(f"{path.name} begins with {part.name} where {HEADER} should be.")
    try:
        document = json.loads(part.whole())
        known = document["format"] == FORMAT
        header = _as_header(document) if known else None
    except (ValueError, TypeError, KeyError) as error:
        raise BackupFault(f"{HEADER} of {path.name} cannot be read: it was changed.") from error
    if header is None:
        raise BackupRefused(
            f"{path.name} has format {document['format']}; this version reads format {FORMAT}."
        )
    return header


def _as_header(document: dict[str, Any]) -> Header:
    names = ("made_at", "app_version", "vendor", "versions", "needed_keys")
    return Header(**{name: document[name] for name in names}, facts=Facts.of(document["facts"]))


def _check_audit_key(header: Header) -> None:
    # Under another key neither the manifest nor the audit trail can be checked.
    mine, theirs = fingerprints(), header.needed_keys
    if mine["AUDIT_KEY"] != theirs.get("AUDIT_KEY"):
        raise BackupRefused(
            f"The backup was made with another AUDIT_KEY ({theirs.get('AUDIT_KEY')}) than the one at hand "
            f"({mine['AUDIT_KEY']}): set that key first, or nothing of its audit trail can be verified."
        )


def other_keys(header: Header) -> list[str]:
    """The keys at hand that are not those the backup was made with."""
    mine = fingerprints()
    return [name for name in NEEDED if mine[name] != header.needed_keys.get(name)]


def _manifest(path: Path, content: bytes) -> dict[str, Any]:
    fault = BackupFault(f"The manifest of {path.name} was changed: it does not fit its signature.")
    try:
        signed = json.loads(content)
        signature = signed.pop("signature")
        whole = canonical_json({**signed, "signature": signature}) == content
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise fault from error
    if not whole or not compare_digest(str(signature), keyed_hash(signed)):
        raise fault
    return dict(signed)


def _against_manifest(
    path: Path, header: Header, found: list[Member], manifest: dict[str, Any]
) -> Checked:
    listed = [Member(**one) for one in manifest["members"]]
    for one, written in zip(found, listed, strict=False):
        if one.name != written.name:
            raise BackupFault(f"{path.name} has {one.name} where {written.name} was written.")
        if (one.size, one.sha256) != (written.size, written.sha256):
            raise BackupFault(
                f"{one.name} in {path.name} is not what was written: its hash differs."
            )
    if len(found) != len(listed):
        raise BackupFault(f"{path.name} has {len(found)} parts; {len(listed)} were written.")
    _check_order(path, listed)
    return Checked(header, tuple(listed), tuple(manifest["missing"]))


def _check_order(path: Path, members: list[Member]) -> None:
    kinds = (HEADER, DATABASE, CHECKPOINTS, FOLDER)
    order = [
        next((at for at, kind in enumerate(kinds) if one.name.startswith(kind)), 9)
        for one in members
    ]
    if order != sorted(order) or set(order) - {3} != {0, 1, 2}:
        raise BackupFault(f"{path.name} has its parts in another order than a backup.")
