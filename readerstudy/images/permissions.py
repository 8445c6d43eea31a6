"""Who may see image sets: admins and coordinators all of them, readers none.

Readers see images in the reading room alone, one position at a time.
Users are taken as they come: this room and that of the accounts do not know each other.
"""

from typing import Any

from django.db.models import QuerySet

from readerstudy.core.bounds import within_bounds
from readerstudy.core.errors import NotFound
from readerstudy.images.models import Image, ImageSet


def is_staff(user: Any) -> bool:
    """Whether the user is a signed-in coordinator or admin."""
    return user.is_authenticated and (user.can_coordinate or user.can_administer)


def visible_image_sets(user: Any) -> QuerySet[ImageSet]:
    """The image sets that the user may know of."""
    sets = ImageSet.objects.all() if is_staff(user) else ImageSet.objects.none()
    return within_bounds(user, sets, "studies__public_id")


def visible_images(user: Any) -> QuerySet[Image]:
    """The images of the image sets that the user may know of."""
    return Image.objects.filter(case__image_set__in=visible_image_sets(user))


def check_is_staff(user: Any) -> None:
    """Raises NotFound for readers: that there are image sets is nothing they may know."""
    if not is_staff(user):
        raise NotFound("There is no such page.")
