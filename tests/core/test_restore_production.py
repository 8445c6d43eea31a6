"""The restore drill on PostgreSQL: a backup taken while answers are written comes back equal, in another database."""

import json
import os
import subprocess
import time
from contextlib import ExitStack, contextmanager
from datetime import datetime

import pytest

from tests.site import ROOT, RunningSite, production_parts, wait_until

pytestmark = pytest.mark.long
BUILD = """
from tests.core.conftest import build_study
build_study()
print("null")
"""
# Answers one at a time, each told with the moment at which it was acknowledged.
WRITE = """
import json, pathlib
from django.utils.timezone import now
from readerstudy.reading.services import commit_readings
from readerstudy.studies.models import Enrolment
from tests.core.conftest import NOW
from tests.reading.factories import begin, ids, item
enrolment = Enrolment.objects.get(user__email="second@example.org")
enrolment = begin(enrolment.study, enrolment.user, now=NOW)
order, number = ids(enrolment), 0
while not pathlib.Path({stop!r}).exists():
    answer = item(order[min(number, len(order) - 1)])
    commit_readings(actor=enrolment.user, answers=[answer], revise=number >= len(order), now=NOW)
    print(json.dumps([now().isoformat(), str(answer[2])]), flush=True)
    number += 1
"""
STORED = """
import json
from readerstudy.core.audit import first_fault
from readerstudy.reading.models import Reading
print(json.dumps({
    "attempts": [str(one) for one in Reading.objects.order_by("pk").values_list("attempt", flat=True)],
    "fault": str(first_fault() or ""),
}))
"""
GO_ON = """
from readerstudy.accounts.services import create_user
from readerstudy.core.audit import first_fault
from django.utils.timezone import now

create_user(actor=None, email="new@example.org", name="New", role="reader", now=now())
assert first_fault() is None
print("true")
"""


def site_in(folder, parts):
    folder.mkdir()
    keys = {"SECRET_KEY": "s" * 50, "AUDIT_KEY": "a" * 50}
    return RunningSite(folder, {**parts, **keys, "PYTHONPATH": str(ROOT)})


@contextmanager
def writing(site, folder):
    """A process that writes answers until the block ends; gives the file of what was acknowledged."""
    stop, told = folder / "stop", folder / "acknowledged"
    code = WRITE.format(stop=str(stop))
    with told.open("wb") as out:
        process = subprocess.Popen(
            site.command("manage.py", "shell", "--no-imports", "-c", code),
            cwd=ROOT,
            env=site.environment,
            stdout=out,
        )
        try:
            wait_until(lambda: told.stat().st_size > 2_000, seconds=60, what="the first answers")
            yield told
        finally:
            stop.touch()
            assert process.wait(timeout=60) == 0


@pytest.fixture(scope="module")
def drill(tmp_path_factory):
    """The acknowledged answers, the backup that was taken meanwhile, and what the restore said."""
    folder = tmp_path_factory.mktemp("drill")
    with ExitStack() as stack:
        source = site_in(folder / "source", stack.enter_context(production_parts()))
        target = site_in(folder / "target", stack.enter_context(production_parts()))
        source.manage("migrate", "--verbosity", "0")
        source.python(BUILD)
        public = source.manage("backup_key", str(folder / "key")).strip().partition("=")[2]
        path = folder / "night.tar.age"
        with writing(source, folder) as told:
            source.manage("backup", str(path), "--recipient", public)
            time.sleep(0.2)  # answers go on after the backup
        lines = [json.loads(line) for line in told.read_text().splitlines() if line[:1] == "["]
        said = target.manage("restore", str(path), "--verify", "--key-file", str(folder / "key"))
        yield {
            "acknowledged": lines,
            "said": said,
            "target": target,
            "path": path,
            "folder": folder,
        }


@pytest.mark.services
def test_a_backup_taken_under_load_is_restored_equal(drill):
    assert drill["said"].strip().endswith("verified: equal")
    stored = drill["target"].python(STORED)
    assert stored["fault"] == ""
    made = next(line for line in drill["said"].splitlines() if line.startswith("made"))
    moment = datetime.fromisoformat(made.split()[1])
    written = [attempt for _at, attempt in drill["acknowledged"]]
    before = [
        attempt for at, attempt in drill["acknowledged"] if datetime.fromisoformat(at) <= moment
    ]
    restored = stored["attempts"][5:]
    assert len(before) > 10
    assert len(restored) < len(written)
    assert set(before) <= set(restored)
    # Exactly the answers up to one moment, none of them left out.
    assert restored == written[: len(restored)]
    # Its sequences go on where they were, and the trail with them.
    assert drill["target"].python(GO_ON) is True


@pytest.mark.services
def test_only_an_empty_database_and_the_same_kind_take_it(drill, tmp_path):
    arguments = ("restore", str(drill["path"]), "--key-file", str(drill["folder"] / "key"))
    refused = refusal(drill["target"], *arguments)
    assert "This instance is not empty" in refused
    keys = {name: drill["target"].environment[name] for name in ("SECRET_KEY", "AUDIT_KEY")}
    embedded = RunningSite(tmp_path, keys)
    assert "is of a postgresql database and this instance runs on sqlite" in refusal(
        embedded, *arguments
    )


@pytest.mark.services
def test_a_missing_program_is_named(drill, tmp_path):
    site = RunningSite(tmp_path, {**drill["target"].environment, "PATH": str(tmp_path)})
    said = refusal(site, "backup", str(tmp_path / "x.tar"), "--unencrypted")
    assert "pg_dump is not on the PATH: install the PostgreSQL client" in said
    assert not (tmp_path / "x.tar").exists()


def refusal(site, *arguments):
    done = subprocess.run(
        site.command("manage.py", *arguments),
        cwd=ROOT,
        env={**os.environ, **site.environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0
    return done.stderr
