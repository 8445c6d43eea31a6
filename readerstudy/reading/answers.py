"""What a reader answers, before it is stored."""

from dataclasses import asdict, dataclass
from typing import Any

from readerstudy.core.canonical import sha256_of
from readerstudy.reading.choices import InputDevice, ManagementDecision, TimingQuality


@dataclass(frozen=True)
class Answer:
    """One answer. Durations are milliseconds on the reader's clock, from the first frame that showed the image."""

    decision: ManagementDecision
    confidence: int | None
    milliseconds_to_decision: int | None = None
    milliseconds_to_commit: int | None = None
    milliseconds_hidden: int = 0
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
            # Answers that were sent before there was a flag keep their hash.
            if name != "timing_quality" or value
        }
        return sha256_of({"position": position_id, **fields})
