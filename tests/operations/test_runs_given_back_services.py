"""Two workers and one run: a message that comes again changes nothing, and a worker that stops gives the run back."""

import signal
import sys

import pytest

from tests.site import production_parts, running_site, wait_until
from tests.test_killed_worker import BUILD, COUNTS

pytestmark = [pytest.mark.services, pytest.mark.long]
AGAIN = """
from inference.models import ModelRun
from inference.tasks import run_model_task
for run in ModelRun.objects.all():
    for _ in range(3):
        run_model_task.apply_async(kwargs={"run_id": run.pk}, task_id=f"same-{run.pk}")
print("null")
"""
BEGUN = """
import json
from inference.models import ModelRun
print(json.dumps(ModelRun.objects.filter(state="running", done__gt=0).exists()))
"""
AUDIT = """
import json
from collections import Counter
from readerstudy.core.models import AuditEvent
print(json.dumps(Counter(AuditEvent.objects.filter(verb__startswith="model_run.").values_list("verb", flat=True))))
"""
SLOW = {
    "INFERENCE_BATCH_SIZE": "1",
    "INFERENCE_STORE_SECONDS": "0",
    "MODEL_RUN_STALE_SECONDS": "60",
}


@pytest.fixture
def site(tmp_path):
    with (
        production_parts() as parts,
        running_site(tmp_path, {**SLOW, **parts}, worker=False) as site,
    ):
        yield site


def start(site, number):
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "readerstudy",
        "worker",
        "-Q",
        "gpu",
        "-c",
        "1",
    ]
    slow = ["-I", "tests.operations.unhurried"]
    return site.start(f"gpu{number}", [*command, *slow, "-n", f"gpu{number}@%h"])


def test_a_run_that_is_delivered_again_while_it_runs_is_done_once_and_given_back_on_sigterm(site):
    site.python(BUILD)
    first, second = start(site, 1), start(site, 2)
    wait_until(lambda: site.python(BEGUN), seconds=60, what="a run")
    # As the queue does once the visibility timeout is over.
    site.python(AGAIN)
    first.send_signal(signal.SIGTERM)
    # Far less than the minute after which a run counts as lost.
    assert first.wait(timeout=20) == 0
    wait_until(
        lambda: set(site.python(COUNTS)["states"]) == {"done"}, seconds=50, what="the other worker"
    )
    counts = site.python(COUNTS)
    assert set(counts["per_run"]) == {100}
    assert counts["scores"] == counts["pairs"]
    assert counts["attempts"] <= 2
    audit = site.python(AUDIT)
    assert audit["model_run.done"] == audit["model_run.started"] == len(counts["per_run"])
    assert second.poll() is None
