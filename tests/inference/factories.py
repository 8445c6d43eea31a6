"""Models and studies for the tests of runs: tiny networks over real photographs, all by the real services."""

import io
import json
import zipfile

import numpy as np
from django.urls import reverse

from inference.models import Score
from inference.services import add_artefacts, create_model, execute_run, start_runs
from readerstudy.studies.choices import StudyState
from tests.images.factories import make_image_set
from tests.inference.engine.graphs import BIAS, WEIGHTS, linear, spec_json
from tests.studies.factories import advance, invite, make_study
from tests.truth.factories import record_truth


def graph(number=0):
    """The ONNX file of training run `number`; each has weights of its own."""
    return linear(weights=WEIGHTS + np.float32(0.1 * number), bias=BIAS)


def spec_bytes(**changes):
    return json.dumps(spec_json(**changes)).encode()


def run_files(runs=1):
    """The files of an upload: run-01.onnx with run-01.json, and so on."""
    files = {}
    for number in range(1, runs + 1):
        files[f"run-{number:02}.onnx"] = graph(number)
        files[f"run-{number:02}.json"] = spec_bytes()
    return files


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def make_model(*, admin, now, runs=1, name="Small CNN"):
    model = create_model(actor=admin, name=name, training_data="Ten dermoscopic images", now=now)
    add_artefacts(actor=admin, model=model, files=run_files(runs), now=now)
    return model


def make_ready_study(
    *, admin, coordinator, now, cases=5, images_per_case=1, title="Melanoma or nevus"
):
    """A draft that can be locked, on photographs with real pixels."""
    make_image_set(admin=admin, now=now, cases=cases, images_per_case=images_per_case, name=title)
    study = make_study(admin=admin, coordinator=coordinator, now=now, title=title)
    record_truth(admin=admin, image_set=study.image_set, now=now)
    invite(study, coordinator=coordinator, now=now, email=f"{study.slug}@example.org")
    return study


def make_locked_study(*, coordinator, now, **options):
    study = make_ready_study(coordinator=coordinator, now=now, **options)
    return advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)


def run_all(actor, model, study, now):
    """The runs of a model over a study, all of them finished."""
    runs = start_runs(actor=actor, model=model, study=study, now=now)
    for run in runs:
        execute_run(run_id=run.pk, clock=lambda: now)
    return runs


class WorkerDied(BaseException):
    """What SIGKILL looks like from inside: no `except Exception` sees it."""


def dies_after(batches, now):
    """A clock that ends the worker as soon as so many batches of two are stored."""

    def tell():
        if Score.objects.count() >= 2 * batches:
            raise WorkerDied
        return now

    return tell


def state_of(run):
    run.refresh_from_db()
    return run.state, run.done, run.total


def addresses(run):
    """Every page and API address on which a run, its study or its model is told of."""
    model, study = run.artefact.model, run.study
    return {
        "model-list": reverse("inference:model-list"),
        "model-detail": reverse("inference:model-detail", args=[model.public_id]),
        "model-upload": reverse("inference:model-upload"),
        "artefact-upload": reverse("inference:artefact-upload", args=[model.public_id]),
        "study-runs": reverse("inference:study-runs", args=[study.slug]),
        "run-progress": reverse("inference:run-progress", args=[study.slug]),
        "run": reverse("inference:run", args=[run.public_id]),
        "api-list": reverse("api:model-run-list"),
        "api-detail": reverse("api:model-run-detail", args=[run.public_id]),
    }
