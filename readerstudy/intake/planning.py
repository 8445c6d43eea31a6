"""Reads an archive and its manifest, stores nothing, and tells all problems at once.

Three checkpoints: the names in the archive, the rows of the manifest with their pixels, the image sets already stored.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from readerstudy.core.csvio import read_table
from readerstudy.core.errors import InvalidInput, Problem
from readerstudy.images.services import check_name
from readerstudy.intake.asking import ClassQuestion
from readerstudy.intake.cases import group_rows
from readerstudy.intake.columns import IMAGE
from readerstudy.intake.duplicates import find_duplicates
from readerstudy.intake.layouts import LaidOut, lay_out
from readerstudy.intake.manifest import Manifest, read_manifest
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.noticing import noticed
from readerstudy.intake.photographs import Photograph, inspect_photographs
from readerstudy.intake.plan import ImportPlan
from readerstudy.intake.progress import Alive, Progress, uncounted
from readerstudy.intake.samples import rows_of_classes, samples_of
from readerstudy.intake.sources import Entry, Source, open_source, sha256_of_source
from readerstudy.intake.staging import Staged
from readerstudy.intake.tables import check_bytes, tables_in

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".dcm"}


def plan_import(
    *,
    archive_path: Path,
    archive_name: str = "",
    manifest: bytes | None = None,
    manifest_name: str = "",
    name: str | None = None,
    mapping: ManifestMapping | None = None,
    staging: Path | None = None,
    on_progress: Progress | None = None,
) -> ImportPlan:
    """What importing the archive would do. Reads only; what is wrong is in the plan, all of it, and nothing is raised.

    Without `manifest` the CSV files in the archive are it, where they belong together. `mapping` is what the admin says
    of it; what neither says nor is recognised becomes a question. `name` is the image set's; where given it is checked too.
    `staging` is a folder where the photographs are kept, encoded, for `apply_plan`. Raises Conflict alone, where a disk has
    too little room for that.
    """
    plan = ImportPlan(archive_path, archive_name or archive_path.name)
    plan = plan.with_findings(_problems_of_name(name))
    try:
        alive = uncounted(on_progress)
        archive = open_source(archive_path, name=plan.archive_name, on_alive=alive)
    except InvalidInput as error:
        return plan.with_findings([Problem(error.code, error.message, field=error.field)])
    with archive:
        digest = sha256_of_source(archive_path, on_alive=alive)
        staged = Staged(staging, digest) if staging else None
        plan = replace(plan, archive_sha256=digest, staged=staged)
        plan = plan.with_findings(archive.problems)
        try:
            laid = _laid_out(archive, manifest, manifest_name)
            manifest_read = read_manifest(laid, archive.entries, mapping or ManifestMapping())
        except InvalidInput as error:
            return plan.with_findings([Problem(error.code, error.message)])
        return _with_photographs(
            _with_manifest(plan, manifest_read), archive, manifest_read, on_progress
        )


def _problems_of_name(name: str | None) -> list[Problem]:
    if name is None:
        return []
    try:
        check_name(name)
    except InvalidInput as error:
        return list(error.problems)
    return []


def _laid_out(archive: Source, manifest: bytes | None, manifest_name: str) -> LaidOut:
    """The manifest: the one that was given, or what is in the archive. Raises InvalidInput where there is none."""
    photographs = [entry.name for entry in archive.entries if entry.suffix in IMAGE_SUFFIXES]
    if manifest is not None:
        check_bytes(len(manifest), manifest_name)
        tables = [read_table(manifest, name=manifest_name or "manifest.csv")]
    else:
        tables = tables_in(archive)
    return lay_out(tables, files=photographs, name=archive.name)


def _with_manifest(plan: ImportPlan, manifest: Manifest) -> ImportPlan:
    """The second checkpoint, but for the pixels."""
    ignored = [one.name for one in manifest.unlisted if one.suffix not in IMAGE_SUFFIXES]
    asked = [one.value for one in manifest.questions if isinstance(one, ClassQuestion)]
    diagnoses = [*manifest.classes, *asked]
    return replace(
        plan,
        manifest_name=manifest.table.name,
        layout=manifest.layout.name,
        header=manifest.table.header,
        columns=manifest.columns.used,
        ignored_columns=manifest.columns.ignored,
        classes=manifest.classes,
        questions=manifest.questions,
        samples=samples_of(manifest.table, manifest.columns.used),
        class_rows=rows_of_classes(manifest.table, manifest.columns.used, diagnoses),
        left_out=manifest.left_out,
        ignored_files=tuple(ignored),
        has_synthetic=any(row.values.get("synthetic") for row in manifest.rows),
    )


def _with_photographs(
    plan: ImportPlan, archive: Source, manifest: Manifest, on_progress: Progress | None
) -> ImportPlan:
    """The pixels of the second checkpoint, and the third."""
    photographs, broken = _photographs(archive, manifest, plan.staged, on_progress)
    name, columns = manifest.table.name, manifest.columns.used
    grouped = group_rows(manifest.rows, manifest=name, columns=columns, photographs=photographs)
    strange = noticed(manifest.rows, photographs, manifest=name, column=columns.get(IMAGE, ""))
    plan = replace(plan, cases=tuple(grouped.cases)).with_findings(
        [*manifest.problems, *broken, *grouped.problems],
        [*manifest.warnings, *strange, *grouped.warnings, *_not_imported(manifest.unlisted)],
    )
    return _with_duplicates(plan, uncounted(on_progress, len(photographs))).in_order()


def _photographs(
    source: Source, manifest: Manifest, staged: Staged | None, on_progress: Progress | None
) -> tuple[dict[str, Photograph], list[Problem]]:
    """Entry name → photograph for all files that can be decoded; a problem for each that cannot."""
    entries = [row.entry for row in manifest.rows]
    found = inspect_photographs(source, entries, staged=staged, on_progress=on_progress)
    column = manifest.columns.used.get(IMAGE, "")
    broken = [
        Problem(error.code, error.message, manifest.table.name, row.number, column)
        for row in manifest.rows
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


def _with_duplicates(plan: ImportPlan, on_alive: Alive) -> ImportPlan:
    if not plan.cases:
        return plan
    found = find_duplicates(
        plan.cases,
        manifest=plan.manifest_name,
        column=plan.columns[IMAGE],
        patient_column=plan.columns.get("patient_id", ""),
        lesion_column=plan.columns.get("lesion_id", ""),
        on_alive=on_alive,
    )
    return plan.with_findings(found.problems, found.warnings)
