"""What a coordinator sees while readers read: who needs what, and what is answered. No truth, no score, no accuracy."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from readerstudy.reading.practice import PracticeStanding, practice_standings
from readerstudy.reading.quality import ExpectedEnd, Seen, Sign, Thresholds, expected_end, signs_of
from readerstudy.reading.seen import NOTHING_SEEN, answers_by_reader
from readerstudy.reading.selectors import ReaderProgress, completeness
from readerstudy.reading.sign_rules import thresholds_of
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Study


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
            _line(row, answers.get(row.enrolment.pk, NOTHING_SEEN), now, thresholds),
            practice=standings.get(row.enrolment.pk),
        )
        for row in completeness(study)
    )
    rows = [line.progress for line in lines if line.takes_part]
    unfinished = [row for row in rows if row.done < row.total]
    times = [answers.get(row.enrolment.pk, NOTHING_SEEN).at for row in unfinished]
    missing = sum(row.total - row.done for row in unfinished)
    return Cockpit(
        lines=lines,
        counts=_counts(lines),
        done=sum(row.done for row in rows),
        total=sum(row.total for row in rows),
        end=expected_end(np.concatenate([NOTHING_SEEN.at, *times]), missing=missing, now=now),
        thresholds=thresholds,
    )


def _line(row: ReaderProgress, answers: Seen, now: datetime, thresholds: Thresholds) -> ReaderLine:
    if row.enrolment.state == EnrolmentState.WITHDRAWN:
        return ReaderLine(row, ())
    found = signs_of(answers, total=row.total, now=now, thresholds=thresholds)
    return ReaderLine(row, tuple(sign for sign in Sign if sign in found))


def _counts(lines: Sequence[ReaderLine]) -> dict[Sign, int]:
    counted = Counter(sign for line in lines for sign in line.signs)
    return {sign: counted[sign] for sign in Sign}
