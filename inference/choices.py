from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ModelKind(models.TextChoices):
    """Where the scores of a model come from."""

    NETWORK = "network", _("Network")
    EXTERNAL = "external", _("External")
    ENSEMBLE = "ensemble", _("Ensemble")


class AidForm(models.TextChoices):
    """How readers of an aided arm are shown a score."""

    NUMBER = "number", _("A number in percent")
    WORD = "word", _("A word, from a threshold on another one")
    BAR = "bar", _("A bar")


class EnsembleRule(models.TextChoices):
    """What an ensemble makes of its members' scores, case by case."""

    MEAN = "mean", _("Mean")
    MEDIAN = "median", _("Median")
