from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Being checked")
    ASKED = "asked", _("Has questions")
    PLANNED = "planned", _("Checked")
    REFUSED = "refused", _("Has problems")
    APPLYING = "applying", _("Importing")
    APPLIED = "applied", _("Imported")
    FAILED = "failed", _("Failed")
    UNDONE = "undone", _("Undone")
