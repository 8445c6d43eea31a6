"""The whole demonstration, step by step. Every step takes up what an earlier call left."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from inference.services import plan_model
from readerstudy.accounts.models import User
from readerstudy.demo import answers, fixtures, model_runs, sign_ins
from readerstudy.demo.study import (
    OPEN_STUDY,
    PAPER_STUDY,
    import_image_set,
    invite_panel,
    lock_and_open,
    prepare_study,
)
from readerstudy.images.models import ImageSet
from readerstudy.results.analysis_plan import plan_analysis
from readerstudy.results.choices import AnalysisState, PrimaryComparison
from readerstudy.results.models import Analysis
from readerstudy.results.selectors import latest_analysis
from readerstudy.results.services import request_analysis
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.studies.services import close_study, invite_reader, unblind_study

_PAPER_TITLE = "Melanoma or nevus: clinical photographs (synthetic)"
_PAPER_SUMMARY = (
    "The protocol of Brinker et al. 2019 with synthetic photographs, simulated readers and a CNN trained on synthetic "
    "dermoscopic-style images alone. Nothing here says anything about real dermatologists or real CNNs."
)
_OPEN_TITLE = "Try it yourself (synthetic)"
_OPEN_SUMMARY = "The same photographs, open for reading: sign in as the demo reader and grade them."
_UNBLINDING_REASON = "Demonstration: all simulated readers have finished and the study is closed."
_ANALYSIS_SECONDS = 120
_ANALYSIS_PLAN = {
    "primary": PrimaryComparison.AUC.value,
    "alpha": 0.05,
    "margin": 0.05,
    "prevalence": 0.02,
    "prevalence_source": "Assumed for this demonstration",
}


class DemoError(RuntimeError):
    """The demonstration could not be built; the message says which step and why."""


class Progress(Protocol):
    """How the build tells what it does: a step with a bar that advances to a total."""

    def step(self, title: str, total: int) -> Callable[[int], None]: ...


@dataclass(frozen=True)
class People:
    """The three people of the demonstration."""

    admin: User
    coordinator: User
    reader: User


def make_people(*, now: datetime) -> People:
    """One account per role. Takes up what is there."""
    users = {entry.role: sign_ins.user_of(entry, now=now) for entry in sign_ins.load_or_make()}
    return People(users["admin"], users["coordinator"], users["reader"])


def build(*, progress: Progress, clock: Callable[[], datetime]) -> Analysis:
    """Imports, reads, scores, closes, unblinds and analyses. A worker must be running. Returns the finished analysis."""
    people = make_people(now=clock())
    image_set = _import(people, progress, clock)
    study = _study_with_readers(people, image_set, progress, clock)
    if study.state == StudyState.READING:
        _let_readers_answer(study, progress, clock)
        _run_cnn(people, study, progress, clock)
        study = close_study(
            actor=people.coordinator, study=study, reason="All readers have finished.", now=clock()
        )
    if study.state == StudyState.CLOSED:
        study = unblind_study(
            actor=people.coordinator, study=study, reason=_UNBLINDING_REASON, now=clock()
        )
    _open_study_for_visitors(people, image_set, clock)
    return _finished_analysis(people, study, progress, clock)


def finished() -> Analysis | None:
    """The demonstration's analysis, if an earlier call has built everything."""
    study = Study.objects.filter(slug=PAPER_STUDY, state=StudyState.UNBLINDED).first()
    analysis = latest_analysis(study) if study else None
    complete = (
        analysis
        and analysis.state == AnalysisState.DONE
        and Study.objects.filter(slug=OPEN_STUDY).exists()
    )
    return analysis if complete else None


def _import(people: People, progress: Progress, clock: Callable[[], datetime]) -> ImageSet:
    advance = progress.step("Importing 100 synthetic photographs", 100)
    image_set = import_image_set(
        actor=people.admin, now=clock(), on_progress=lambda done, _total: advance(done)
    )
    advance(100)
    return image_set


def _study_with_readers(
    people: People, image_set: ImageSet, progress: Progress, clock: Callable[[], datetime]
) -> Study:
    advance = progress.step("Inviting 145 simulated readers, locking the protocol", 145)
    actor = people.coordinator
    study = prepare_study(
        actor=actor,
        image_set=image_set,
        slug=PAPER_STUDY,
        title=_PAPER_TITLE,
        summary=_PAPER_SUMMARY,
        now=clock(),
    )
    if study.state == StudyState.DRAFT:
        for done in invite_panel(actor=actor, study=study, now=clock()):
            advance(done)
        model = model_runs.load_model(actor=people.admin, now=clock())
        plan_model(actor=actor, study=study, model=model, planned=True, now=clock())
        plan_analysis(actor=actor, study=study, now=clock(), **_ANALYSIS_PLAN)
    study = lock_and_open(actor=actor, study=study, now=clock())
    advance(145)
    return study


def _let_readers_answer(study: Study, progress: Progress, clock: Callable[[], datetime]) -> None:
    advance = progress.step("145 simulated readers grade 100 cases each", 145)
    _follow(
        answers.answer_everything(
            study=study, photographs=fixtures.read_photographs(), now=clock()
        ),
        advance,
    )


def _follow(steps: Iterable[int], advance: Callable[[int], None]) -> None:
    for done in steps:
        advance(done)


def _run_cnn(
    people: People, study: Study, progress: Progress, clock: Callable[[], datetime]
) -> None:
    model = model_runs.load_model(actor=people.admin, now=clock())
    runs = model.artefacts.count()
    advance = progress.step(
        f"The worker runs the CNN: {runs} training runs over the cases", runs * 100
    )
    try:
        for done, _total in model_runs.run_model(
            actor=people.coordinator, model=model, study=study, now=clock()
        ):
            advance(done)
    except model_runs.RunFailedError as error:
        raise DemoError(f"A model run failed: {error}") from error


def _open_study_for_visitors(
    people: People, image_set: ImageSet, clock: Callable[[], datetime]
) -> None:
    study = prepare_study(
        actor=people.coordinator,
        image_set=image_set,
        slug=OPEN_STUDY,
        title=_OPEN_TITLE,
        summary=_OPEN_SUMMARY,
        now=clock(),
    )
    if not study.enrolments.exists():
        invite_reader(
            actor=people.coordinator,
            study=study,
            email=people.reader.email,
            name=people.reader.name,
            rank_group=study.rank_groups.all()[0],
            institution=study.institutions.all()[0],
            now=clock(),
        )
    lock_and_open(actor=people.coordinator, study=study, now=clock())


def _finished_analysis(
    people: People, study: Study, progress: Progress, clock: Callable[[], datetime]
) -> Analysis:
    """Waits for the worker. An analysis whose message was lost with a killed worker is asked for again."""
    advance = progress.step("The worker computes the analysis", 1)
    analysis = latest_analysis(study)
    if analysis is None or analysis.state == AnalysisState.FAILED:
        analysis = request_analysis(actor=people.coordinator, study=study, now=clock())
    deadline = time.monotonic() + _ANALYSIS_SECONDS
    while analysis.state != AnalysisState.DONE:
        if analysis.state == AnalysisState.FAILED:
            raise DemoError(f"The analysis failed: {analysis.error}")
        if time.monotonic() > deadline:
            raise DemoError(f"The worker has not finished the analysis in {_ANALYSIS_SECONDS} s.")
        time.sleep(0.2)
        analysis.refresh_from_db()
    advance(1)
    return analysis
