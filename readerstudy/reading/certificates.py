"""What a reader who has finished can print once the study is closed. It tells nothing of how right they were."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min

from readerstudy.core.errors import NotFound
from readerstudy.reading.models import Reading
from readerstudy.reading.selectors import Progress, progress_of
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Enrolment
from readerstudy.studies.selectors import lock_of

_CLOSED = (StudyState.CLOSED, StudyState.UNBLINDED, StudyState.ARCHIVED)


@dataclass(frozen=True)
class Certificate:
    """Who read how many cases of which study, and when."""

    name: str
    study: str
    cases: int
    first: datetime
    last: datetime
    lock_sha256: str


def has_certificate(enrolment: Enrolment, progress: Progress | None = None) -> bool:
    """Whether the study is closed and the reader has read all its cases; `progress` where it is known already."""
    return (
        enrolment.state == EnrolmentState.ACTIVE
        and enrolment.study.state in _CLOSED
        and (progress or progress_of(enrolment)).is_complete
    )


def certificate_of(enrolment: Enrolment) -> Certificate:
    """The reader's certificate. Raises NotFound before the close and for those who have not finished."""
    lock = lock_of(enrolment.study)
    if lock is None or not has_certificate(enrolment):
        raise NotFound("There is no certificate.")
    answered = Reading.objects.filter(position__enrolment=enrolment, version=1)
    times = answered.aggregate(first=Min("received_at"), last=Max("received_at"))
    return Certificate(
        name=enrolment.user.name,
        study=enrolment.study.title,
        cases=progress_of(enrolment).total,
        lock_sha256=lock.sha256,
        **times,
    )
