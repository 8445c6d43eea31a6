"""What the reading screen needs to show a case: opaque ids and nothing that tells of the case."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from readerstudy.reading.order import OrderState, Place, order_state
from readerstudy.studies.choices import Revision
from readerstudy.studies.models import Enrolment

IMAGE_NAME = "case"


def next_payload(
    enrolment: Enrolment, order: OrderState | None = None, *, now: datetime
) -> dict[str, Any]:
    """Progress, the next position (None when all is done), those to fetch ahead, and the one that may be revised.

    `opens_at` is when the next session opens, where that is what is waited for; there is no next position until then.
    `order` is the reader's state where it is known already.
    """
    order = order or order_state(enrolment, now=now)
    progress = order.progress
    # Places count what is left of the order when a case has been withdrawn, so that the last one is "100 of 100".
    places = enumerate(order.upcoming, start=progress.done + 1)
    payloads = [_payload(place, number) for number, place in places]
    may_revise = enrolment.study.protocol.revision == Revision.LAST
    last = order.last_read if may_revise else None
    return {
        "done": progress.done,
        "total": progress.total,
        "next": payloads[0] if payloads else None,
        "ahead": payloads[1:],
        "last": _payload(last, progress.done) if last else None,
        "opens_at": order.opens_at,
    }


def _payload(place: Place, number: int) -> dict[str, Any]:
    image = reverse("reading:image", args=[place.public_id])
    return {"id": place.public_id, "number": number, "image_url": image}
