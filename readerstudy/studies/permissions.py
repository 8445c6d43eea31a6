"""Who may know of which studies and enrolments. Every object rule is asked of its queryset rule."""

from django.db.models import Q, QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.bounds import within_bounds
from readerstudy.core.errors import NotAllowed, NotFound
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.models import Enrolment, Study, StudyMember


def staffed_studies(user: User) -> QuerySet[Study]:
    """The studies that the user coordinates. Admins are not among their staff by being admins."""
    memberships = StudyMember.objects.filter(user_id=user.pk, role=StudyRole.COORDINATOR)
    studies = Study.objects.filter(pk__in=memberships.values("study"))
    return within_bounds(user, studies, "public_id")


def overseen_studies(user: User) -> QuerySet[Study]:
    """The studies whose staff pages the user may open: their own, and for admins all."""
    if user.is_authenticated and user.can_administer:
        return within_bounds(user, Study.objects.all(), "public_id")
    return staffed_studies(user)


def visible_studies(user: User) -> QuerySet[Study]:
    """The studies that the user may know of: overseen ones, and those they are a reader of once not a draft."""
    own = Q(pk__in=own_enrolments(user).values("study"))
    return Study.objects.filter(Q(pk__in=overseen_studies(user).values("pk")) | own)


def own_enrolments(user: User) -> QuerySet[Enrolment]:
    """The user's own enrolments in studies that are no longer drafts; withdrawn ones included."""
    own = Enrolment.objects.filter(user_id=user.pk).exclude(study__state=StudyState.DRAFT)
    return within_bounds(user, own, "study__public_id")


def visible_enrolments(user: User) -> QuerySet[Enrolment]:
    """The user's own enrolments, and those of the studies whose staff pages they may open."""
    overseen = Q(study__in=overseen_studies(user).values("pk"))
    return Enrolment.objects.filter(overseen | Q(pk__in=own_enrolments(user).values("pk")))


def may_coordinate(user: User, study: Study) -> bool:
    """Whether the user coordinates this study."""
    return staffed_studies(user).filter(pk=study.pk).exists()


def check_may_coordinate(user: User, study: Study) -> None:
    """Raises NotAllowed for anybody but the study's coordinators."""
    if not may_coordinate(user, study):
        raise NotAllowed("Only the study's coordinators may do this.")


def check_may_create(user: User) -> None:
    """Raises NotAllowed for anybody but coordinators."""
    if not user.can_coordinate:
        raise NotAllowed("Only coordinators may make studies.")


def check_may_oversee(user: User) -> None:
    """Raises NotFound for people who have no staff page at all: to a reader there is none."""
    if not (user.can_coordinate or user.can_administer):
        raise NotFound("There is no such page.")
