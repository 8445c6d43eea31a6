from django.db import models
from django.utils.translation import gettext_lazy as _


class AnalysisState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class FinishedState(models.TextChoices):
    """How far the import of a finished study is."""

    ASKED = "asked", _("Has questions")
    PLANNED = "planned", _("Checked")
    IMPORTED = "imported", _("Imported")


class FinishedKind(models.TextChoices):
    """What a file of a finished study holds."""

    READINGS = "readings", _("Readings")
    NAMES = "names", _("Names of the images")
    TRUTH = "truth", _("Truth")
    SCORES = "scores", _("Scores of a CNN")
