"""How long the breaks between the sessions really were; no answer is looked at."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from django.db.models import Max, Min

from readerstudy.reading.models import Reading
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Study

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """When a reader gave the first and the last answer of a session; changes of an answer do not count."""

    reader: int
    session: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Gaps:
    """The days between the end of one session and the beginning of the next, over the readers who have begun it."""

    session: int
    readers: int
    shortest: float
    median: float
    longest: float
    too_short: int


def session_gaps(study: Study) -> list[Gaps]:
    """One entry for each later session that somebody has begun. Readers who were withdrawn are left out."""
    rows = (
        Reading.objects.filter(version=1, position__enrolment__study=study)
        .exclude(position__enrolment__state=EnrolmentState.WITHDRAWN)
        .order_by()
        .values_list("position__enrolment_id", "position__session__number")
        .annotate(first=Min("received_at"), last=Max("received_at"))
    )
    return gaps_of([Span(*row) for row in rows], washout_days=study.design.washout_days)


def gaps_of(spans: Iterable[Span], *, washout_days: int) -> list[Gaps]:
    """The gaps by session; `too_short` counts those below the washout, which somebody opened early."""
    of_reader: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        of_reader[span.reader].append(span)
    days: dict[int, list[float]] = defaultdict(list)
    for own in of_reader.values():
        for before, after in pairwise(sorted(own, key=lambda span: span.session)):
            days[after.session].append((after.first - before.last) / _DAY)
    return [_summary(session, days[session], washout_days) for session in sorted(days)]


def gaps_note(study: Study, *, readers: int, cases: int) -> list[Gaps]:  # noqa: ARG001 (a note is told both)
    """The gaps as a note beside the design."""
    return session_gaps(study)


def _summary(session: int, days: list[float], washout_days: int) -> Gaps:
    return Gaps(
        session=session,
        readers=len(days),
        shortest=min(days),
        median=median(days),
        longest=max(days),
        too_short=sum(one < washout_days for one in days),
    )
