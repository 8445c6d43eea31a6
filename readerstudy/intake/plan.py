"""What an import would do, and everything that is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from readerstudy.core.errors import Problem
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
    """An archive as it was understood. It can be applied if it has no problem; warnings do not stand in its way."""

    archive_path: Path
    archive_name: str
    archive_sha256: str = ""
    manifest_name: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    ignored_columns: tuple[str, ...] = ()
    ignored_files: tuple[str, ...] = ()
    cases: tuple[PlannedCase, ...] = ()
    has_synthetic: bool = False
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def can_be_applied(self) -> bool:
        return not self.problems

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

    def report(self) -> dict[str, Any]:
        """The plan as JSON: totals, columns, all problems and warnings with their places. Nothing of the truth."""
        patients = {case.patient_ref for case in self.cases if case.patient_ref}
        return {
            "archive": self.archive_name,
            "archive_sha256": self.archive_sha256,
            "manifest": self.manifest_name,
            "can_be_applied": self.can_be_applied,
            "is_synthetic": self.has_synthetic,
            "totals": {
                "images": len(self.images),
                "cases": len(self.cases),
                "patients": len(patients),
                "problems": len(self.problems),
                "warnings": len(self.warnings),
            },
            "columns": self.columns,
            "ignored_columns": list(self.ignored_columns),
            "ignored_files": list(self.ignored_files),
            "problems": [problem.as_dict() for problem in self.problems],
            "warnings": [warning.as_dict() for warning in self.warnings],
        }
