"""Where answers, truth and scores meet, after unblinding and nowhere else: the reading table of a study."""

from collections import Counter
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.selectors import scores_of
from readerstudy.accounts.models import User
from readerstudy.core.fetching import whole_numbers
from readerstudy.images.selectors import primary_images
from readerstudy.reading.conduct_models import ReaderProfile
from readerstudy.reading.selectors import aided_readings, current_readings, primary_readings
from readerstudy.results.analysis_plan import locked_plan
from readerstudy.results.readings import FetchedReadings, fetched
from readerstudy.results.table import (
    MISSING,
    Answers,
    CaseRow,
    ModelScores,
    ReaderRow,
    ReadingTable,
)
from readerstudy.studies.choices import ArmKind, DesignKind, EnrolmentState
from readerstudy.studies.models import Enrolment, Position, Study, StudyCase
from readerstudy.truth.selectors import reference_standards

_OF_POSITIONS = {"enrolment": "enrolment", "case": "study_case", "session": "session__number", "place": "number"}  # fmt: skip
_FROM_PROFILE = (
    "board_certification", "years_in_dermatology", "years_of_dermoscopy", "skin_checks_per_week", "prior_exposure",
)  # fmt: skip


class _Places:
    """Which row and column an answer belongs to, by the keys of its enrolment and case."""

    def __init__(self, enrolments: list[Enrolment], cases: list[StudyCase]) -> None:
        self.keys = [enrolment.pk for enrolment in enrolments]
        self._rows, self._columns = _Numbers(self.keys), _Numbers([case.pk for case in cases])
        self.shape = (len(enrolments), len(cases))

    def of(
        self, enrolments: NDArray[np.int64], cases: NDArray[np.int64]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns of answers (N,) by the two keys of each."""
        return self._rows.of(enrolments), self._columns.of(cases)


class _Numbers:
    """The place of each key in a list."""

    def __init__(self, keys: list[int]) -> None:
        known = np.array(keys, np.int64)
        self._order = np.argsort(known)
        self._sorted = known[self._order]

    def of(self, keys: NDArray[np.int64]) -> NDArray[np.intp]:
        """Raises KeyError for a key that is not in the list."""
        found = np.searchsorted(self._sorted, keys)
        if keys.size and not np.array_equal(self._sorted.take(found, mode="clip"), keys):
            raise KeyError("an answer of an enrolment or case that is not in the table")
        return self._order[found]


def reading_table(*, study: Study, actor: User, now: datetime) -> ReadingTable:
    """The reading table of an unblinded study.

    Left out, and counted in `excluded`: withdrawn readers, withdrawn cases, readers who answered nothing. Repeats and
    aided readings stand apart from the first unaided ones. Cases that cannot be assessed are neither decided nor rated.
    Raises NotAllowed before unblinding.
    """
    truth = reference_standards(study=study, actor=actor, purpose="analysis", now=now)
    cases = list(
        study.study_cases.filter(withdrawn_at=None).select_related("case").order_by("public_id")
    )
    primary, aided = fetched(primary_readings(study)), fetched(aided_readings(study))
    enrolments = _enrolments(study, {*primary.readers, *aided.readers})
    places = _Places(enrolments, cases)
    first, positions = _answers(primary, places), _positions(study, places)
    own = [truth[case.case_id] for case in cases]
    return ReadingTable(
        study_title=study.title,
        is_synthetic=study.is_synthetic,
        protocol_sha256=_protocol_sha256(study),
        case_ids=tuple(case.public_id for case in cases),
        truth=np.array([int(one.malignant) for one in own], dtype=np.int64),
        diagnosis=tuple(one.diagnosis for one in own),
        readers=_reader_rows(enrolments),
        group_order=tuple(study.rank_groups.values_list("name", flat=True)),
        decision=first.decision,
        rating=first.rating,
        milliseconds=first.milliseconds,
        not_assessable=first.not_assessable,
        models=_models(study, cases),
        excluded=_excluded(study, enrolments),
        cases=_case_rows(cases),
        assigned=_assigned(study, positions, places),
        place=_order_places(positions, places),
        undisturbed=_undisturbed(primary, places),
        session=_sessions(positions, places),
        aided=_answers(aided, places) if len(aided) else None,
        repeats=_repeats(study, places),
        design=study.design.kind,
        plan=locked_plan(study),
    )


def _enrolments(study: Study, answered: set[int]) -> list[Enrolment]:
    """The readers who answered anything, by code."""
    enrolments = study.enrolments.select_related("rank_group", "institution").order_by("code")
    return [enrolment for enrolment in enrolments if enrolment.pk in answered]


def _answers(rows: FetchedReadings, places: _Places) -> Answers:
    """The answers as arrays (J, K)."""
    decision = np.full(places.shape, MISSING, np.int8)
    ratings, milliseconds = np.full(places.shape, np.nan), np.full(places.shape, np.nan)
    not_assessable = np.zeros(places.shape, np.bool_)
    at = places.of(rows.enrolment, rows.case)
    decision[at] = rows.decision
    ratings[at] = rows.rating
    milliseconds[at] = rows.milliseconds
    not_assessable[at] = rows.decision == MISSING
    return Answers(decision, ratings, milliseconds, not_assessable)


def _undisturbed(rows: FetchedReadings, places: _Places) -> NDArray[np.bool_] | None:
    """None where of no answer anything is known, as of imported ones."""
    if not rows.timed.any():
        return None
    found = np.zeros(places.shape, np.bool_)
    found[places.of(rows.enrolment, rows.case)] = rows.undisturbed
    return found


def _repeats(study: Study, places: _Places) -> Answers | None:
    """The unaided answers to positions that repeat one, None where there are none."""
    unaided = current_readings(study).filter(
        position__arm__in=[ArmKind.UNAIDED, ArmKind.SEQUENTIAL]
    )
    rows = fetched(unaided.exclude(position__repeat_of=None))
    return _answers(rows, places) if len(rows) else None


def _positions(study: Study, places: _Places) -> NDArray[np.int64]:
    """Enrolment, case, number of the session and place in it, of each case that was to be read unaided."""
    unaided = Position.objects.filter(
        enrolment__study=study,
        enrolment__in=places.keys,
        study_case__withdrawn_at=None,
        repeat_of=None,
        arm__in=[ArmKind.UNAIDED, ArmKind.SEQUENTIAL],
    )
    return whole_numbers(unaided.order_by(), _OF_POSITIONS)


def _assigned(
    study: Study, positions: NDArray[np.int64], places: _Places
) -> NDArray[np.bool_] | None:
    """Which cases each reader was given unaided; None in designs in which every reader is given every case."""
    if study.design.kind not in (DesignKind.BLOCKS, DesignKind.ONCE):
        return None
    found = np.zeros(places.shape, np.bool_)
    found[places.of(positions[:, 0], positions[:, 1])] = True
    return found


def _order_places(positions: NDArray[np.int64], places: _Places) -> NDArray[np.float64]:
    """The place (from 1) of each case in each reader's unaided order over all sessions."""
    found = np.full(places.shape, np.nan)
    enrolment, _case, session, number = positions.T
    ordered = positions[np.lexsort((number, session, enrolment))]
    reader, case = places.of(ordered[:, 0], ordered[:, 1])
    # Each reader's positions stand together: a place is the distance from the first of them.
    first = np.searchsorted(ordered[:, 0], ordered[:, 0], side="left")
    found[reader, case] = np.arange(len(ordered)) - first + 1
    return found


def _sessions(positions: NDArray[np.int64], places: _Places) -> NDArray[np.int16]:
    """The number of the session in which each reader was given each case unaided; 0 where in none."""
    found = np.zeros(places.shape, np.int16)
    found[places.of(positions[:, 0], positions[:, 1])] = positions[:, 2]
    return found


def _reader_rows(enrolments: list[Enrolment]) -> tuple[ReaderRow, ...]:
    profiles = ReaderProfile.objects.filter(enrolment__in=enrolments)
    known = {row["enrolment_id"]: row for row in profiles.values("enrolment_id", *_FROM_PROFILE)}
    return tuple(_reader_row(one, known.get(one.pk, {})) for one in enrolments)


def _reader_row(enrolment: Enrolment, profile: dict[str, Any]) -> ReaderRow:
    told = {name: profile[name] for name in _FROM_PROFILE if name in profile}
    return ReaderRow(
        enrolment.code,
        enrolment.rank_group.name,
        enrolment.institution.name,
        enrolment.years_of_experience,
        **told,
    )


def _case_rows(cases: list[StudyCase]) -> tuple[CaseRow, ...]:
    photographs = primary_images([case.case for case in cases])
    return tuple(
        CaseRow(
            age_years=one.case.age_years,
            sex=one.case.sex,
            site=one.case.site,
            fitzpatrick=one.case.fitzpatrick,
            view=photographs[one.case_id].view,
            patient=one.patient,
        )
        for one in cases
    )


def _protocol_sha256(study: Study) -> str:
    return str(study.versions.order_by("-version").values_list("sha256", flat=True)[0])


def _models(study: Study, cases: list[StudyCase]) -> tuple[ModelScores, ...]:
    """The models whose runs are complete, their scores in the order of `cases`."""
    order = [case.pk for case in cases]
    found = []
    for scores in scores_of(study=study):
        column = {case_id: index for index, case_id in enumerate(scores.study_case_ids)}
        picked = scores.values[:, [column[case_id] for case_id in order]]
        found.append(
            ModelScores(
                model_id=scores.model.public_id,
                name=scores.model.name,
                run_labels=tuple(scores.labels),
                values=picked,
                artefact_sha256=tuple(scores.artefact_sha256),
                prespecified=scores.prespecified,
                thresholds=scores.thresholds,
            )
        )
    return tuple(found)


def _excluded(study: Study, enrolments: list[Enrolment]) -> dict[str, int]:
    states = Counter(study.enrolments.values_list("state", flat=True))
    withdrawn = states[EnrolmentState.WITHDRAWN]
    return {
        "withdrawn_readers": withdrawn,
        "readers_without_answers": sum(states.values()) - withdrawn - len(enrolments),
        "withdrawn_cases": study.study_cases.exclude(withdrawn_at=None).count(),
    }
