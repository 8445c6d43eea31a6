"""What is known of studies: nothing of truth, answers or scores."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.images.models import Case
from readerstudy.studies.choices import EnrolmentState, StudyRole
from readerstudy.studies.models import (
    Enrolment,
    ProtocolVersion,
    Study,
    StudyMember,
    Transition,
)
from readerstudy.studies.permissions import (
    analysed_studies,
    conducted_studies,
    described_studies,
    overseen_studies,
    own_enrolments,
    reported_studies,
    staffed_studies,
    visible_enrolments,
    visible_studies,
)

_NOT_FOUND = "There is no such study."


@dataclass(frozen=True)
class ReaderCounts:
    """How many readers of a study are in which state."""

    invited: int
    active: int
    withdrawn: int

    @property
    def taking_part(self) -> int:
        return self.invited + self.active


def studies_visible_to(user: User) -> QuerySet[Study]:
    """The studies that the user may know of, newest first, with `case_count` and `reader_count`."""
    return _with_counts(visible_studies(user))


def described_studies_of(user: User) -> QuerySet[Study]:
    """The studies with staff pages for the user, newest first, with `case_count` and `reader_count`."""
    return _with_counts(described_studies(user))


def titles_of(user: User) -> list[tuple[str, str]]:
    """Public id and title of every study that the user may know of."""
    return list(visible_studies(user).values_list("public_id", "title"))


def study_for(user: User, slug: str) -> Study:
    """The study, if the user may know of it. Raises NotFound otherwise."""
    return _one(studies_visible_to(user), slug)


def described_study_for(user: User, slug: str) -> Study:
    """The study, if the user may read what it is (its staff, admins). Raises NotFound otherwise."""
    return _one(described_studies_of(user).select_related("design"), slug)


def overseen_study_for(user: User, slug: str) -> Study:
    """The study, if the user may see its readers and progress: not for truth keepers. Raises NotFound otherwise."""
    return _one(_with_counts(overseen_studies(user)).select_related("design"), slug)


def conducted_study_for(user: User, slug: str) -> Study:
    """The study, if the user may read its messages (its coordinators, admins). Raises NotFound otherwise."""
    return _one(_with_counts(conducted_studies(user)), slug)


def analysed_study_for(user: User, slug: str) -> Study:
    """The study, if the user is a coordinator or statistician of it; not for admins. Raises NotFound otherwise."""
    return _one(_with_counts(analysed_studies(user)), slug)


def reported_study_for(user: User, slug: str) -> Study:
    """The study, if the user may read its results once there are any; not for admins. Raises NotFound otherwise."""
    return _one(_with_counts(reported_studies(user)), slug)


def staff_study_for(user: User, slug: str) -> Study:
    """The study, if the user coordinates it; not for admins. Raises NotFound otherwise."""
    return _one(_with_counts(staffed_studies(user)), slug)


def enrolment_for(user: User, public_id: str) -> Enrolment:
    """The user's own enrolment in a study that is no draft. Raises NotFound otherwise, for staff too."""
    found = own_enrolments_of(user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such enrolment.")
    return found


def own_enrolments_of(user: User) -> QuerySet[Enrolment]:
    """The user's own enrolments in studies that are no drafts; withdrawn ones included."""
    return _with_study(own_enrolments(user))


def enrolments_visible_to(user: User) -> QuerySet[Enrolment]:
    """The user's own enrolments and those of the studies they oversee, with study, group and institution."""
    return _with_study(visible_enrolments(user))


def enrolments_of(study: Study) -> QuerySet[Enrolment]:
    """All enrolments of the study with their persons, by rank group and code; withdrawn ones included."""
    return study.enrolments.select_related("user", "rank_group", "institution").order_by(
        "rank_group__ordinal", "code"
    )


def readers_found(readers: QuerySet[Enrolment], search: str) -> QuerySet[Enrolment]:
    """Those whose code, name, rank group or institution has these letters in it; all where nothing is looked for."""
    if not search:
        return readers
    names = ("code", "user__name", "rank_group__name", "institution__name")
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__icontains": search})
    return readers.filter(found)


def taking_part(study: Study) -> QuerySet[Enrolment]:
    """The study's enrolments without the withdrawn ones, by code."""
    return (
        study.enrolments.exclude(state=EnrolmentState.WITHDRAWN)
        .select_related("rank_group", "institution")
        .order_by("code")
    )


def source_of(user: User, study: Study) -> Study | None:
    """The study that this one is a copy of, if the user may open its staff pages."""
    return described_studies(user).filter(copies__study=study).first()


def reader_counts(study: Study) -> ReaderCounts:
    """How many readers are invited, active and withdrawn."""
    counts = {
        state.value: Count("pk", filter=Q(state=state))
        for state in (EnrolmentState.INVITED, EnrolmentState.ACTIVE, EnrolmentState.WITHDRAWN)
    }
    return ReaderCounts(**study.enrolments.aggregate(**counts))


def members_of(study: Study) -> list[StudyMember]:
    """The study's staff with their persons: coordinators first, by name within each role."""
    roles = StudyRole.values
    members = study.members.select_related("user")
    return sorted(members, key=lambda one: (roles.index(one.role), one.user.name, one.user.email))


def lock_of(study: Study) -> ProtocolVersion | None:
    """The newest lock manifest of the study, or None for a draft."""
    return study.versions.select_related("locked_by").order_by("version").last()


def transitions_of(study: Study) -> QuerySet[Transition]:
    """Every step of the study's life with who took it, oldest first."""
    return study.transitions.select_related("actor")


def _with_counts(studies: QuerySet[Study]) -> QuerySet[Study]:
    # Sub-queries, because two joins would multiply cases and readers with each other.
    cases = Case.objects.filter(image_set=OuterRef("image_set")).order_by()
    readers = Enrolment.objects.filter(study=OuterRef("pk")).order_by()
    readers = readers.exclude(state=EnrolmentState.WITHDRAWN)
    return studies.select_related("image_set", "protocol").annotate(
        case_count=Coalesce(_count(cases, "image_set"), 0),
        reader_count=Coalesce(_count(readers, "study"), 0),
    )


def _count(rows: QuerySet[Any], by: str) -> Subquery:
    return Subquery(rows.values(by).annotate(number=Count("pk")).values("number"))


def _with_study(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    return enrolments.select_related(
        "user", "study__image_set", "study__protocol", "study__design", "rank_group", "institution"
    )


def _one(studies: QuerySet[Study], slug: str) -> Study:
    found = studies.filter(slug=slug).first()
    if found is None:
        raise NotFound(_NOT_FOUND)
    return found
