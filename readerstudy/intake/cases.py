"""Rows of a manifest put together to cases: one lesion, one truth, one or more images."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from readerstudy.core.errors import Problem
from readerstudy.images.choices import View
from readerstudy.intake.photographs import Photograph
from readerstudy.intake.plan import PlannedCase, PlannedImage
from readerstudy.intake.rows import ManifestRow
from readerstudy.truth.services import Truth

OF_THE_TRUTH = ("malignant", "diagnosis")
# What was found out later does not make wrong what was said before, and a person grows older.
MAY_DIFFER = ("confirmation", "age", "sex", "site", "fitzpatrick")


@dataclass
class GroupedRows:
    """The cases that the rows make, with what contradicts itself in them."""

    cases: list[PlannedCase] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def group_rows(
    rows: Sequence[ManifestRow],
    *,
    manifest: str,
    columns: Mapping[str, str],
    photographs: Mapping[str, Photograph],
) -> GroupedRows:
    """Rows with the same lesion id of the same patient are one case; a row without a lesion id is a case of its own.

    `photographs` is by entry name; rows whose file is none of them are left out.
    """
    grouped = GroupedRows()
    for members in _by_lesion(rows).values():
        for name in OF_THE_TRUTH:
            grouped.problems += _contradictions(members, name, manifest, columns)
        for name in MAY_DIFFER:
            grouped.warnings += _contradictions(members, name, manifest, columns)
        readable = [row for row in members if row.entry.name in photographs]
        if readable:
            grouped.cases.append(_case(readable, photographs))
    return grouped


def _by_lesion(rows: Sequence[ManifestRow]) -> dict[tuple[Any, ...], list[ManifestRow]]:
    groups: dict[tuple[Any, ...], list[ManifestRow]] = defaultdict(list)
    for row in rows:
        lesion = row.values.get("lesion_id")
        key = (row.values.get("patient_id", ""), lesion) if lesion else (row.number,)
        groups[key].append(row)
    return groups


def _contradictions(
    members: Sequence[ManifestRow], name: str, manifest: str, columns: Mapping[str, str]
) -> list[Problem]:
    """Rows of one lesion that differ from its first row. The values are not told: reports hold nothing of the truth."""
    if name not in columns:
        return []
    stated = [row for row in members if row.values.get(name) not in (None, "")]
    return [
        Problem(
            "contradiction",
            f"Row {stated[0].number} is of the same lesion and has another {columns[name]}.",
            file=manifest,
            row=row.number,
            column=columns[name],
        )
        for row in stated[1:]
        if row.values[name] != stated[0].values[name]
    ]


def _case(members: Sequence[ManifestRow], photographs: Mapping[str, Photograph]) -> PlannedCase:
    return PlannedCase(
        patient_ref=members[0].values.get("patient_id", ""),
        lesion_ref=members[0].values.get("lesion_id", ""),
        age_years=_first(members, "age", None),
        sex=_first(members, "sex", ""),
        site=_first(members, "site", ""),
        fitzpatrick=_first(members, "fitzpatrick", None),
        truth=Truth(
            malignant=members[0].values["malignant"],
            diagnosis=members[0].values["diagnosis"],
            confirmation=_first(members, "confirmation", ""),
        ),
        images=tuple(_image(row, photographs[row.entry.name]) for row in members),
    )


def _first(members: Sequence[ManifestRow], name: str, default: Any) -> Any:
    """The value of the first row that states one."""
    values = (row.values.get(name) for row in members)
    return next((value for value in values if value not in (None, "")), default)


def _image(row: ManifestRow, photograph: Photograph) -> PlannedImage:
    return PlannedImage(
        entry=row.entry.name,
        row=row.number,
        view=row.values.get("view", View.CLOSE_UP.value),
        licence=row.values.get("licence", ""),
        attribution=row.values.get("attribution", ""),
        pixels_sha256=photograph.pixels_sha256,
        perceptual_hash=photograph.perceptual_hash,
        origin=photograph.origin,
    )
