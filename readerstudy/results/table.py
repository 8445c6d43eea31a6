"""The reading table: answers, truth and scores of one study as arrays. Everything in an analysis is computed from it."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.core.canonical import canonical_json

MISSING = -1


@dataclass(frozen=True)
class ReaderRow:
    """Who one row of the table is, by pseudonym."""

    code: str
    group: str
    institution: str
    years_of_experience: int | None
    board_certification: str = ""
    years_in_dermatology: int | None = None
    years_of_dermoscopy: int | None = None
    skin_checks_per_week: int | None = None
    prior_exposure: bool | None = None


@dataclass(frozen=True)
class CaseRow:
    """What is known of one case beside its truth. Empty or None where it is not recorded.

    `patient` is equal for two cases of one patient; `view` is that of the first photograph.
    """

    age_years: int | None = None
    sex: str = ""
    site: str = ""
    fitzpatrick: int | None = None
    view: str = ""
    patient: int | None = None


@dataclass(frozen=True)
class Answers:
    """Further answers of the same readers to the same cases: arrays (J, K) like those of the reading table."""

    decision: NDArray[np.int8]
    rating: NDArray[np.float64]
    milliseconds: NDArray[np.float64]
    not_assessable: NDArray[np.bool_]


@dataclass(frozen=True)
class AnalysisPlan:
    """What was fixed of the analysis before anybody read; the defaults are those of a study without such a plan.

    `primary` is the comparison with the readers that the study is about: `auc`, `matched` (specificity at each reader's
    own sensitivity) or `fixed_threshold` (sensitivity and specificity, both). `alpha` is two-sided. `margin` is the largest disadvantage of the CNN that counts as none, None where no
    non-inferiority was planned. `prevalence` is that of the population the test is meant for, with its `source`.
    """

    is_prespecified: bool = False
    primary: str = "auc"
    alpha: float = 0.05
    margin: float | None = None
    prevalence: float | None = None
    prevalence_source: str = ""


@dataclass(frozen=True)
class ModelScores:
    """The scores (R, K) of one model's R training runs over the K cases."""

    model_id: str
    name: str
    run_labels: tuple[str, ...]
    values: NDArray[np.float64]
    artefact_sha256: tuple[str, ...]
    prespecified: bool
    thresholds: tuple[float | None, ...] = ()
    """Of every run: from this score on its own card calls a case malignant; None where it names none."""

    @property
    def calls(self) -> NDArray[np.int8] | None:
        """1 where a run calls a case malignant at its own threshold, else 0 (R, K); None where a run names none."""
        known = [threshold for threshold in self.thresholds if threshold is not None]
        if len(known) != self.values.shape[0]:
            return None
        return (self.values >= np.array(known)[:, np.newaxis]).astype(np.int8)


@dataclass(frozen=True)
class FurtherModality:
    """The answers of the same readers to the same cases in another modality of a finished study."""

    name: str
    answers: Answers


@dataclass(frozen=True)
class Votes:
    """How many readers of a group voted on each case: arrays (K,). Nothing is known of who voted for what."""

    group: str
    positive: NDArray[np.int64]
    total: NDArray[np.int64]


@dataclass(frozen=True)
class Origin:
    """Where the readings of a finished study come from, and what was said of them before they became a table.

    `decision` says how a decision follows from what the file holds, `truth` what counts as positive.
    """

    format: str
    files: tuple[tuple[str, str], ...]
    """Name and SHA-256 of each file."""
    source: str
    licence: str
    citation: str
    decision: str
    truth: str
    modality: str
    part: str
    missing: str


