"""Who may see image sets: admins and coordinators all of them, readers none.

Readers see images in the reading room alone, one position at a time.
"""

from django.db.models import QuerySet

from readerstudy.accounts.models import User
from readerstudy.images.models import Image, ImageSet


def is_staff(user: User) -> bool:
    """Whether the user is a signed-in coordinator or admin."""
    return user.is_authenticated and (user.can_coordinate or user.can_administer)


def visible_image_sets(user: User) -> QuerySet[ImageSet]:
    """The image sets that the user may know of."""
    return ImageSet.objects.all() if is_staff(user) else ImageSet.objects.none()


def visible_images(user: User) -> QuerySet[Image]:
    """The images of the image sets that the user may know of."""
    return Image.objects.filter(case__image_set__in=visible_image_sets(user))
