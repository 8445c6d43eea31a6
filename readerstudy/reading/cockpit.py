"""What a coordinator sees while readers read: who needs what, and what is answered. No truth, no score, no accuracy."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Max
from django.db.models.functions import Coalesce

from readerstudy.reading.models import Reading
from readerstudy.reading.practice import PracticeStanding, practice_standings
from readerstudy.reading.quality import ExpectedEnd, Seen, Sign, Thresholds, expected_end, signs_of
from readerstudy.reading.selectors import ReaderProgress, completeness
from readerstudy.reading.sign_rules import thresholds_of
from readerstudy.reading.stages import answers_wanted
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Position, Study


@dataclass(frozen=True)
class ReaderLine:
    """One reader's progress with the signs that their answers give."""

    progress: ReaderProgress
    signs: tuple[Sign, ...]
    practice: PracticeStanding | None = None

    @property
    def takes_part(self) -> bool:
        return self.progress.enrolment.state != EnrolmentState.WITHDRAWN


@dataclass(frozen=True)
class Cockpit:
    """All readers, how many show which sign, and when all would be done."""

    lines: tuple[ReaderLine, ...]
    counts: dict[Sign, int]
    done: int
    total: int
    end: ExpectedEnd
    thresholds: Thresholds

    @property
    def readers(self) -> int:
        return sum(line.takes_part for line in self.lines)


def cockpit_of(study: Study, *, now: datetime) -> Cockpit:
    """The study's readers; the withdrawn ones stand among the lines and count nowhere."""
    answers, thresholds = answers_by_reader(study), thresholds_of(study)
    standings = practice_standings(study)
    lines = tuple(
        replace(
            _line(row, answers.get(row.enrolment.pk, ()), now, thresholds),
            practice=standings.get(row.enrolment.pk),
        )
        for row in completeness(study)
    )
    rows = [line.progress for line in lines if line.takes_part]
    unfinished = [row for row in rows if row.done < row.total]
    times = [one.at for row in unfinished for one in answers.get(row.enrolment.pk, ())]
    missing = sum(row.total - row.done for row in unfinished)
    return Cockpit(
        lines=lines,
        counts=_counts(lines),
        done=sum(row.done for row in rows),
        total=sum(row.total for row in rows),
        end=expected_end(times, missing=missing, now=now),
        thresholds=thresholds,
    )


def _line(
    row: ReaderProgress, answers: Sequence[Seen], now: datetime, thresholds: Thresholds
) -> ReaderLine:
    if row.enrolment.state == EnrolmentState.WITHDRAWN:
        return ReaderLine(row, ())
    found = signs_of(answers, total=row.total, now=now, thresholds=thresholds)
    return ReaderLine(row, tuple(sign for sign in Sign if sign in found))


def _counts(lines: Sequence[ReaderLine]) -> dict[Sign, int]:
    counted = Counter(sign for line in lines for sign in line.signs)
    return {sign: counted[sign] for sign in Sign}


def answers_by_reader(study: Study) -> dict[int, list[Seen]]:
    """Enrolment → the answers that count, in the order of the cases; those to withdrawn cases are left out. One query."""
    newest: dict[int, tuple[int, Seen]] = {}
    rows = Reading.objects.filter(
        position__enrolment__study=study, position__study_case__withdrawn_at=None, level=1
    ).order_by("position__session__number", "position__number", "version")
    # The number on the scale is as much of an answer as the confidence.
    for position, enrolment, *seen in rows.values_list(
        "position_id", "position__enrolment_id", "decision", Coalesce("value", "confidence"), "milliseconds_to_commit", "received_at"
    ):  # fmt: skip
        newest[position] = (enrolment, Seen(*seen))
    found: dict[int, list[Seen]] = defaultdict(list)
    for enrolment, one in newest.values():
        found[enrolment].append(one)
    return found


@dataclass(frozen=True)
class Matrix:
    """Readers × cases: which of them are answered, which are to come. Columns are cases by their public ids."""

    readers: tuple[str, ...]
    cases: tuple[str, ...]
    answered: frozenset[tuple[int, int]]
    open: frozenset[tuple[int, int]]

    @property
    def by_case(self) -> list[tuple[str, int, int]]:
        """Case, how many readers have answered it, of how many who are asked."""
        done = Counter(column for _row, column in self.answered)
        waiting = Counter(column for _row, column in self.open)
        return [
            (case, done[column], done[column] + waiting[column])
            for column, case in enumerate(self.cases)
        ]


def matrix_of(study: Study) -> Matrix:
    """The completeness of every position of readers who take part; withdrawn cases are left out."""
    rows = _positions(study)
    readers = {code: at for at, code in enumerate(sorted({code for code, _case, _done in rows}))}
    cases = {case: at for at, case in enumerate(sorted({case for _code, case, _done in rows}))}
    done = {(readers[code], cases[case]) for code, case, read in rows if read}
    asked = {(readers[code], cases[case]) for code, case, read in rows if not read}
    return Matrix(tuple(readers), tuple(cases), frozenset(done - asked), frozenset(asked))


def _positions(study: Study) -> list[tuple[str, str, bool]]:
    """Reader, case, and whether all answers that the position wants are there."""
    positions = Position.objects.filter(
        enrolment__study=study, study_case__withdrawn_at=None
    ).exclude(enrolment__state=EnrolmentState.WITHDRAWN)
    told = (
        positions.order_by()
        .values_list("enrolment__code", "study_case__public_id", "arm")
        .annotate(level=Max("readings__level"), position=F("pk"))
    )
    return [
        (code, case, level == answers_wanted(study.protocol, arm))
        for code, case, arm, level, _position in told
    ]
