"""What runs on a GPU is compared with the CPU on a sample, before it scores anything."""

import numpy as np
import pytest
from django.urls import reverse

from inference import engine, execution, reference
from inference.choices import RunState
from inference.models import Score
from inference.network_children import ChildSession
from inference.networks import network_of
from inference.reference import differences
from inference.run_errors import RunError
from inference.services import execute_run


class OnAnotherProvider(ChildSession):
    """The CPU's network under another name, with outputs that are off by a little."""

    def __init__(self, real, off):
        self.__dict__.update(real.__dict__)
        self.provider = "CUDAExecutionProvider"
        self.off = off

    def run_raw(self, batch):
        return super().run_raw(batch) + np.float32([self.off, 0])


@pytest.fixture
def run_on_gpu(queued, now, monkeypatch):
    def run(off):
        real = network_of(queued.artefact, "cpu")
        monkeypatch.setattr(
            execution, "network_of", lambda *_arguments: OnAnotherProvider(real, off)
        )
        execute_run(run_id=queued.pk, clock=lambda: now)
        queued.refresh_from_db()
        return queued

    return run


def test_scores_like_the_cpus_are_accepted_and_the_difference_is_kept(run_on_gpu):
    run = run_on_gpu(1e-5)
    told = run.environment["reference"]
    assert run.state == RunState.DONE
    assert told["images"] == 5
    assert 0 < told["largest_difference"] < 1e-4
    assert told["provider"] == "CUDAExecutionProvider"


def test_other_scores_end_the_run_before_it_has_stored_any(run_on_gpu):
    run = run_on_gpu(0.01)
    assert run.state == RunState.FAILED
    assert run.error.startswith(
        "On CUDAExecutionProvider the scores of 5 images differ by up to 0.00"
    )
    assert not Score.objects.filter(run=run).exists()


def test_a_decision_that_changed_is_told_and_refused():
    told = differences(
        [0.50001, 0.2], [0.49999, 0.2], engine.ThresholdSpec(value=0.5, prespecified=True)
    )
    assert (told["changed_decisions"], told["same_order"]) == (1, True)
    with pytest.raises(RunError, match="another side of the threshold"):
        reference._refuse({**told, "provider": "CUDAExecutionProvider"})
    assert differences([0.3, 0.2], [0.2, 0.3], None)["same_order"] is False


def test_no_number_is_no_agreement(run_on_gpu):
    run = run_on_gpu(float("nan"))
    assert run.state == RunState.FAILED


def test_on_the_cpu_there_is_nothing_to_compare(queued, now):
    execute_run(run_id=queued.pk, clock=lambda: now)
    queued.refresh_from_db()
    assert "reference" not in queued.environment


def test_the_page_of_the_runs_tells_of_the_comparison(run_on_gpu, client, coordinator):
    run = run_on_gpu(1e-5)
    client.force_login(coordinator)
    page = client.get(reverse("inference:study-runs", args=[run.study.slug])).content.decode()
    assert "5 images compared with the CPU: at most 0.0000" in page
