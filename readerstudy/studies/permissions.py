"""Who may know of which studies and enrolments. Every object rule is asked of its queryset rule.

What each role is for stands in docs/permissions.md. A study's staff has its rights from the study alone: the role that an
account has on the whole site adds the making of studies (coordinators) and the oversight of all of them (admins).
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.bounds import within_bounds
from readerstudy.core.errors import NotAllowed, NotFound
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.models import Enrolment, Study, StudyMember

# Who sees how far the readers are, without their answers; who works on the results; who reads them.
OVERSEERS = (StudyRole.COORDINATOR, StudyRole.STATISTICIAN, StudyRole.AUDITOR)
ANALYSTS = (StudyRole.COORDINATOR, StudyRole.STATISTICIAN)
REPORTED_TO = (StudyRole.COORDINATOR, StudyRole.STATISTICIAN, StudyRole.AUDITOR)
CHECKED_BY = (StudyRole.COORDINATOR, StudyRole.AUDITOR)


def studies_as(user: User, *roles: StudyRole) -> QuerySet[Study]:
    """The studies in which the user has one of these roles; what they are on the whole site counts for nothing."""
    memberships = StudyMember.objects.filter(user_id=user.pk, role__in=roles)
    studies = Study.objects.filter(pk__in=memberships.values("study"))
    return within_bounds(user, studies, "public_id")


def staffed_studies(user: User) -> QuerySet[Study]:
    """The studies that the user coordinates, and so may change. Admins do not by being admins."""
    return studies_as(user, StudyRole.COORDINATOR)


def described_studies(user: User) -> QuerySet[Study]:
    """The studies whose overview, protocol and design the user may read: staff of every role, and for admins all."""
    return _or_all(user, *StudyRole)


def overseen_studies(user: User) -> QuerySet[Study]:
    """The studies whose readers and progress the user may see as well: not truth keepers; for admins all."""
    return _or_all(user, *OVERSEERS)


def auditable_studies(user: User) -> QuerySet[Study]:
    """The studies whose audit trail the user may read: their coordinators and auditors, and for admins all."""
    return _or_all(user, *CHECKED_BY)


def conducted_studies(user: User) -> QuerySet[Study]:
    """The studies whose messages with readers the user may read and whose models they run: coordinators; for admins all."""
    return _or_all(user, StudyRole.COORDINATOR)


def analysed_studies(user: User) -> QuerySet[Study]:
    """The studies whose analysis the user may plan, compute, report and export, each in its time; not for admins."""
    return studies_as(user, *ANALYSTS)


def reported_studies(user: User) -> QuerySet[Study]:
    """The studies whose results the user may read once they are unblinded; not for admins."""
    return studies_as(user, *REPORTED_TO)


def _or_all(user: User, *roles: StudyRole) -> QuerySet[Study]:
    if user.is_authenticated and user.can_administer:
        return within_bounds(user, Study.objects.all(), "public_id")
    return studies_as(user, *roles)


def visible_studies(user: User) -> QuerySet[Study]:
    """The studies that the user may know of: as their staff or an admin, and as their reader once they are no drafts."""
    own = Q(pk__in=own_enrolments(user).values("study"))
    return Study.objects.filter(Q(pk__in=described_studies(user).values("pk")) | own)


def own_enrolments(user: User) -> QuerySet[Enrolment]:
    """The user's own enrolments in studies that are no longer drafts; withdrawn ones included."""
    own = Enrolment.objects.filter(user_id=user.pk).exclude(study__state=StudyState.DRAFT)
    return within_bounds(user, own, "study__public_id")


def visible_enrolments(user: User) -> QuerySet[Enrolment]:
    """The user's own enrolments, and those of the studies whose readers they may see."""
    overseen = Q(study__in=overseen_studies(user).values("pk"))
    return Enrolment.objects.filter(overseen | Q(pk__in=own_enrolments(user).values("pk")))


def may_coordinate(user: User, study: Study) -> bool:
    """Whether the user coordinates this study."""
    return staffed_studies(user).filter(pk=study.pk).exists()


def check_may_coordinate(user: User, study: Study) -> None:
    """Raises NotAllowed for anybody but the study's coordinators."""
    if not may_coordinate(user, study):
        raise NotAllowed("Only the study's coordinators may do this.")


def may_analyse(user: User, study: Study) -> bool:
    """Whether the user plans and computes this study's analysis."""
    return analysed_studies(user).filter(pk=study.pk).exists()


def check_may_analyse(user: User, study: Study) -> None:
    """Raises NotAllowed for anybody but the study's coordinators and statisticians."""
    if not may_analyse(user, study):
        raise NotAllowed("Only the study's coordinators and statisticians may do this.")


def check_may_create(user: User) -> None:
    """Raises NotAllowed for anybody but coordinators."""
    if not user.can_coordinate:
        raise NotAllowed("Only coordinators may make studies.")


def has_staff_pages(user: User) -> bool:
    """Whether there are staff pages for the user: by their role on the site, or as staff of a study."""
    if user.can_coordinate or user.can_administer:
        return True
    return StudyMember.objects.filter(user_id=user.pk).exists()


def check_may_oversee(user: User) -> None:
    """Raises NotFound for people who have no staff page at all: to a reader there is none."""
    if not has_staff_pages(user):
        raise NotFound("There is no such page.")


@dataclass(frozen=True)
class Rights:
    """What one person may do in one study, for the pages to know which links and buttons lead somewhere."""

    role: str = ""
    is_admin: bool = False

    @property
    def coordinates(self) -> bool:
        return self.role == StudyRole.COORDINATOR

    @property
    def conducts(self) -> bool:
        return self.coordinates or self.is_admin

    @property
    def oversees(self) -> bool:
        return self.role in OVERSEERS or self.is_admin

    @property
    def audits(self) -> bool:
        return self.role in CHECKED_BY or self.is_admin

    @property
    def analyses(self) -> bool:
        return self.role in ANALYSTS

    @property
    def reads_results(self) -> bool:
        return self.role in REPORTED_TO

    @property
    def keeps_truth(self) -> bool:
        return self.role == StudyRole.TRUTH_KEEPER


def rights_in(user: User, study: Study) -> Rights:
    """The same as the queryset rules say of this study, with one query."""
    roles = StudyMember.objects.filter(user_id=user.pk, study=study)
    role = roles.values_list("role", flat=True).first() or ""
    return Rights(role, is_admin=user.is_authenticated and user.can_administer)
