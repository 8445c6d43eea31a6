"""Who may see the reference standard of a study, and when. Admins do not by being admins: they load it and see it no more."""

from django.db.models import QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotAllowed
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import analysed_studies, studies_as

OPEN_STATES = (StudyState.UNBLINDED, StudyState.ARCHIVED)


def kept_studies(user: User) -> QuerySet[Study]:
    """The studies whose truth the user keeps: they see it at all times, and answers and results at none."""
    return studies_as(user, StudyRole.TRUTH_KEEPER)


def opened_studies(user: User) -> QuerySet[Study]:
    """The unblinded studies whose results the user computes, for which the truth is read."""
    return analysed_studies(user).filter(state__in=OPEN_STATES)


def check_may_read(user: User, study: Study) -> None:
    """Raises NotAllowed before unblinding, and for anybody but those who compute the study's results."""
    # Asked of the database, not of the object: a caller may hold a study from before or after its time.
    if not Study.objects.filter(pk=study.pk, state__in=OPEN_STATES).exists():
        raise NotAllowed("The reference standard stays sealed until the study is unblinded.")
    if not opened_studies(user).filter(pk=study.pk).exists():
        raise NotAllowed(
            "Only the study's coordinators and statisticians may see the reference standard."
        )


def check_may_keep(user: User, study: Study) -> None:
    """Raises NotAllowed for anybody but the study's truth keepers."""
    if not kept_studies(user).filter(pk=study.pk).exists():
        raise NotAllowed("Only the study's truth keepers may do this.")
