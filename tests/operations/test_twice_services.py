"""Every task is delivered twice and at once, on PostgreSQL: the end is as if it had come once."""

import pytest

from tests.site import RunningSite, production_parts

pytestmark = [pytest.mark.services, pytest.mark.long]


def test_every_task_that_comes_twice_and_at_once_is_done_once(tmp_path):
    with production_parts() as parts:
        site = RunningSite(tmp_path, {**parts, "INFERENCE_PROVIDER": "cpu"})
        site.manage("migrate", "--verbosity", "0")
        told = site.python(f"from tests.operations.twice import main; main({str(tmp_path)!r})")
    assert told["changed"] == {}
    assert told["left_out"] == []
    assert (told["job"], told["photographs"]) == ("applied", 6)
    assert (told["run"], told["scores"]) == ("done", 5)
    assert (told["analysis"], told["report"]) == ("done", "done")
    # Two runs of the study that was read, and the one of this test.
    assert told["verbs"] == {"model_run.done": 3, "analysis finished": 1, "import.confirmed": 1}
