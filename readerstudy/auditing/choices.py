from django.db import models
from django.utils.translation import gettext_lazy as _


class CheckState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Group(models.TextChoices):
    """What an event is about, for the filter of the page."""

    ACCOUNTS = "accounts", _("Accounts and sign-ins")
    STUDIES = "studies", _("Studies, staff and readers")
    READING = "reading", _("Answers and reading")
    TRUTH = "truth", _("Reference standard")
    MODELS = "models", _("Models and runs")
    IMAGES = "images", _("Image sets and imports")
    RESULTS = "results", _("Results")
    EXPORTS = "exports", _("Exports and downloads")
    TRAIL = "trail", _("The audit trail itself")


# The beginnings of the verbs in each group. What a later version records under another one is in no group, and shown all the same.
BEGINNINGS: dict[str, tuple[str, ...]] = {
    Group.ACCOUNTS: ("account.", "session.", "consent.", "privacy."),
    Group.STUDIES: ("study.", "staff.", "enrolment.", "reader.", "message."),
    Group.READING: ("readings.", "practice.", "profile.", "environment."),
    Group.TRUTH: (f"{Group.TRUTH.value}.",),
    Group.MODELS: ("model.", "artefact.", "model_run.", "aid."),
    Group.IMAGES: ("image_set.", "import."),
    Group.RESULTS: ("analysis ", "results.", "checklist.", "finished ", "scores "),
    Group.EXPORTS: ("bundle.", "report.", "file."),
    Group.TRAIL: ("audit.", "evidence.", "backup."),
}
