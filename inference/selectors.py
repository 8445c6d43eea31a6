"""Reading of models, runs and, after unblinding, scores."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Q, QuerySet
from numpy.typing import NDArray

from inference.case_values import case_ids_of, values_of
from inference.choices import ModelKind, RunState
from inference.lock import locked_artefacts
from inference.models import Artefact, ArtefactSample, Model, ModelRun
from inference.permissions import runnable_studies, visible_models, visible_runs
from inference.sealed_images import without_known
from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.images.models import Image
from readerstudy.studies.models import Study


@dataclass(frozen=True)
class ModelScores:
    """The scores (R, K) of R complete runs of one model; column k belongs to `study_case_ids[k]`."""

    model: Model
    labels: tuple[str, ...]
    artefact_sha256: tuple[str, ...]
    prespecified: bool
    thresholds: tuple[float | None, ...]
    study_case_ids: tuple[int, ...]
    values: NDArray[np.float64]


def models_visible_to(user: User) -> QuerySet[Model]:
    """The models a person may see, with the number of their training runs."""
    return (
        visible_models(user)
        .annotate(artefact_count=Count("artefacts", distinct=True))
        .order_by("name")
    )


def models_for_study(user: User, study: Study) -> QuerySet[Model]:
    """The models that can be planned for, or run over, a study: networks, and the study's own scores and ensembles.

    `run_count` says how many of a model's `artefact_count` training runs have a run over the study.
    """
    models = models_visible_to(user).filter(Q(study=None) | Q(study=study))
    has_run = Q(artefacts__runs__study=study)
    return models.annotate(run_count=Count("artefacts", filter=has_run, distinct=True))


def model_for(user: User, public_id: str) -> Model:
    """One model. Raises NotFound where there is none or the person may not see it."""
    found = models_visible_to(user).select_related("study")
    model = found.filter(public_id=public_id).first()
    if model is None:
        raise NotFound("There is no such model.")
    return model


def artefact_for(user: User, public_id: str) -> Artefact:
    """One training run, score column or ensemble. Raises NotFound where the person may not see its model."""
    found = Artefact.objects.filter(public_id=public_id, model__in=visible_models(user))
    artefact = found.select_related("model__study", "created_by").first()
    if artefact is None:
        raise NotFound("There is no such training run.")
    return artefact


def sample_for(user: User, public_id: str) -> ArtefactSample:
    """One sample. Raises NotFound where the person may not see its model or a study has its photograph by now."""
    samples = ArtefactSample.objects.filter(
        public_id=public_id,
        artefact__model__in=visible_models(user),
        image__in=without_known(Image.objects.filter(case__image_set__studies=None)),
    )
    sample = samples.first()
    if sample is None:
        raise NotFound("There is no such sample.")
    return sample


def members_for(study: Study) -> QuerySet[ModelRun]:
    """The finished runs of a study that an ensemble can be made of: all but ensembles."""
    done = runs_of(study).filter(state=RunState.DONE)
    return done.exclude(artefact__model__kind=ModelKind.ENSEMBLE)


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


def planned_artefacts(study: Study) -> QuerySet[Artefact]:
    """The training runs of the models that the study is planned with."""
    planned = Artefact.objects.filter(model__in=study.planned_models.values("model"))
    return planned.select_related("model").order_by("model__name", "label")


def runs_visible_to(user: User, *, model: Model) -> QuerySet[ModelRun]:
    """The runs of a model over the studies that the person may see, by study and training run."""
    runs = visible_runs(user).filter(artefact__model=model)
    return runs.order_by("study__title", "artefact__label")


def scores_of(*, study: Study) -> list[ModelScores]:
    """The scores of every model with a complete run, by name; a case with several images has their mean.

    Left out: runs that are not done or lack a score for one of the cases, and withdrawn cases. `prespecified` is
    true where every one of the runs was fixed when the study was locked; `thresholds` are those of their specs. Only `results` calls this, after unblinding.
    """
    cases = case_ids_of(study)
    fixed = locked_artefacts(study)
    values = {run: values_of(run, cases) for run in runs_of(study).filter(state=RunState.DONE)}
    complete = {run: row for run, row in values.items() if np.isfinite(row).all()}
    models = {run.artefact.model_id: run.artefact.model for run in complete}
    return [
        _model_scores(
            model,
            {run: row for run, row in complete.items() if run.artefact.model_id == pk},
            cases,
            fixed,
        )
        for pk, model in models.items()
    ]


def _model_scores(
    model: Model,
    rows: dict[ModelRun, NDArray[np.float64]],
    cases: tuple[int, ...],
    fixed: set[tuple[str, str, str]],
) -> ModelScores:
    hashes = [(model.public_id, run.artefact_sha256, run.spec_sha256) for run in rows]
    return ModelScores(
        model=model,
        labels=tuple(run.artefact.label for run in rows),
        artefact_sha256=tuple(run.artefact_sha256 for run in rows),
        prespecified=fixed.issuperset(hashes),
        thresholds=tuple(_threshold(run.artefact.spec) for run in rows),
        study_case_ids=cases,
        values=np.stack(list(rows.values())),
    )


def _threshold(spec: dict[str, Any]) -> float | None:
    """The threshold that a model's card names; None where it names none."""
    own = spec.get("threshold")
    return float(own["value"]) if own else None