@dataclass(frozen=True)
class ReadingTable:
    """J readers × K cases.

    `decision` (J, K) is 1 for biopsy / further treatment, 0 for no further treatment, -1 for no answer;
    `rating` (J, K) is the strictly monotone composite of decision and confidence, NaN for no answer;
    `milliseconds` (J, K) is the time to the decision, NaN where it was not measured;
    `not_assessable` (J, K) says where the reader answered that the case cannot be assessed: no decision, no rating;
    `assigned` (J, K) says which cases the reader was given at all, None where every reader was given every case;
    `place` (J, K) is the place of the case in the reader's order over all sessions, from 1, NaN for no answer;
    `session` (J, K) is the number of the session in which the case was given unaided, 0 where in none;
    `undisturbed` (J, K) says where nothing disturbed the timing of the answer; None where it is not known.
    `aided` are the answers with the CNN's aid, `repeats` those to cases that came again; None where there are none.
    `further` are other modalities of a finished study and `origin` its source; `votes` are there where single readers
    are not known (J is 0).
    """

    study_title: str
    is_synthetic: bool
    protocol_sha256: str
    case_ids: tuple[str, ...]
    truth: NDArray[np.int64]
    diagnosis: tuple[str, ...]
    readers: tuple[ReaderRow, ...]
    group_order: tuple[str, ...]
    decision: NDArray[np.int8]
    rating: NDArray[np.float64]
    milliseconds: NDArray[np.float64]
    not_assessable: NDArray[np.bool_]
    models: tuple[ModelScores, ...]
    excluded: dict[str, int]
    cases: tuple[CaseRow, ...] = ()
    assigned: NDArray[np.bool_] | None = None
    place: NDArray[np.float64] | None = None
    undisturbed: NDArray[np.bool_] | None = None
    session: NDArray[np.int16] | None = None
    aided: Answers | None = None
    repeats: Answers | None = None
    design: str = "unaided"
    plan: AnalysisPlan = AnalysisPlan()
    further: tuple[FurtherModality, ...] = ()
    votes: tuple[Votes, ...] = ()
    origin: Origin | None = None

    @property
    def is_crossed(self) -> bool:
        """Whether every reader was given every case."""
        return self.assigned is None or bool(self.assigned.all())

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Readers (J,) who answered all they were given and graded one of each class, so that they have both rates."""
        graded = self.decision != MISSING
        asked = np.ones(graded.shape, np.bool_) if self.assigned is None else self.assigned
        answered = (graded | self.not_assessable | ~asked).all(axis=1)
        positive, negative = graded[:, self.truth == 1], graded[:, self.truth == 0]
        # A study whose cases are all of one class is refused for that, not for its readers.
        classes = [side.any(axis=1) for side in (positive, negative) if side.shape[1]]
        return np.asarray(np.logical_and.reduce([answered, *classes]))

    def picked(
        self, *, readers: NDArray[np.bool_] | None = None, cases: NDArray[np.bool_] | None = None
    ) -> "ReadingTable":
        """The table of some of the readers (J,) and some of the cases (K,); everything else stays as it is."""
        row = np.ones(len(self.readers), np.bool_) if readers is None else readers
        column = np.ones(self.truth.size, np.bool_) if cases is None else cases
        some = partial(_picked, row=row, column=column)
        return replace(
            self,
            case_ids=_those(self.case_ids, column),
            truth=self.truth[column],
            diagnosis=_those(self.diagnosis, column),
            readers=_those(self.readers, row),
            cases=_those(self.cases, column) if self.cases else (),
            models=tuple(replace(one, values=one.values[:, column]) for one in self.models),
            aided=some(self.aided) if self.aided else None,
            repeats=some(self.repeats) if self.repeats else None,
            further=tuple(replace(one, answers=some(one.answers)) for one in self.further),
            votes=tuple(
                replace(one, positive=one.positive[column], total=one.total[column])
                for one in self.votes
            ),
            **{name: _block(getattr(self, name), row, column) for name in _TABLES + _MAYBE_TABLES},
        )

    def sha256(self) -> str:
        """The hash of everything that goes into the numbers."""
        digest = hashlib.sha256(canonical_json(self._head()))
        for array in self._arrays():
            digest.update(np.ascontiguousarray(array).astype("<f8").tobytes())
        return digest.hexdigest()

    def _head(self) -> dict[str, Any]:
        return {
            "cases": self.case_ids,
            "case_rows": [asdict(case) for case in self.cases],
            "diagnosis": self.diagnosis,
            "readers": [asdict(reader) for reader in self.readers],
            "models": [
                [m.model_id, m.name, m.run_labels, m.artefact_sha256, m.prespecified, m.thresholds]
                for m in self.models
            ],
            "groups": self.group_order,
            "protocol": self.protocol_sha256,
            "design": self.design,
            "plan": asdict(self.plan),
            "has": [
                name
                for name in (*_MAYBE_TABLES, "aided", "repeats")
                if getattr(self, name) is not None
            ],
            **self._finished_head(),
        }

    def _finished_head(self) -> dict[str, Any]:
        """What only a finished study has; nothing for others, whose hashes do not depend on it."""
        if self.origin is None:
            return {}
        return {
            "origin": asdict(self.origin),
            "modalities": [one.name for one in self.further],
            "votes": [one.group for one in self.votes],
        }

    def _arrays(self) -> Iterator[NDArray[Any]]:
        yield self.truth
        yield from (getattr(self, name) for name in _TABLES)
        yield from (model.values for model in self.models)
        yield from (
            getattr(self, name) for name in _MAYBE_TABLES if getattr(self, name) is not None
        )
        for answers in (self.aided, self.repeats, *(one.answers for one in self.further)):
            if answers is not None:
                yield from (getattr(answers, field.name) for field in fields(Answers))
        for votes in self.votes:
            yield from (votes.positive, votes.total)


_TABLES = ("decision", "rating", "milliseconds", "not_assessable")
_MAYBE_TABLES = ("assigned", "place", "undisturbed", "session")


def _those(values: tuple[Any, ...], chosen: NDArray[np.bool_]) -> tuple[Any, ...]:
    return tuple(value for value, is_in in zip(values, chosen, strict=True) if is_in)


def _block(table: NDArray[Any] | None, row: NDArray[np.bool_], column: NDArray[np.bool_]) -> Any:
    return None if table is None else table[row][:, column]


def _picked(answers: Answers, *, row: NDArray[np.bool_], column: NDArray[np.bool_]) -> Answers:
    return Answers(**{name: _block(getattr(answers, name), row, column) for name in _TABLES})
