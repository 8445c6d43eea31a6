from django.db import models
from django.utils.translation import gettext_lazy as _


class AnalysisState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class PrimaryComparison(models.TextChoices):
    """What a study's analysis plan calls its primary comparison of the CNN with the readers."""

    AUC = "auc", _("Area under the ROC curve")
    MATCHED = "matched", _("Specificity at each reader's own sensitivity")
    FIXED_THRESHOLD = (
        "fixed_threshold",
        _("Sensitivity and specificity at the fixed threshold, both"),
    )


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
