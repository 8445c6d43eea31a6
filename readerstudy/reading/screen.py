"""What the reading screen needs to show a case: opaque ids and nothing that tells of the case."""

from typing import Any

from django.urls import reverse

from readerstudy.reading.aided import aided_payload
from readerstudy.reading.choices import NotAssessable
from readerstudy.reading.order import OrderState, Place
from readerstudy.reading.practice import is_open
from readerstudy.reading.rating import FIRST_BIOPSY, SIX_POINTS
from readerstudy.reading.second_look import second_look
from readerstudy.studies.choices import Revision
from readerstudy.studies.models import Enrolment, Protocol

IMAGE_NAME = "case"


def next_payload(enrolment: Enrolment, order: OrderState) -> dict[str, Any]:
    """Progress, the next position (None when all is done), those to fetch ahead, and the one that may be revised.

    `images_ahead` are positions whose photographs alone may be fetched. `opens_at` is when the next session opens, where that is what is waited for; there is no next position until then.
    """
    progress = order.progress
    # Places count what is left of the order when a case has been withdrawn, so that the last one is "100 of 100".
    places = enumerate(order.upcoming, start=progress.done + 1)
    upcoming = list(places)
    following = [_payload(place, number, enrolment) for number, place in upcoming[:1]]
    ahead = [_bare(place, number) for number, place in upcoming[1:]]
    known = len(order.known_ahead)
    may_revise = enrolment.study.protocol.revision == Revision.LAST
    last = order.last_read if may_revise else None
    return {
        "done": progress.done,
        "total": progress.total,
        "next": following[0] if following else None,
        "ahead": ahead[:known],
        "images_ahead": ahead[known:],
        "last": _payload(last, progress.done, enrolment) if last else None,
        "opens_at": order.opens_at,
    }


def rating_context(protocol: Protocol) -> dict[str, Any]:
    """What the answer's form shows of the scale."""
    return {
        "scale": protocol.scale,
        "levels": range(1, protocol.confidence_levels + 1),
        "points": (
            [one for one in SIX_POINTS if one < FIRST_BIOPSY],
            [one for one in SIX_POINTS if one >= FIRST_BIOPSY],
        ),
        "reasons": NotAssessable.choices if protocol.allows_not_assessable else [],
    }


def _bare(place: Place, number: int) -> dict[str, Any]:
    image = reverse("reading:image", args=[place.public_id])
    return {"id": place.public_id, "number": number, "image_url": image}


def _payload(place: Place, number: int, enrolment: Enrolment) -> dict[str, Any]:
    """The position with what it is shown with now; alone where the reader does not read now."""
    payload, protocol = _bare(place, number), enrolment.study.protocol
    if not is_open(enrolment):
        return payload
    if place.is_aided:
        return {**payload, **aided_payload(place.public_id, protocol, level=place.level)}
    return {**payload, **second_look(place.public_id)} if place.level > 1 else payload
