from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteRole(models.TextChoices):
    """What a person may do on the whole site. What they may do in one study stands in that study."""

    READER = "reader", _("Reader")
    COORDINATOR = "coordinator", _("Coordinator")
    ADMIN = "admin", _("Admin")
