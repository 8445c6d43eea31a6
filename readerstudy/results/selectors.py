"""Reading of analyses."""

from django.db.models import Q, QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.results.choices import AnalysisState
from readerstudy.results.finished.permissions import finished_studies_visible_to
from readerstudy.results.models import Analysis, FinishedStudy
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import reported_studies


def analyses_visible_to(user: User) -> QuerySet[Analysis]:
    """The analyses of the studies whose results the person may read, and of the finished studies that they may see.

    Of this installation's own studies admins, truth keepers and readers see none.
    """
    own = Q(study__in=reported_studies(user).values("pk"))
    finished = Q(finished__in=finished_studies_visible_to(user))
    return Analysis.objects.filter(own | finished).select_related("study__image_set", "finished")


def listed_analyses(user: User) -> QuerySet[Analysis]:
    """The same without what is in them: a document has megabytes, and a list does not tell of it."""
    large = ("document", "table", "finished__table", "finished__report")
    return analyses_visible_to(user).defer(*large)


def latest_analysis(study: Study | FinishedStudy) -> Analysis | None:
    """The newest finished analysis of a study, or the newest of any state where none has finished."""
    newest = Analysis.objects.filter(
        **{"finished" if isinstance(study, FinishedStudy) else "study": study}
    ).order_by("-created_at", "-pk")
    return newest.filter(state=AnalysisState.DONE).first() or newest.first()


def analysis_for(user: User, public_id: str) -> Analysis:
    """One analysis. Raises NotFound where there is none or the person may not see it."""
    analysis = analyses_visible_to(user).filter(public_id=public_id).first()
    if analysis is None:
        raise NotFound("There is no such analysis.")
    return analysis
