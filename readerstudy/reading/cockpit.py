"""What a coordinator sees while readers read: who needs what, and what is answered. No truth, no score, no accuracy."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from readerstudy.reading.practice import PracticeStanding, practice_standings
from readerstudy.reading.quality import ExpectedEnd, Sign, Thresholds, expected_end, signs_from
from readerstudy.reading.seen import NOTHING_SEEN
from readerstudy.reading.selectors import ReaderProgress, progress_from, standings
from readerstudy.reading.sign_rules import thresholds_of
from readerstudy.reading.tallies import Tally
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Enrolment, Study


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
    thresholds, practice = thresholds_of(study), practice_standings(study)
    found = standings(study, fast_seconds=thresholds.fast_seconds)
    lines = tuple(
        _line(reader, tally, practice.get(reader.pk), now, thresholds) for reader, tally in found
    )
    rows = [line.progress for line in lines if line.takes_part]
    unfinished = [tally for reader, tally in found if _is_awaited(reader, tally)]
    missing = sum(tally.total - tally.done for tally in unfinished)
    times = np.concatenate([NOTHING_SEEN.at, *(tally.times for tally in unfinished)])
    return Cockpit(
        lines=lines,
        counts=_counts(lines),
        done=sum(row.done for row in rows),
        total=sum(row.total for row in rows),
        end=expected_end(times, missing=missing, now=now),
        thresholds=thresholds,
    )


def _is_awaited(reader: Enrolment, tally: Tally) -> bool:
    return reader.state != EnrolmentState.WITHDRAWN and tally.done < tally.total


def _line(
    reader: Enrolment,
    tally: Tally,
    practice: PracticeStanding | None,
    now: datetime,
    thresholds: Thresholds,
) -> ReaderLine:
    progress = progress_from(reader, tally)
    if reader.state == EnrolmentState.WITHDRAWN:
        return ReaderLine(progress, (), practice)
    found = signs_from(tally.habits, total=tally.total, now=now, thresholds=thresholds)
    return ReaderLine(progress, tuple(sign for sign in Sign if sign in found), practice)


def _counts(lines: Sequence[ReaderLine]) -> dict[Sign, int]:
    counted = Counter(sign for line in lines for sign in line.signs)
    return {sign: counted[sign] for sign in Sign}
