"""A worker is killed in the middle of a run: the next one finishes it, and every image has exactly one score."""

import pytest

from inference.choices import RunState
from tests.site import kill, production_parts, running_site, wait_until

BUILD = """
from readerstudy.core.clock import now
from readerstudy.demo import model_runs, study as demo
from readerstudy.demo.build import make_people
from readerstudy.studies.services import invite_reader, lock_study
people, moment = make_people(now=now()), now()
images = demo.import_image_set(actor=people.admin, now=moment)
study = demo.prepare_study(actor=people.coordinator, image_set=images, slug="killed", title="Killed", summary="", now=moment)
invite_reader(actor=people.coordinator, study=study, email="r@readers.example", name="R",
    rank_group=study.rank_groups.all()[0], institution=study.institutions.all()[0], now=moment)
lock_study(actor=people.coordinator, study=study, now=moment)
model = model_runs.load_model(actor=people.admin, now=moment)
from inference.services import start_runs
start_runs(actor=people.coordinator, model=model, study=study, now=now())
print("null")
"""
COUNTS = """
import json
from django.db.models import Count
from inference.models import ModelRun, Score
print(json.dumps({
    "states": sorted(ModelRun.objects.values_list("state", flat=True)),
    "scores": Score.objects.count(),
    "pairs": Score.objects.values("run", "image").distinct().count(),
    "attempts": max(ModelRun.objects.values_list("attempt", flat=True)),
    "per_run": sorted(row["n"] for row in ModelRun.objects.annotate(n=Count("scores")).values("n")),
}))
"""

# From within one process: a new one for each look would come when the runs are over.
STOP_IN_THE_MIDDLE = """
import os, signal, time
from inference.models import ModelRun
begun = ModelRun.objects.filter(state="running", done__gt=0, done__lt=60)
until = time.monotonic() + 60
while not begun.exists() and time.monotonic() < until:
    time.sleep(0.01)
os.killpg({group}, signal.SIGSTOP)
print("null")
"""


@pytest.fixture(params=["embedded", pytest.param("production", marks=pytest.mark.services)])
def site(request, tmp_path):
    # Batches of one image make the runs long enough to be hit in the middle.
    slow = {"INFERENCE_BATCH_SIZE": "1", "INFERENCE_STORE_SECONDS": "0"}
    if request.param == "embedded":
        with running_site(tmp_path, slow) as site:
            yield site
    else:
        with production_parts() as parts, running_site(tmp_path, {**slow, **parts}) as site:
            yield site


def test_a_killed_workers_run_is_finished_by_the_next(site):
    kill(site.worker)
    site.manage("shell", "--no-imports", "-c", BUILD)
    worker = site.start_worker()
    site.python(STOP_IN_THE_MIDDLE.format(group=worker.pid))
    kill(worker)
    before = site.python(COUNTS)
    assert 0 < before["scores"] < 500
    site.start_worker()
    wait_until(
        lambda: set(site.python(COUNTS)["states"]) == {RunState.DONE},
        seconds=120,
        what="the second worker",
    )
    after = site.python(COUNTS)
    assert after["per_run"] == [100] * len(after["states"])
    assert after["scores"] == after["pairs"]
    assert after["attempts"] >= 2
