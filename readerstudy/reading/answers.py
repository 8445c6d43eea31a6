"""What a reader answers, before it is stored."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from readerstudy.core.canonical import sha256_of
from readerstudy.reading.choices import InputDevice, TimingQuality

# Left out of the hash where they are empty: an answer that is sent again after an update of the site is still the same.
_EMPTY: dict[str, Any] = {
    "level": 1,
    "value": None,
    "not_assessable_reason": "",
    "not_assessable_note": "",
    "further_answers": {},
    "timing_quality": "",
    "milliseconds_aid_shown": None,
}


@dataclass(frozen=True)
class Answer:
    """One answer. Durations are milliseconds on the reader's clock, from the first frame that showed the image.

    `confidence` belongs to the two-step scale, `value` to the others: 1 to 6, or 0 to 100. A case that cannot be
    assessed has a reason and no decision. `further_answers` are by the ordinal of the question, as text. Level 2 is the
    answer to the case as it is shown the second time. The aid, where there is one, is shown in time that is not hidden.
    """

    decision: str
    confidence: int | None = None
    value: int | None = None
    not_assessable_reason: str = ""
    not_assessable_note: str = ""
    further_answers: Mapping[str, Any] = field(default_factory=dict)
    level: int = 1
    milliseconds_to_decision: int | None = None
    milliseconds_to_commit: int | None = None
    milliseconds_hidden: int = 0
    milliseconds_aid_shown: int | None = None
    zooms: int = 0
    timing_quality: TimingQuality = TimingQuality.UNKNOWN
    input_device: InputDevice = InputDevice.UNKNOWN
    language: str = "en"

    def as_fields(self) -> dict[str, Any]:
        """The values of the columns of a `Reading`."""
        return asdict(self)

    def body_sha256(self, position_id: str) -> str:
        """The hash by which a repeat of the same answer to the same position is known."""
        fields = {
            name: str(value) if isinstance(value, str) else value
            for name, value in asdict(self).items()
            if name not in _EMPTY or value != _EMPTY[name]
        }
        return sha256_of({"position": position_id, **fields})
