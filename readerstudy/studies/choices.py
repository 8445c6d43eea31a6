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
    """How a case is read. In the sequential arm the unaided answer is locked before the aided one begins."""

    UNAIDED = "unaided", _("Unaided")
    AIDED = "aided", _("Aided")
    SEQUENTIAL = "sequential", _("Unaided, then aided")


class DesignKind(models.TextChoices):
    """Who reads which case how often, and in which arm."""

    UNAIDED = "unaided", _("Every reader reads every case once, unaided")
    SEQUENTIAL = "sequential", _("Sequential: unaided, then a share of the cases aided")
    CROSSOVER = "crossover", _("2 × 2 crossover: every case in both arms, in two sessions")
    ONCE = "once", _("Every case once per reader, randomised to unaided or aided")
    BLOCKS = "blocks", _("Split plot: readers and cases in blocks, unaided")


class RepeatWhen(models.TextChoices):
    """When cases are read a second time."""

    SAME_SESSION = "same_session", _("Later in the same session (repeatability)")
    LATER_SESSION = "later_session", _("In a further session after the washout (intra-reader)")


class EnrolmentState(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AtWithdrawal(models.TextChoices):
    """What becomes of a reader's answers when they leave a study before its close."""

    KEEP = "keep", _("They stay stored under the code and are left out of every result")
    REMOVE = "remove", _("They are deleted")


class Revision(models.TextChoices):
    """Which answers a reader may still change."""

    NONE = "none", _("None")
    LAST = "last", _("The last one")


class Scale(models.TextChoices):
    """How readers say what they would do, and how sure they are of it."""

    TWO_STEP = "two_step", _("A decision, then the confidence in it")
    SIX_POINT = "six_point", _("One press from 1 to 6, biopsy from 4 on")
    PERCENT = "percent", _("A likelihood from 0 to 100, and a decision")


class QuestionKind(models.TextChoices):
    """What a further question takes for an answer."""

    SINGLE = "single", _("One of several options")
    SEVERAL = "several", _("Any of several options")
    TEXT = "text", _("Free text")
    QUALITY = "quality", _("Image quality from 1 to 5")


class QuestionMoment(models.TextChoices):
    """Where a further question stands on the reader's screen."""

    BEFORE = "before", _("Before the rating")
    AFTER = "after", _("After the rating")


class StudyRole(models.TextChoices):
    """What somebody of a study's staff is there for; docs/permissions.md says what each may do."""

    COORDINATOR = "coordinator", _("Coordinator")
    STATISTICIAN = "statistician", _("Statistician")
    TRUTH_KEEPER = "truth_keeper", _("Truth keeper")
    AUDITOR = "auditor", _("Auditor")
