"""Which study's results a page may read: those of the studies whose staff one belongs to, after unblinding and nowhere before."""

from functools import lru_cache

from django.db.models import QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.images.models import Image
from readerstudy.reading.models import Reading
from readerstudy.results.models import Analysis, FinishedStudy
from readerstudy.results.selectors import latest_analysis
from readerstudy.results.services import OPEN_STATES
from readerstudy.results.stored_table import table_of
from readerstudy.results.table import ReadingTable
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Enrolment, Study, StudyCase
from readerstudy.studies.permissions import reported_studies
from readerstudy.studies.selectors import own_enrolments_of, reported_study_for

_NO_RESULTS = "There are no results yet."


def results_of(user: User, slug: str) -> tuple[Study, Analysis]:
    """An unblinded study whose results the user may read, with its newest finished analysis. Raises NotFound otherwise."""
    study = reported_study_for(user, slug)
    return study, finished_analysis(study)


def finished_analysis(study: Study) -> Analysis:
    """The newest finished analysis of an unblinded study. Raises NotFound before, and where there is none."""
    if study.state not in OPEN_STATES:
        raise NotFound(_NO_RESULTS)
    return computed_analysis(study)


def computed_analysis(study: Study | FinishedStudy) -> Analysis:
    """The newest finished analysis of a study of this installation or an imported one. Raises NotFound without one."""
    analysis = latest_analysis(study)
    if analysis is None or analysis.document is None:
        raise NotFound(_NO_RESULTS)
    return analysis


def table_behind(analysis: Analysis) -> ReadingTable:
    """The reading table that the analysis was computed from. Raises NotFound for analyses of before it was kept."""
    if not analysis.table:
        raise NotFound("This analysis does not hold its reading table: compute it again.")
    return _decoded(analysis.pk, analysis.sha256)


@lru_cache(maxsize=4)
def _decoded(pk: int, sha256: str) -> ReadingTable:
    """Kept in the process, by the hash of the document: a filter asks for the same table again and again."""
    stored = Analysis.objects.values_list("table", flat=True).get(pk=pk, sha256=sha256)
    return table_of(bytes(stored or b""))


def own_results_of(user: User, public_id: str) -> tuple[Enrolment, Analysis]:
    """The user's own, active enrolment in an unblinded study, with the study's analysis. Raises NotFound otherwise."""
    found = own_enrolments_of(user).filter(
        public_id=public_id, state=EnrolmentState.ACTIVE, study__state__in=OPEN_STATES
    )
    enrolment = found.first()
    if enrolment is None:
        raise NotFound("There is no such enrolment.")
    return enrolment, finished_analysis(enrolment.study)


def shown_cases(user: User) -> QuerySet[StudyCase]:
    """The cases of unblinded studies whose photographs the user may see beside results.

    Staff: those of the studies whose results they may read. Readers: those that they have read themselves, unless they have left the study.
    """
    unblinded = StudyCase.objects.filter(study__state__in=OPEN_STATES)
    staffed = unblinded.filter(study__in=reported_studies(user).values("pk"))
    read = Reading.objects.filter(
        position__enrolment__user_id=user.pk,
        position__enrolment__state=EnrolmentState.ACTIVE,
    )
    return staffed | unblinded.filter(pk__in=read.values("position__study_case"))


def shown_image_for(user: User, case_id: str, number: int) -> Image:
    """Photograph `number` (from 1) of a case by its public id in the study. Raises NotFound where it is not shown."""
    case = shown_cases(user).filter(public_id=case_id).first()
    images = list(Image.objects.filter(case=case.case_id).order_by("ordinal")) if case else []
    if not 1 <= number <= len(images):
        raise NotFound("There is no such image.")
    return images[number - 1]
