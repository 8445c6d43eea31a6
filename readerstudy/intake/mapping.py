"""What an admin says about a manifest: which column holds which field, and what its diagnoses mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from readerstudy.core.errors import InvalidInput

MALIGNANT, BENIGN, LEFT_OUT = CLASSES = ("malignant", "benign", "left out")


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


def checked_mapping(data: object, *, name: str) -> ManifestMapping:
    """The mapping in the JSON of a file. Raises InvalidInput for anything else than `as_json` writes."""
    parts = data if isinstance(data, dict) else {"": None}
    if not set(parts) <= {"columns", "classes"} or not all(map(_is_text, parts.values())):
        message = f'{name} should hold {{"columns": {{field: column}}, "classes": {{diagnosis: class}}}}, all of them texts.'
        raise InvalidInput(message, code="not_a_mapping")
    mapping = ManifestMapping.from_json(parts)
    for value, said in mapping.classes.items():
        if said not in CLASSES:
            message = f"{name}: “{said[:60]}” is not understood for {value[:60]}; expected is {MALIGNANT}, {BENIGN} or {LEFT_OUT}."
            raise InvalidInput(message, code="unknown_class")
    return mapping


def _is_text(part: object) -> bool:
    return isinstance(part, dict) and all(isinstance(one, str) for one in part.values())
