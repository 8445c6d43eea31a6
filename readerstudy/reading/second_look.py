"""What is shown of a case the second time: clinical facts and further images. Never before the first answer is stored."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.core.sentences import translated
from readerstudy.images.choices import Sex, View
from readerstudy.images.models import Case, Image
from readerstudy.images.selectors import primary_images
from readerstudy.reading.reach import shown_position_for


def second_look(position_id: str) -> dict[str, Any]:
    """The facts and further images of a position whose answer of level 1 is stored; in the language of the request."""
    case = Case.objects.get(study_cases__positions__public_id=position_id)
    return {
        "level": 2,
        "facts": [{"name": name, "text": text} for name, text in _facts(case)],
        "images": [
            {
                "view": str(View(image.view).label),
                "image_url": reverse("reading:further-image", args=[position_id, place]),
            }
            for place, image in enumerate(further_images(case), start=1)
        ],
    }


def _facts(case: Case) -> Iterator[tuple[str, str]]:
    """Age, sex and site as far as they are known; nothing else of a case is clinical text."""
    if case.age_years is not None:
        yield _("Age"), _("%(years)d years") % {"years": case.age_years}
    if case.sex:
        yield _("Sex"), str(Sex(case.sex).label)
    if case.site:
        yield _("Site"), translated(case.site)


def further_images(case: Case) -> list[Image]:
    """The images of a case beside the one that is shown first, in their order."""
    first = primary_images([case])[case.pk]
    return list(case.images.exclude(pk=first.pk).order_by("ordinal"))


def further_image_for(user: User, public_id: str, place: int, *, now: datetime) -> Image:
    """A further image of a position that the reader has answered once. Raises NotFound for everything else."""
    position = shown_position_for(user, public_id, now=now)
    protocol = position.enrolment.study.protocol
    images = further_images(position.study_case.case)
    answered = position.readings.filter(level=1).exists()
    if not protocol.has_second_level or not answered or not 1 <= place <= len(images):
        raise NotFound("There is no such image.")
    return images[place - 1]
