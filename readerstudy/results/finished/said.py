"""What a person said of a file: which column is what, what counts as positive, which modality is which."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from readerstudy.core.errors import InvalidInput

POSITIVE, NEGATIVE, LEFT_OUT = "positive", "negative", "left out"
CLASSES = (POSITIVE, NEGATIVE, LEFT_OUT)
NOT_GIVEN, NOT_ANSWERED = "not given", "not answered"


class Part(StrEnum):
    """What a modality is in the analysis."""

    UNAIDED = "unaided"
    AIDED = "aided"
    COMPARED = "compared"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Said:
    """Everything that may be said; what is not said follows from the file, or is asked.

    `columns` is role → heading ("" for none), `truth` and `decision` text of the file → class, `modalities` name → part,
    `missing` what a combination of reader and case without an answer means. `part` picks one of several studies in a file,
    `question` one of several questions.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    truth: Mapping[str, str] = field(default_factory=dict)
    decision: Mapping[str, str] = field(default_factory=dict)
    modalities: Mapping[str, str] = field(default_factory=dict)
    cut_off: float | None = None
    part: str = ""
    question: str = ""
    missing: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: dict(value) if isinstance(value, Mapping) else value for name, value in asdict(self).items()}  # fmt: skip


_ALLOWED = {
    "truth": frozenset(CLASSES),
    "decision": frozenset(CLASSES),
    "modalities": frozenset(Part),
}


def said_of(given: Mapping[str, Any]) -> Said:
    """What a form, a JSON file or a stored row says. Raises InvalidInput for what is not understood."""
    known = {one.name for one in fields(Said)}
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        raise InvalidInput(f"“{unknown}” is not understood.", code="unknown_answer", field=unknown)
    said = Said(**dict(given))
    for name in ("columns", *_ALLOWED):
        _check_mapping(name, getattr(said, name))
    if said.cut_off is not None and not _is_finite(said.cut_off):
        message = f"The cut-off “{said.cut_off}” is not a number."
        raise InvalidInput(message, code="unknown_answer", field="cut_off")
    if said.missing not in ("", NOT_GIVEN, NOT_ANSWERED):
        raise InvalidInput(f"“{said.missing}” is not understood.", code="unknown_answer", field="missing")  # fmt: skip
    return said


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_mapping(name: str, value: Any) -> None:
    allowed = _ALLOWED.get(name)
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in (*value, *value.values())):  # fmt: skip
        raise InvalidInput(f"{name} must be an object of texts.", code="unknown_answer", field=name)
    wrong = next((one for one in value.values() if allowed and one not in allowed), None)
    if wrong is not None:
        choices = ", ".join(sorted(map(str, allowed or ())))
        message = f"“{wrong}” is not understood: say one of {choices}."
        raise InvalidInput(message, code="unknown_answer", field=name)
