"""What a position of the aided arm is shown with. The one place of this room that knows of a CNN."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inference.aid import aid_for
from readerstudy.reading.choices import ManagementDecision, NotAssessable
from readerstudy.reading.models import Reading
from readerstudy.reading.rating import PERCENT, SIX_POINTS
from readerstudy.reading.wording import Wording, wording_of
from readerstudy.studies.choices import Scale
from readerstudy.studies.models import Protocol


def aided_payload(position_id: str, protocol: Protocol, *, level: int) -> dict[str, Any]:
    """The aid, and for a second answer the first one in words; in the language of the request.

    Raises NotFound where nothing may be shown: the first answer is not stored yet, or the position is unaided.
    """
    language = get_language() or "en"
    payload: dict[str, Any] = {"aid": asdict(aid_for(position_id, language=language))}
    if level == 1:
        return payload
    first = Reading.objects.get(position__public_id=position_id, level=1, version=1)
    words = answer_words(first, protocol, wording_of(protocol, language))
    return {**payload, "level": level, "first_answer": words}


def answer_words(reading: Reading, protocol: Protocol, wording: Wording) -> str:
    """An answer as its reader would say it."""
    if reading.not_assessable_reason:
        return str(NotAssessable(reading.not_assessable_reason).label)
    label = wording.positive if reading.decision == ManagementDecision.BIOPSY else wording.negative
    if reading.confidence is not None:
        words = _("%(decision)s, confidence %(level)d of %(levels)d")
        levels = protocol.confidence_levels
        return words % {"decision": label, "level": reading.confidence, "levels": levels}
    if reading.value is None:
        return label
    most = max(SIX_POINTS if reading.scale == Scale.SIX_POINT else PERCENT)
    words = _("%(decision)s, %(value)d of %(most)d")
    return words % {"decision": label, "value": reading.value, "most": most}
