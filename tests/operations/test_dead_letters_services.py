"""A real worker meets tasks that fail, kill and cannot be read: it lives on, and what was given up is listed."""

import json
import sys

import pytest
import redis

from tests.site import production_parts, running_site, wait_until

pytestmark = [pytest.mark.services, pytest.mark.long]
SEND = """
from readerstudy.celery import app
import tests.operations.poison as poison
poison.always_fails_task.delay(number=7)
poison.kills_its_worker_task.delay()
app.send_task("tasks.of.a.newer.version", kwargs={"study_id": 3})
print("null")
"""
LETTERS = """
import json
from readerstudy.operations.models import DeadLetter
print(json.dumps({one.task.rsplit(".", 1)[-1]: [one.reason, one.tries, one.args, one.kwargs, one.public_id]
    for one in DeadLetter.objects.filter(settled_at=None)}))
"""
WORKS = """
import tests.operations.poison as poison
poison.writes_a_file_task.delay(path={path!r})
print("null")
"""
NAMES = {
    "always_fails_task",
    "kills_its_worker_task",
    "version",
    "(no task)",
}


@pytest.fixture
def site(tmp_path):
    with (
        production_parts() as parts,
        running_site(
            tmp_path, {**parts, "WORK_RETRY_SECONDS": "0.1", "LOG_FORMAT": "json"}, worker=False
        ) as site,
    ):
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "readerstudy",
            "worker",
            "-Q",
            "default,gpu",
        ]
        site.worker = site.start("worker", [*command, "-c", "2", "-I", "tests.operations.poison"])
        yield site


def poison_the_queue(url):
    """Messages that no worker can read: a pickle, a body that is no JSON."""
    queue = redis.Redis.from_url(url)
    for content_type, body in (("application/x-python-serialize", "gASVAAAA"), ("application/json", "e30h")):  # fmt: skip
        message = {
            "body": body,
            "content-encoding": "utf-8" if content_type.endswith("json") else "binary",
            "content-type": content_type,
            "headers": {"task": "readerstudy.intake.tasks.sweep_task", "id": "1"},
            "properties": {
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": "default"},
                "delivery_tag": content_type,
                "body_encoding": "base64",
            },
        }
        queue.lpush("default", json.dumps(message))


def test_work_that_fails_kills_or_cannot_be_read_is_parked_and_the_worker_goes_on(site):
    site.python(SEND)
    poison_the_queue(site.environment["REDIS_URL"])
    wait_until(lambda: set(site.python(LETTERS)) == NAMES, seconds=90, what="the dead letters")
    letters = site.python(LETTERS)
    reason, tries, args, kwargs, public_id = letters["always_fails_task"]
    assert reason.startswith("RuntimeError in poison.py, line ")
    assert (tries, args, kwargs) == (5, [], {"number": 7})
    assert letters["kills_its_worker_task"][0] == "5 workers died at it within an hour"
    assert letters["version"][0] == "No such task in this version"
    assert letters["version"][3] == {"study_id": 3}
    assert site.worker.poll() is None
    done = site.folder / "done"
    site.python(WORKS.format(path=str(done)))
    wait_until(done.exists, seconds=20, what="work after all that poison")
    assert done.read_text() == "done\n"
    listed = site.manage("dead_letters")
    assert "always_fails_task {'number': 7}" in listed
    assert "Miller" not in listed + site.logs()
    assert f"dropped     {public_id}" in site.manage("dead_letters", "--drop", public_id)
    assert public_id not in site.manage("dead_letters")
