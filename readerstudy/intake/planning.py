"""Reads an archive and its manifest, stores nothing, and tells all problems at once.

Three checkpoints: the names in the archive, the rows of the manifest with their pixels, the image sets already stored.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from readerstudy.core.csvio import Table, read_table
from readerstudy.core.errors import InvalidInput, Problem
from readerstudy.images.services import check_name
from readerstudy.intake.archive import Archive, Entry, sha256_of_file
from readerstudy.intake.cases import group_rows
from readerstudy.intake.columns import IMAGE, find_columns
from readerstudy.intake.duplicates import repeated_pixels, stored_pixels
from readerstudy.intake.matching import FileIndex
from readerstudy.intake.ordered import map_in_order
from readerstudy.intake.pixels import pixels_sha256, read_pixels
from readerstudy.intake.plan import ImportPlan
from readerstudy.intake.rows import ManifestRow, ReadRows, read_rows

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
        archive = Archive(archive_path, name=plan.archive_name)
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


def _table(archive: Archive, manifest: bytes | None, manifest_name: str) -> Table:
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
    plan: ImportPlan, archive: Archive, table: Table, on_progress: Progress | None
) -> ImportPlan:
    """The second and third checkpoint."""
    entries = [entry for entry in archive.entries if entry.name != table.name]
    read = read_rows(table, find_columns(table.header), FileIndex(entries))
    pixels, broken = _pixels(archive, read, table.name, on_progress)
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


def _pixels(
    archive: Archive, read: ReadRows, manifest: str, on_progress: Progress | None
) -> tuple[dict[str, str], list[Problem]]:
    """Entry name → hash of its pixels for all files that can be decoded; a problem for each that cannot."""
    pixels: dict[str, str] = {}
    broken: list[Problem] = []
    inspected = map_in_order(_inspected, _contents(archive, read.rows))
    for done, (row, found) in enumerate(inspected, start=1):
        if isinstance(found, InvalidInput):
            column = read.columns.used[IMAGE]
            broken.append(Problem(found.code, found.message, manifest, row.number, column))
        else:
            pixels[row.entry.name] = found
        if on_progress:
            on_progress(done, len(read.rows))
    return pixels, broken


def _contents(
    archive: Archive, rows: Sequence[ManifestRow]
) -> Iterator[tuple[ManifestRow, bytes | InvalidInput]]:
    for row in rows:
        try:
            yield row, archive.read(row.entry)
        except InvalidInput as error:
            yield row, error


def _inspected(
    item: tuple[ManifestRow, bytes | InvalidInput],
) -> tuple[ManifestRow, str | InvalidInput]:
    row, content = item
    if isinstance(content, InvalidInput):
        return row, content
    try:
        return row, pixels_sha256(read_pixels(content, name=row.entry.name))
    except InvalidInput as error:
        return row, error


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
    where = {"manifest": plan.manifest_name, "column": plan.columns[IMAGE]}
    problems, warnings = repeated_pixels(plan.cases, **where)
    return plan.with_findings(problems, [*warnings, *stored_pixels(plan.images, **where)])
