"""Whether what a protocol says of answers fits together."""

from readerstudy.core.errors import InvalidInput
from readerstudy.studies.choices import Revision, Scale
from readerstudy.studies.models import Protocol

_CONFIDENCE_LEVELS = (0, 2, 3, 4, 5)


def check_protocol(protocol: Protocol) -> None:
    """Raises InvalidInput for a confidence that the scale has no room for, and for changes beside a second look."""
    _check_confidence(protocol)
    _check_levels(protocol)


def _check_confidence(protocol: Protocol) -> None:
    if protocol.confidence_levels not in _CONFIDENCE_LEVELS:
        raise InvalidInput(
            "The confidence has 2 to 5 levels, or 0 where it is not asked for.",
            code="confidence_levels",
            field="confidence_levels",
        )
    if protocol.scale != Scale.TWO_STEP and protocol.confidence_levels:
        raise InvalidInput(
            "This scale says itself how sure a reader is: choose that the confidence is not asked.",
            code="confidence_levels",
            field="confidence_levels",
        )


def _check_levels(protocol: Protocol) -> None:
    if protocol.has_second_level and protocol.revision != Revision.NONE:
        raise InvalidInput(
            "Where a case is shown a second time, no answer can be changed: choose none.",
            code="revision",
            field="revision",
        )
