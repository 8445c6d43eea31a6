"""Who grades cases must not know what their staff knows: nobody is a reader and of the staff over the same cases."""

from django.db.models import QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.errors import Conflict
from readerstudy.images.models import ImageSet
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Enrolment, FormerMember, Study, StudyMember

# Where results are open, to readers their own.
_TOLD = (StudyState.UNBLINDED, StudyState.ARCHIVED)


def check_reads_none_of(user: User, image_set: int) -> None:
    """Raises Conflict for somebody who is, or was, a reader of a study on these cases."""
    if Enrolment.objects.filter(user=user, study__image_set=image_set).exists():
        raise Conflict(
            f"{user.email} is a reader of these cases and cannot belong to the staff: readers are blind.",
            code="is_a_reader",
            field="email",
        )


def check_is_no_staff_of(user: User, image_set: int) -> None:
    """Raises Conflict for somebody who belongs, or belonged, to the staff of a study on these cases."""
    if staff_over(image_set).filter(pk=user.pk).exists():
        raise Conflict(
            f"{user.email} belongs or belonged to the staff of a study on these cases and cannot read them.",
            code="is_staff",
            field="email",
        )


def check_has_not_seen(user: User, study: Study) -> None:
    """Raises Conflict for a reader of another study on these cases that is unblinded: their own report told them the truth."""
    if readers_who_saw(study).filter(pk=user.pk).exists():
        raise Conflict(
            f"{user.email} has read these cases in a study that is unblinded and may know the truth.",
            code="has_seen_truth",
            field="email",
        )


def readers_who_saw(study: Study) -> QuerySet[User]:
    """Readers of unblinded studies on the cases of this one."""
    opened = Study.objects.filter(image_set=study.image_set_id, state__in=_TOLD)
    seen = Enrolment.objects.filter(study__in=opened.exclude(pk=study.pk).values("pk"))
    return User.objects.filter(pk__in=seen.values("user"))


def check_nobody_reads_elsewhere(study: Study) -> None:
    """Raises Conflict where another study on these cases may still take answers: its staff and readers would know the truth."""
    if _is_read_elsewhere(study):
        raise Conflict(
            f"Another study on {study.image_set.name} is not closed yet: close it first, or its readers and staff could learn the truth.",
            code="read_elsewhere",
        )


def check_truth_can_be_shown(study: Study) -> None:
    """Raises Conflict for a new truth keeper while another study on these cases is read, whose staff would not know of them."""
    if _is_read_elsewhere(study):
        raise Conflict(
            f"Another study on {study.image_set.name} is not closed yet: nobody is shown the truth of its cases until then.",
            code="read_elsewhere",
            field="role",
        )


def _is_read_elsewhere(study: Study) -> bool:
    """Whether another study on these cases is locked or being read."""
    others = Study.objects.filter(image_set=study.image_set_id).exclude(pk=study.pk)
    return others.filter(state__in=(StudyState.LOCKED, StudyState.READING)).exists()


def staff_over(image_set: int) -> QuerySet[User]:
    """The people who belong, or belonged, to the staff of a study on these cases."""
    studies = Study.objects.filter(image_set=image_set).values("pk")
    now = StudyMember.objects.filter(study__in=studies).values("user")
    before = FormerMember.objects.filter(study__in=studies).values("user")
    return User.objects.filter(pk__in=now) | User.objects.filter(pk__in=before)


def hold_cases(study: Study) -> None:
    """Locks the cases until the transaction ends, so that nobody becomes their reader and their staff at once."""
    ImageSet.objects.select_for_update().get(pk=study.image_set_id)
