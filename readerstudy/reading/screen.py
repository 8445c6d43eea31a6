"""What the reading screen needs to show a case: opaque ids and nothing that tells of the case."""

from typing import Any

from django.urls import reverse

from readerstudy.reading.selectors import last_read_position, progress_of, upcoming
from readerstudy.studies.choices import Revision
from readerstudy.studies.models import Enrolment, Position

IMAGE_NAME = "case.webp"


def next_payload(enrolment: Enrolment) -> dict[str, Any]:
    """Progress, the next position (None when all is done), those to fetch ahead, and the one that may be revised."""
    progress = progress_of(enrolment)
    # Places count what is left of the order when a case has been withdrawn, so that the last one is "100 of 100".
    places = enumerate(upcoming(enrolment), start=progress.done + 1)
    payloads = [_payload(position, place) for place, position in places]
    last = _revisable(enrolment)
    return {
        "done": progress.done,
        "total": progress.total,
        "next": payloads[0] if payloads else None,
        "ahead": payloads[1:],
        "last": _payload(last, progress.done) if last else None,
    }


def _revisable(enrolment: Enrolment) -> Position | None:
    allowed = enrolment.study.protocol.revision == Revision.LAST
    return last_read_position(enrolment) if allowed else None


def _payload(position: Position, place: int) -> dict[str, Any]:
    image = reverse("reading:image", args=[position.public_id])
    return {"id": position.public_id, "number": place, "image_url": image}
