"""Where answers, truth and scores meet, after unblinding and nowhere else."""

from collections import Counter
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet

from inference.selectors import scores_of
from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.reading.choices import ManagementDecision
from readerstudy.reading.rating import rating
from readerstudy.reading.selectors import primary_readings
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis
from readerstudy.results.table import MISSING, ModelScores, ReaderRow, ReadingTable
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Enrolment, Study, StudyCase
from readerstudy.studies.selectors import staff_studies_visible_to
from readerstudy.truth.selectors import reference_standards


def analyses_visible_to(user: User) -> QuerySet[Analysis]:
    """The analyses of the studies whose staff the person belongs to. Admins and readers see none."""
    return Analysis.objects.filter(study__in=staff_studies_visible_to(user)).select_related(
        "study__image_set"
    )


def latest_analysis(study: Study) -> Analysis | None:
    """The newest finished analysis of a study, or the newest of any state where none has finished."""
    newest = Analysis.objects.filter(study=study).order_by("-created_at")
    return newest.filter(state=AnalysisState.DONE).first() or newest.first()


def analysis_for(user: User, public_id: str) -> Analysis:
    """One analysis. Raises NotFound where there is none or the person may not see it."""
    analysis = analyses_visible_to(user).filter(public_id=public_id).first()
    if analysis is None:
        raise NotFound("There is no such analysis.")
    return analysis


def reading_table(*, study: Study, actor: User, now: datetime) -> ReadingTable:
    """The reading table of an unblinded study.

    Left out, and counted in `excluded`: withdrawn readers, withdrawn cases, readers who answered nothing. Left out
    too: repeats and aided readings. Cases that cannot be assessed are neither decided nor rated. Raises NotAllowed before unblinding.
    """
    truth = reference_standards(study=study, actor=actor, purpose="analysis", now=now)
    cases = list(study.study_cases.filter(withdrawn_at=None).order_by("public_id"))
    enrolments, answers = _answers(study)
    shape = (len(enrolments), len(cases))
    row = {enrolment.pk: index for index, enrolment in enumerate(enrolments)}
    column = {case.pk: index for index, case in enumerate(cases)}
    decision, ratings, milliseconds = (
        np.full(shape, MISSING, np.int8),
        np.full(shape, np.nan),
        np.full(shape, np.nan),
    )
    not_assessable = np.zeros(shape, np.bool_)
    for enrolment_id, case_id, choice, confidence, scale, value, time in answers:
        place = row[enrolment_id], column[case_id]
        milliseconds[place] = np.nan if time is None else time
        if choice:
            decision[place] = choice == ManagementDecision.BIOPSY
            ratings[place] = rating(choice, confidence, scale=scale, value=value)
        else:
            not_assessable[place] = True
    return ReadingTable(
        study_title=study.title,
        is_synthetic=study.is_synthetic,
        protocol_sha256=_protocol_sha256(study),
        case_ids=tuple(case.public_id for case in cases),
        truth=np.array([int(truth[case.case_id].malignant) for case in cases], dtype=np.int64),
        diagnosis=tuple(truth[case.case_id].diagnosis for case in cases),
        readers=tuple(_reader_row(enrolment) for enrolment in enrolments),
        group_order=tuple(study.rank_groups.values_list("name", flat=True)),
        decision=decision,
        rating=ratings,
        milliseconds=milliseconds,
        not_assessable=not_assessable,
        models=_models(study, cases),
        excluded=_excluded(study, enrolments),
    )


def _answers(study: Study) -> tuple[list[Enrolment], list[tuple[Any, ...]]]:
    """The readers who answered anything, by code, and the answers that count."""
    fields = ("enrolment_id", "study_case_id")
    answers = list(
        primary_readings(study)
        .order_by()
        .values_list(
            *(f"position__{field}" for field in fields),
            "decision",
            "confidence",
            "scale",
            "value",
            "milliseconds_to_decision",
        )
    )
    answered = {answer[0] for answer in answers}
    enrolments = study.enrolments.select_related("rank_group", "institution").order_by("code")
    return [enrolment for enrolment in enrolments if enrolment.pk in answered], answers


def _reader_row(enrolment: Enrolment) -> ReaderRow:
    return ReaderRow(
        enrolment.code,
        enrolment.rank_group.name,
        enrolment.institution.name,
        enrolment.years_of_experience,
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
