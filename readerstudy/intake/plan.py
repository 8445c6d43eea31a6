"""What an import would do, and everything that is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from readerstudy.core.errors import Problem
from readerstudy.intake.asking import Question
from readerstudy.intake.layouts import PLAIN
from readerstudy.intake.report import grouped, listed, listed_names
from readerstudy.intake.staging import Staged
from readerstudy.truth.services import Truth


@dataclass(frozen=True)
class PlannedImage:
    """One file of the archive that would become an image. `row` is its row in the manifest."""

    entry: str
    row: int
    view: str
    licence: str
    attribution: str
    pixels_sha256: str
    perceptual_hash: int | None = None
    origin: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class PlannedCase:
    """One case that would be made, with its images in their order and its truth."""

    patient_ref: str
    lesion_ref: str
    age_years: int | None
    sex: str
    site: str
    fitzpatrick: int | None
    truth: Truth
    images: tuple[PlannedImage, ...]


@dataclass(frozen=True)
class ImportPlan:
    """An archive as it was understood. It can be applied if it has no problem and no open question.

    `header` and `columns` are those of the manifest once it has a row for each photograph; `classes` is diagnosis → what
    it counts as; `samples` is column → some of its values, `class_rows` is diagnosis → number of rows; `left_out` counts the rows that the admin left out. Warnings do not stand in its way. `staged` has its
    photographs, already encoded, where they were kept.
    """

    archive_path: Path
    archive_name: str
    archive_sha256: str = ""
    manifest_name: str = ""
    layout: str = PLAIN.name
    header: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    samples: dict[str, list[str]] = field(default_factory=dict)
    class_rows: dict[str, int] = field(default_factory=dict)
    left_out: int = 0
    ignored_columns: tuple[str, ...] = ()
    ignored_files: tuple[str, ...] = ()
    cases: tuple[PlannedCase, ...] = ()
    has_synthetic: bool = False
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    staged: Staged | None = None

    @property
    def can_be_applied(self) -> bool:
        return not self.problems and not self.questions

    @property
    def images(self) -> tuple[PlannedImage, ...]:
        """All images of all cases."""
        return tuple(image for case in self.cases for image in case.images)

    def with_findings(
        self, problems: Iterable[Problem] = (), warnings: Iterable[Problem] = ()
    ) -> "ImportPlan":
        """The same plan with more that is wrong, or strange, with it."""
        return replace(
            self,
            problems=(*self.problems, *problems),
            warnings=(*self.warnings, *warnings),
        )

    def in_order(self) -> "ImportPlan":
        """The same plan with what was found in the order of the rows; first what is wrong with the archive as a whole."""
        return replace(
            self,
            problems=tuple(sorted(self.problems, key=lambda one: one.row or 0)),
            warnings=tuple(sorted(self.warnings, key=lambda one: (one.row is None, one.row or 0))),
        )

    def report(self) -> dict[str, Any]:
        """The plan as JSON: totals, columns, all problems and warnings with their places. Nothing of the truth."""
        patients = {case.patient_ref for case in self.cases if case.patient_ref}
        # None where nothing says who the patients are: that is not none of them.
        count = len(patients) if self.columns.get("patient_id") else None
        return {
            "archive": self.archive_name,
            "archive_sha256": self.archive_sha256,
            "manifest": self.manifest_name,
            "can_be_applied": self.can_be_applied,
            "is_synthetic": self.has_synthetic,
            "totals": {
                "images": len(self.images),
                "cases": len(self.cases),
                "patients": count,
                "left_out": self.left_out,
                "problems": len(self.problems),
                "warnings": len(self.warnings),
            },
            "layout": self.layout,
            "header": list(self.header),
            "columns": self.columns,
            "classes": self.classes,
            "questions": [question.as_dict() for question in self.questions],
            "samples": self.samples,
            "class_rows": self.class_rows,
            "ignored_columns": list(self.ignored_columns),
            "ignored_files": listed_names(self.ignored_files),
            "groups": [
                *grouped("problem", self.problems),
                *grouped("warning", self.warnings),
            ],
            "problems": listed("problem", self.problems),
            "warnings": listed("warning", self.warnings),
        }
