"""Reading of models, runs and, after unblinding, scores."""

from dataclasses import dataclass

import numpy as np
from django.db.models import Count, QuerySet
from numpy.typing import NDArray

from inference.choices import RunState
from inference.models import Model, ModelRun, Score
from inference.permissions import runnable_studies, visible_models, visible_runs
from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.studies.models import Study


@dataclass(frozen=True)
class ModelScores:
    """The scores (R, K) of R complete runs of one model; column k belongs to `study_case_ids[k]`."""

    model: Model
    labels: tuple[str, ...]
    artefact_sha256: tuple[str, ...]
    prespecified: bool
    study_case_ids: tuple[int, ...]
    values: NDArray[np.float64]


def models_visible_to(user: User) -> QuerySet[Model]:
    """The models a person may see, with the number of their training runs."""
    return (
        visible_models(user)
        .annotate(artefact_count=Count("artefacts", distinct=True))
        .order_by("name")
    )


def model_for(user: User, public_id: str) -> Model:
    """One model. Raises NotFound where there is none or the person may not see it."""
    model = models_visible_to(user).filter(public_id=public_id).first()
    if model is None:
        raise NotFound("There is no such model.")
    return model


def run_for(user: User, public_id: str) -> ModelRun:
    """One run. Raises NotFound where there is none or the person may not see it."""
    run = visible_runs(user).filter(public_id=public_id).first()
    if run is None:
        raise NotFound("There is no such model run.")
    return run


def runnable_study_for(user: User, slug: str) -> Study:
    """The study whose runs the person may see and start. Raises NotFound otherwise."""
    study = runnable_studies(user).select_related("image_set").filter(slug=slug).first()
    if study is None:
        raise NotFound("There is no such study.")
    return study


def runs_of(study: Study) -> QuerySet[ModelRun]:
    """All runs over a study, by model and training run."""
    runs = ModelRun.objects.filter(study=study).select_related("artefact__model")
    return runs.order_by("artefact__model__name", "artefact__label")


def scores_of(*, study: Study) -> list[ModelScores]:
    """The scores of every model with a complete run, by name; a case with several images has their mean.

    Left out: runs that are not done, and withdrawn cases. Only `results` calls this, after unblinding.
    """
    runs = list(runs_of(study).filter(state=RunState.DONE))
    cases = tuple(
        study.study_cases.filter(withdrawn_at=None)
        .order_by("public_id")
        .values_list("pk", flat=True)
    )
    planned = set(study.planned_models.values_list("model_id", flat=True))
    values = {run.pk: _values(run, cases) for run in runs}
    models = {run.artefact.model_id: run.artefact.model for run in runs}
    return [
        _model_scores(
            model,
            [run for run in runs if run.artefact.model_id == pk],
            values,
            cases,
            pk in planned,
        )
        for pk, model in models.items()
    ]


def _model_scores(
    model: Model,
    runs: list[ModelRun],
    values: dict[int, NDArray[np.float64]],
    cases: tuple[int, ...],
    prespecified: bool,  # noqa: FBT001 (private)
) -> ModelScores:
    return ModelScores(
        model=model,
        labels=tuple(run.artefact.label for run in runs),
        artefact_sha256=tuple(run.artefact_sha256 for run in runs),
        prespecified=prespecified,
        study_case_ids=cases,
        values=np.stack([values[run.pk] for run in runs]),
    )


def _values(run: ModelRun, cases: tuple[int, ...]) -> NDArray[np.float64]:
    column = {case: index for index, case in enumerate(cases)}
    total, count = np.zeros(len(cases)), np.zeros(len(cases))
    for case, value in Score.objects.filter(run=run).values_list("study_case_id", "value"):
        if case in column:
            total[column[case]] += value
            count[column[case]] += 1
    return total / count
