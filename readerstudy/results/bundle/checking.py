"""Whether a bundle's numbers are what its own files give.

Three layers, each of which finds what the ones before it cannot: the bytes against SHA256SUMS and against bundle.json;
the source tables against each other and against the lock manifest's hash; and the whole analysis, computed again from
the CSV files, against analysis.json and everything that was derived from it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from readerstudy.core.canonical import canonical_json, sha256_of
from readerstudy.core.errors import DomainError
from readerstudy.core.version import VERSION
from readerstudy.results.analysis import SCHEMA, build_document
from readerstudy.results.bundle.assembling import Shown, derived_files
from readerstudy.results.bundle.comparing import Difference, count_numbers, differences
from readerstudy.results.bundle.comparing_files import file_difference
from readerstudy.results.bundle.faults import BundleFaultsError
from readerstudy.results.bundle.json_files import read_object
from readerstudy.results.bundle.locked import lock_faults
from readerstudy.results.bundle.packing import (
    CONTENTS,
    FORMAT,
    SUMS,
    fingerprint_of,
    sha256,
    unpacked,
)
from readerstudy.results.bundle.rebuilding import Sources, read_sources
from readerstudy.results.table import ReadingTable

_SUM = re.compile(r"([0-9a-f]{64})  (.+)")
# A file's texts must not steer the terminal that they are printed on.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MOST_PATHS = 200
_NO_DJANGO = "Django is not installed: tables/, figures/ and data_dictionary.csv were compared by their hashes alone."
Document = dict[str, Any]


@dataclass
class Report:
    """What was found. `faults` are sentences that name the file; `notes` say what could not be looked at, or is harmless."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    title: str = ""
    fingerprint: str = ""
    protocol_sha256: str = ""
    files: int = 0
    numbers: int = 0

    @property
    def reproduced(self) -> bool:
        """Whether every file is whole and every number was found again."""
        return not self.faults

    def lines(self) -> list[str]:
        """The report for a person."""
        verdict = "yes" if self.reproduced else f"no ({len(self.faults)} faults)"
        lines = [
            *([self.title] if self.title else []),
            f"fingerprint  {self.fingerprint or 'unknown'}",
            f"lock hash    {self.protocol_sha256 or 'unknown'}",
            f"files        {self.files}",
            f"numbers      {self.numbers} of analysis.json compared",
            *(f"note: {note}" for note in self.notes),
            *self.faults,
            f"reproduced: {verdict}",
        ]
        return [_CONTROL.sub("?", line) for line in lines]


def check_bundle(data: bytes, *, shown: Shown | None) -> Report:
    """Unpacks a bundle in memory, computes everything again, and tells whatever differs. Never raises for a bad bundle.

    `shown` makes tables and figures of a document; without it they are compared by their hashes alone.
    """
    report = Report()
    try:
        files = unpacked(data)
    except BundleFaultsError as error:
        report.faults += error.faults
        return report
    report.files = len(files)
    report.faults += [*_sum_faults(files), *_list_faults(files, report)]
    _check_content(files, report, shown)
    return report


def _sum_faults(files: Mapping[str, bytes]) -> Iterator[str]:
    if SUMS not in files:
        yield f"{SUMS} is not in the bundle."
        return
    told = {}
    for number, line in enumerate(files[SUMS].decode("utf-8", "replace").splitlines(), start=1):
        found = _SUM.fullmatch(line)
        if found is None:
            yield f"{SUMS}, line {number}: no hash and name of a file."
        else:
            told[found[2]] = found[1]
    yield from _hash_faults(
        SUMS, told, {name: data for name, data in files.items() if name != SUMS}
    )


