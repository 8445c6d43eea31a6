"""Reads an archive and its manifest, stores nothing, and tells all problems at once.

Three checkpoints: the names in the archive, the rows of the manifest with their pixels, the image sets already stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from readerstudy.core.csvio import Table, read_table
from readerstudy.core.errors import InvalidInput, Problem
from readerstudy.images.services import check_name
from readerstudy.intake.archive import sha256_of_file
from readerstudy.intake.cases import group_rows
from readerstudy.intake.columns import IMAGE, find_columns
from readerstudy.intake.duplicates import find_duplicates
from readerstudy.intake.matching import FileIndex
from readerstudy.intake.photographs import Photograph, inspect_photographs
from readerstudy.intake.plan import ImportPlan
from readerstudy.intake.rows import ReadRows, read_rows
from readerstudy.intake.sources import Entry, Source, open_source

Progress = Callable[[int, int], None]
TABLE_SUFFIXES = {".csv", ".tsv"}
IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"}


def plan_import(
    *,
    archive_path: Path,
    archive_name: str = "",
    manifest: bytes | None = None,
    manifest_name: str = "",
    name: str | None = None,
    on_progress: Progress | None = None,
) -> ImportPlan:
    """What importing the archive would do. Reads only; what is wrong is in the plan, all of it, and nothing is raised.

    Without `manifest` the only CSV file in the archive is it. `name` is the image set's; where given it is checked too.
    """
    plan = ImportPlan(archive_path, archive_name or archive_path.name)
    plan = plan.with_findings(_problems_of_name(name))
    try:
        archive = open_source(archive_path, name=plan.archive_name)
    except InvalidInput as error:
        return plan.with_findings([Problem(error.code, error.message, field=error.field)])
    with archive:
        plan = replace(plan, archive_sha256=sha256_of_file(archive_path))
        plan = plan.with_findings(archive.problems)
        try:
            table = _table(archive, manifest, manifest_name)
        except InvalidInput as error:
            return plan.with_findings([Problem(error.code, error.message)])
        return _with_rows(plan, archive, table, on_progress)


def _problems_of_name(name: str | None) -> list[Problem]:
    if name is None:
        return []
    try:
        check_name(name)
    except InvalidInput as error:
        return list(error.problems)
    return []


def _table(archive: Source, manifest: bytes | None, manifest_name: str) -> Table:
    """The manifest: the one that was given, or the only table in the archive. Raises InvalidInput where there is none."""
    if manifest is not None:
        return read_table(manifest, name=manifest_name or "manifest.csv")
    tables = [entry for entry in archive.entries if entry.suffix in TABLE_SUFFIXES]
    if not tables:
        message = (
            f"{archive.name} holds no manifest: put one CSV file into it or give it beside it."
        )
        raise InvalidInput(message, code="no_manifest")
    if len(tables) > 1:
        names = ", ".join(entry.name for entry in tables[:5])
        message = f"{archive.name} holds several CSV files ({names}): say which is the manifest by giving it beside the archive."
        raise InvalidInput(message, code="several_manifests")
    return read_table(archive.read(tables[0]), name=tables[0].name)


def _with_rows(
    plan: ImportPlan, archive: Source, table: Table, on_progress: Progress | None
) -> ImportPlan:
    """The second and third checkpoint."""
    entries = [entry for entry in archive.entries if entry.name != table.name]
    read = read_rows(table, find_columns(table.header), FileIndex(entries))
    photographs, broken = _photographs(archive, read, table.name, on_progress)
    pixels = {name: one.pixels_sha256 for name, one in photographs.items()}
    grouped = group_rows(read.rows, manifest=table.name, columns=read.columns.used, pixels=pixels)
    unlisted = [] if read.columns.missing else read.unlisted(entries)
    plan = replace(
        plan,
        manifest_name=table.name,
        columns=read.columns.used,
        ignored_columns=read.columns.ignored,
        ignored_files=tuple(one.name for one in unlisted if one.suffix not in IMAGE_SUFFIXES),
        cases=tuple(grouped.cases),
        has_synthetic=any(row.values.get("synthetic") for row in read.rows),
    )
    in_rows = sorted(
        [*read.problems, *broken, *grouped.problems], key=lambda problem: problem.row or 0
    )
    plan = plan.with_findings(in_rows, [*grouped.warnings, *_not_imported(unlisted)])
    return _with_duplicates(plan)


def _photographs(
    source: Source, read: ReadRows, manifest: str, on_progress: Progress | None
) -> tuple[dict[str, Photograph], list[Problem]]:
    """Entry name → photograph for all files that can be decoded; a problem for each that cannot."""
    entries = [row.entry for row in read.rows]
    found = inspect_photographs(source, entries, on_progress=on_progress)
    column = read.columns.used.get(IMAGE, "")
    broken = [
        Problem(error.code, error.message, manifest, row.number, column)
        for row in read.rows
        if isinstance(error := found[row.entry.name], InvalidInput)
    ]
    return {name: one for name, one in found.items() if isinstance(one, Photograph)}, broken


def _not_imported(unlisted: Sequence[Entry]) -> list[Problem]:
    message = "The image is in the archive and in no row of the manifest; it is not imported."
    return [
        Problem("unlisted_image", message, file=entry.name)
        for entry in unlisted
        if entry.suffix in IMAGE_SUFFIXES
    ]


def _with_duplicates(plan: ImportPlan) -> ImportPlan:
    if not plan.cases:
        return plan
    found = find_duplicates(
        plan.cases,
        manifest=plan.manifest_name,
        column=plan.columns[IMAGE],
        patient_column=plan.columns.get("patient_id", ""),
    )
    return plan.with_findings(found.problems, found.warnings)
