"""What the reading screen needs to show a case: opaque ids and nothing that tells of the case."""

from typing import Any

from django.urls import reverse

from readerstudy.reading.selectors import progress_of, upcoming
from readerstudy.studies.models import Enrolment, Position

IMAGE_NAME = "case.webp"


def position_payload(position: Position) -> dict[str, Any]:
    """One position: its id, its place, and where its image is."""
    image = reverse("reading:image", args=[position.public_id])
    return {"id": position.public_id, "number": position.number, "image_url": image}


def next_payload(enrolment: Enrolment) -> dict[str, Any]:
    """Progress, the next position (None when all is done), and those to fetch ahead."""
    progress = progress_of(enrolment)
    payloads = [position_payload(position) for position in upcoming(enrolment)]
    first, *ahead = payloads or [None]
    return {"done": progress.done, "total": progress.total, "next": first, "ahead": ahead}