def _hash_faults(where: str, told: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[str]:
    for name in sorted(told.keys() | files.keys()):
        if name not in files:
            yield f"{str(name)[:200]} is not in the bundle, but {where} names it."
        elif name not in told:
            yield f"{name} is in the bundle, but {where} does not name it."
        elif told[name] != (found := sha256(files[name])):
            yield f"{name}: its bytes are not those that {where} was made of ({str(told[name])[:12]}… there, {found[:12]}… here)."


def _list_faults(files: Mapping[str, bytes], report: Report) -> Iterator[str]:
    if CONTENTS not in files:
        yield f"{CONTENTS} is not in the bundle."
        return
    try:
        listed = read_object(CONTENTS, files[CONTENTS])
    except BundleFaultsError as error:
        yield from error.faults
        return
    if listed.get("format") != FORMAT:
        yield f"{CONTENTS}: the format is {str(listed.get('format'))[:60]!r}, this version reads {FORMAT!r}."
    report.fingerprint = str(listed.get("fingerprint", ""))[:64]
    if fingerprint_of(listed) != listed.get("fingerprint"):
        yield f"{CONTENTS}: the fingerprint is not that of the list."
    told = listed.get("files")
    rest = {name: data for name, data in files.items() if name not in {SUMS, CONTENTS}}
    yield from _hash_faults(CONTENTS, told if isinstance(told, dict) else {}, rest)


def _check_content(files: Mapping[str, bytes], report: Report, shown: Shown | None) -> None:
    try:
        sources = read_sources(files)
        stored = _stored_document(files["analysis.json"], report)
    except BundleFaultsError as error:
        report.faults += error.faults
        return
    report.title, report.protocol_sha256 = sources.table.study_title, sources.table.protocol_sha256
    report.faults += lock_faults(sources)
    document = _computed(sources.table, stored, report)
    if document is not None:
        report.faults += _derived_faults(files, sources, document, report, shown)


def _stored_document(data: bytes, report: Report) -> Document:
    part = read_object("analysis.json", data)
    document = part.get("document")
    if not isinstance(document, dict):
        raise BundleFaultsError(["analysis.json holds no document."])
    if sha256_of(document) != part.get("sha256"):
        report.faults.append(
            "analysis.json: the document does not have the hash that stands beside it."
        )
    return document


def _computed(table: ReadingTable, stored: Document, report: Report) -> Document | None:
    """The document computed again, after it was compared; the stored one where they agree but for rounding."""
    if stored.get("schema") != SCHEMA:
        report.faults.append(
            f"analysis.json: the schema is {str(stored.get('schema'))[:60]!r}, this version computes {SCHEMA!r}."
        )
        return None
    try:
        # As it is stored: tuples are lists in JSON, and keys texts.
        computed = json.loads(canonical_json(build_document(table)))
    except (DomainError, ValueError, ArithmeticError, LookupError) as error:
        report.faults.append(f"The analysis cannot be computed from these files: {error}")
        return None
    report.numbers = count_numbers(stored)
    _note_versions(stored.get("software"), computed["software"], report)
    found = list(differences(_without_software(stored), _without_software(computed)))
    _tell_differences(found, report)
    same = all(one.is_rounding for one in found) and isinstance(stored.get("software"), dict)
    return (
        stored if same else {**computed, "software": stored.get("software", computed["software"])}
    )


def _without_software(document: Document) -> Document:
    return {name: part for name, part in document.items() if name != "software"}


def _note_versions(stored: Any, computed: dict[str, str], report: Report) -> None:
    for one in differences(stored, computed, "software"):
        report.notes.append(f"analysis.json was computed with other software than this: {one}.")


def _tell_differences(found: list[Difference], report: Report) -> None:
    """Roundings are excused only in a document that still has its hash: there nobody has written a digit."""
    is_whole = not any(fault.startswith("analysis.json") for fault in report.faults)
    rounding = [one for one in found if one.is_rounding and is_whole]
    told = [f"analysis.json, {one}." for one in found if not (one.is_rounding and is_whole)]
    if rounding:
        report.notes.append(
            f"{len(rounding)} numbers differ beyond the ninth digit only, as they may on another processor or version."
        )
    report.faults += told[:_MOST_PATHS]
    if len(told) > _MOST_PATHS:
        report.faults.append(f"analysis.json: {len(told) - _MOST_PATHS} more numbers differ.")


def _derived_faults(
    files: Mapping[str, bytes], sources: Sources, document: Document, report: Report, shown: Shown | None
) -> Iterable[str]:  # fmt: skip
    software = document.get("software")
    version = software.get("reader_study") if isinstance(software, dict) else None
    if version != VERSION:
        report.notes.append(
            f"Made by Reader Study {str(version)[:20]}, this is {VERSION}: files derived from the numbers were compared by their hashes alone."
        )
        return []
    if shown is None:
        report.notes.append(_NO_DJANGO)
    try:
        computed = derived_files(sources.table, document, shown=shown)
    except (ValueError, LookupError, TypeError) as error:
        return [f"The derived files cannot be made again: {error}"]
    return _file_faults(files, computed, is_all=shown is not None)


def _file_faults(
    files: Mapping[str, bytes], computed: Mapping[str, bytes], *, is_all: bool
) -> Iterator[str]:
    for name, data in computed.items():
        if name not in files:
            yield f"{name} is not in the bundle."
        elif files[name] != data:
            yield file_difference(name, files[name], data)
    folders = ("tables/", "figures/") if is_all else ()
    for name in sorted(files):
        if name.startswith(folders) and name not in computed:
            yield f"{name} is nothing that the analysis gives."
