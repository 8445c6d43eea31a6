"""What an admin says about a manifest: which column holds which field, and what its diagnoses mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MALIGNANT, BENIGN, LEFT_OUT = "malignant", "benign", "left out"


@dataclass(frozen=True)
class ManifestMapping:
    """The admin's answers. `columns` is field → column, "" for a field that no column holds.

    `classes` is diagnosis → malignant, benign or left out; diagnoses are compared without case. What is not said is
    recognised, or asked for in the report.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ManifestMapping":
        """The mapping of an import job, or of a JSON file given to the command."""
        return cls(dict(data.get("columns", {})), dict(data.get("classes", {})))

    def as_json(self) -> dict[str, dict[str, str]]:
        """What `from_json` reads."""
        return {"columns": dict(self.columns), "classes": dict(self.classes)}
