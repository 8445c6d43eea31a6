"""SIGKILL at ten random moments of import and run, of worker or web server: afterwards all is whole, counted, hashed."""

import random
import time

import pytest

from tests.intake.archives import make_zip, manifest, rows
from tests.intake.photographs import jpeg
from tests.site import kill, running_site, wait_until

CASES = 60
SEED = 20261124
IMPORT = """
import sys, json
from pathlib import Path
from django.core.files.base import File
from readerstudy.core.clock import now
from readerstudy.demo.build import make_people
from readerstudy.intake.services import create_job
people = make_people(now=now())
with open({path!r}, "rb") as archive:
    job = create_job(actor=people.admin, name="Killed", is_synthetic=True, archive=File(archive, name="killed.zip"), now=now())
print(json.dumps(job.public_id))
"""
CONFIRM = """
import json
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.intake.models import ImportJob
from readerstudy.intake.services import confirm_job
job = ImportJob.objects.get()
confirm_job(actor=job.created_by, job=job, now=now())
print(json.dumps(job.state))
"""
JOB = """
import json
from readerstudy.intake.models import ImportJob
job = ImportJob.objects.get()
print(json.dumps({"state": job.state, "done": job.done, "attempt": job.attempt, "error": job.error}))
"""
WHOLE = """
import hashlib, json
from pathlib import Path
from django.conf import settings
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.truth.models import ReferenceStandard
images = list(Image.objects.all())
files = {str(path.relative_to(settings.MEDIA_ROOT)) for path in (Path(settings.MEDIA_ROOT) / "images").rglob("*") if path.is_file()}
known = {name for image in images for name in (image.file.name, image.thumbnail.name)}
print(json.dumps({
    "sets": ImageSet.objects.count(), "cases": Case.objects.count(), "images": len(images),
    "truths": ReferenceStandard.objects.count(),
    "hashed": sum(hashlib.sha256(image.file.read()).hexdigest() == image.sha256 for image in images),
    "orphans": sorted(files - known), "missing": sorted(known - files),
    "leftovers": sorted(str(path) for path in (Path(settings.MEDIA_ROOT) / "imports").rglob("*") if path.is_file()),
}))
"""
RUNS = """
import json
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.demo import model_runs, study as demo
from readerstudy.demo.build import make_people
from readerstudy.images.models import ImageSet
from readerstudy.intake.models import ImportJob
from readerstudy.studies.services import invite_reader, lock_study
from inference.services import start_runs
people, moment = make_people(now=now()), now()
study = demo.prepare_study(actor=people.coordinator, image_set=ImageSet.objects.get(), slug="killed", title="Killed", summary="", now=moment)
invite_reader(actor=people.coordinator, study=study, email="r@readers.example", name="R",
    rank_group=study.rank_groups.all()[0], institution=study.institutions.all()[0], now=moment)
lock_study(actor=people.coordinator, study=study, now=moment)
model = model_runs.load_model(actor=people.admin, now=moment)
start_runs(actor=people.coordinator, model=model, study=study, now=now())
print("null")
"""
SCORES = """
import json
from django.db.models import Count, F
from inference.models import ModelRun, Score
print(json.dumps({
    "states": sorted(ModelRun.objects.values_list("state", flat=True)),
    "errors": sorted(set(ModelRun.objects.values_list("error", flat=True))),
    "scores": Score.objects.count(),
    "pairs": Score.objects.values("run", "image").distinct().count(),
    "hashed": Score.objects.filter(image_sha256=F("image__sha256")).count(),
    "per_run": sorted(row["n"] for row in ModelRun.objects.annotate(n=Count("scores")).values("n")),
}))
"""


@pytest.fixture
def site(tmp_path):
    environment = {
        "INFERENCE_BATCH_SIZE": "1",
        "INFERENCE_STORE_SECONDS": "0",
        "IMPORT_STALE_SECONDS": "3",
    }
    with running_site(tmp_path, environment) as site:
        yield site


def killed_at_random(site, rng, *, times):
    """Kills the worker, or now and then the web server, each after a random moment of work, and starts it again."""
    for _ in range(times):
        # A new worker needs about two seconds before it works, and three until it takes up what was lost.
        time.sleep(rng.uniform(1, 7))
        if rng.random() < 0.25:
            kill(site.web)
            site.web = site.start_web()
        else:
            kill(site.worker)
            site.worker = site.start_worker()


def test_import_and_runs_survive_ten_kills(site, tmp_path):
    rng = random.Random(SEED)
    files = {f"photo{number}.png": jpeg(number, 1600, 1200) for number in range(CASES)}
    archive = make_zip(tmp_path / "killed.zip", {"manifest.csv": manifest(rows(CASES)), **files})
    site.python(IMPORT.format(path=str(archive)))
    killed_at_random(site, rng, times=3)
    wait_until(lambda: site.python(JOB)["state"] == "planned", seconds=120, what="the plan")
    site.python(CONFIRM)
    killed_at_random(site, rng, times=3)
    wait_until(lambda: site.python(JOB)["state"] == "applied", seconds=120, what="the import")
    whole = site.python(WHOLE)
    assert whole == {
        "sets": 1,
        "cases": CASES,
        "images": CASES,
        "truths": CASES,
        "hashed": CASES,
        "orphans": [],
        "missing": [],
        "leftovers": [],
    }
    site.python(RUNS)
    killed_at_random(site, rng, times=4)
    wait_until(lambda: set(site.python(SCORES)["states"]) == {"done"}, seconds=180, what="the runs")
    scores = site.python(SCORES)
    assert set(scores["per_run"]) == {CASES}
    assert scores["scores"] == scores["pairs"] == scores["hashed"] == sum(scores["per_run"])
