from django.db import models
from django.utils.translation import gettext_lazy as _


class ErasureReason(models.TextChoices):
    """Why an account is erased. A list, so that the audit trail never holds a name."""

    REQUEST = "request", _("The person asks for it (GDPR, Art. 17)")
    CONSENT = "consent", _("Consent is withdrawn and nothing else allows keeping the data")
    PURPOSE = "purpose", _("The data are no longer needed")
    RETENTION = "retention", _("The retention date of their studies has passed")
    LAW = "law", _("The law demands it")
