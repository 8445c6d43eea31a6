"""The CNN of the demonstration: its training runs loaded and sent to the worker."""

import json
import time
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Sum

from inference.choices import RunState
from inference.models import Model, ModelRun
from inference.services import add_artefacts, create_model, start_runs
from readerstudy.accounts.models import User
from readerstudy.demo import fixtures
from readerstudy.studies.models import Study

MODEL_NAME = "Synthetic-dermoscopy CNN"
_TRAINING_DATA = (
    "Synthetic dermoscopic-style images only; no clinical photograph was seen in training."
)


class RunFailedError(RuntimeError):
    """A model run of the demonstration failed; the message is the run's own."""


def load_model(*, actor: User, now: datetime) -> Model:
    """The model with all its exported training runs. Takes up what is there."""
    files = fixtures.model_files()
    card = json.loads(files.pop("model-card.json"))
    model = Model.objects.filter(name=MODEL_NAME).first() or create_model(
        actor=actor,
        name=MODEL_NAME,
        training_data=_TRAINING_DATA,
        card=card,
        is_synthetic=True,
        now=now,
    )
    if not model.artefacts.exists():
        add_artefacts(actor=actor, model=model, files=files, now=now)
    return model


def run_model(
    *, actor: User, model: Model, study: Study, now: datetime
) -> Iterator[tuple[int, int]]:
    """Queues the runs and yields (images done, images in all) until the worker has finished them."""
    start_runs(actor=actor, model=model, study=study, now=now)
    runs = ModelRun.objects.filter(study=study, artefact__model=model)
    while True:
        sums = runs.aggregate(done=Sum("done"), total=Sum("total"))
        yield sums["done"], sums["total"]
        failed = runs.filter(state=RunState.FAILED).first()
        if failed:
            raise RunFailedError(failed.error)
        if not runs.exclude(state=RunState.DONE).exists():
            return
        time.sleep(0.2)
