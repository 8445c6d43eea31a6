"""Is a restored instance equal to its backup? Counts, hashes, files and audit trail, each told by a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError

from readerstudy.core.backup.checking import Checked
from readerstudy.core.backup.files import stored_names
from readerstudy.core.backup.restoring import migrations_to_come
from readerstudy.core.backup.snapshot import Content, Facts, facts_of, vendor
from readerstudy.core.media import sha256_of_stored
from readerstudy.core.verifying import verify_trail


@dataclass(frozen=True)
class Finding:
    """One thing that was compared. `difference` is the first one, empty where all is equal."""

    what: str
    said: str
    difference: str = ""


def compare_with(checked: Checked) -> Iterator[Finding]:
    """What is equal and what is not, one finding after the other."""
    with vendor().reading() as reading:
        facts = facts_of(reading)
    yield _tables(checked.header.facts, facts)
    yield _migrations(checked.header.facts, facts)
    yield _files(checked)
    yield _head(checked.header.facts, facts)
    yield _trail(checked)


def _tables(expected: Facts, found: Facts) -> Finding:
    names = sorted(expected.tables.keys() | found.tables.keys())
    differences = (
        sentence
        for name in names
        if (sentence := _difference(name, expected.tables.get(name), found.tables.get(name)))
    )
    rows = sum(content.rows for content in found.tables.values())
    return Finding("tables", f"{len(found.tables)} tables, {rows} rows", next(differences, ""))


def _difference(name: str, expected: Content | None, found: Content | None) -> str:
    if expected is None or found is None:
        return f"The table {name} is {'missing' if found is None else 'not in the backup'}."
    if expected.rows != found.rows:
        return f"The table {name} has {found.rows} rows; the backup has {expected.rows}."
    if expected.sha256 != found.sha256:
        return f"The table {name} has other content than in the backup."
    return ""


def _migrations(expected: Facts, found: Facts) -> Finding:
    same = expected.migrations == found.migrations
    said = f"{len(found.migrations)} applied"
    return Finding("migrations", said, "" if same else "Other migrations are applied.")


def _files(checked: Checked) -> Finding:
    differences = _file_differences(checked)
    size = sum(member.size for member in checked.files.values())
    return Finding("files", f"{len(checked.files)} files, {size} bytes", next(differences, ""))


def _file_differences(checked: Checked) -> Iterator[str]:
    there = set(stored_names())
    for name, member in checked.files.items():
        if name not in there:
            yield f"The file {name} is missing."
        elif sha256_of_stored(name) != member.sha256:
            yield f"The file {name} has other content than in the backup."
    for name in sorted(there - checked.files.keys()):
        yield f"The file {name} is not in the backup."


def _head(expected: Facts, found: Facts) -> Finding:
    same = (expected.audit_sequence, expected.audit_hash) == (
        found.audit_sequence,
        found.audit_hash,
    )
    said = f"event {found.audit_sequence}, {found.audit_hash}"
    sentence = f"The trail ends with event {found.audit_sequence}; in the backup with {expected.audit_sequence}."
    return Finding("audit head", said, "" if same else sentence)


def _trail(checked: Checked) -> Finding:
    """Chain, checkpoints, rows of evidence and triggers, as `verify_audit` looks at them."""
    if migrations_to_come(checked.header):
        # Its tables are those of an older version, and this one's models do not fit them yet.
        return Finding("audit trail", "not followed: migrate, then run verify_audit")
    try:
        found = verify_trail()
    except DatabaseError as error:
        return Finding(
            "audit trail", "not followed", f"The audit trail cannot be followed: {error}."
        )
    said = f"{found.events} events, {found.rows} rows of evidence, {found.checkpoints} checkpoints"
    return Finding("audit trail", said, next(iter(found.faults), ""))
