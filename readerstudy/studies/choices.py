from django.db import models
from django.utils.translation import gettext_lazy as _


class StudyState(models.TextChoices):
    """Where a study is on its way. It only goes forward."""

    DRAFT = "draft", _("Draft")
    LOCKED = "locked", _("Locked")
    READING = "reading", _("Reading")
    CLOSED = "closed", _("Closed")
    UNBLINDED = "unblinded", _("Unblinded")
    ARCHIVED = "archived", _("Archived")


# The one way forward from each state.
NEXT_STATE = {
    StudyState.DRAFT: StudyState.LOCKED,
    StudyState.LOCKED: StudyState.READING,
    StudyState.READING: StudyState.CLOSED,
    StudyState.CLOSED: StudyState.UNBLINDED,
    StudyState.UNBLINDED: StudyState.ARCHIVED,
}


class ArmKind(models.TextChoices):
    UNAIDED = "unaided", _("Unaided")
    AIDED = "aided", _("Aided")


class EnrolmentState(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Revision(models.TextChoices):
    """Which answers a reader may still change."""

    NONE = "none", _("None")
    LAST = "last", _("The last one")


class StudyRole(models.TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
