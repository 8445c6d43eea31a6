"""A second machine, simulated in a network namespace: it joins with the documented command and takes a model run."""

import os
import re
import subprocess
import sys
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.operations.forwarding import forwarded
from tests.operations.s3_server import KEYS, make_bucket, s3_server
from tests.site import ROOT, RunningSite, production_parts, wait_until
from tests.test_killed_worker import BUILD, COUNTS

pytestmark = [pytest.mark.services, pytest.mark.long]
HERE, THERE = "10.203.77.1", "10.203.77.2"
WHO = """
import json
from readerstudy.operations.models import WorkerBeat
print(json.dumps({"workers": {one.name: one.queues for one in WorkerBeat.objects.all()}}))
"""


def documented_command():
    """The line of docs/operations.md with which a GPU machine joins."""
    text = (ROOT / "docs" / "operations.md").read_text()
    [line] = re.findall(r"^celery -A readerstudy worker -Q gpu .*$", text, re.MULTILINE)
    return line.split("#")[0].split()


def ip(*arguments):
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)


@contextmanager
def second_machine():
    """A name space with an address of its own, which reaches this machine and nothing else."""
    name = f"rs{uuid.uuid4().hex[:6]}"
    made = ip("netns", "add", name)
    if made.returncode:
        pytest.skip(
            f"A SECOND MACHINE IS NOT TESTED: no network namespaces here ({made.stderr.strip()})"
        )
    try:
        for arguments in (
            ("link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b", "netns", name),
            ("addr", "add", f"{HERE}/30", "dev", f"{name}a"),
            ("link", "set", f"{name}a", "up"),
            ("-n", name, "addr", "add", f"{THERE}/30", "dev", f"{name}b"),
            ("-n", name, "link", "set", f"{name}b", "up"),
            ("-n", name, "link", "set", "lo", "up"),
        ):
            done = ip(*arguments)
            if done.returncode:
                pytest.skip(
                    f"A SECOND MACHINE IS NOT TESTED: {' '.join(arguments)}: {done.stderr.strip()}"
                )
        yield name
    finally:
        ip("link", "del", f"{name}a")
        ip("netns", "del", name)


def address_of(url, default):
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or default


@contextmanager
def reachable(url, default):
    """The same address as the second machine reaches it."""
    parts = urlsplit(url)
    with forwarded(HERE, address_of(url, default)) as port:
        account = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        yield parts._replace(netloc=f"{account}{HERE}:{port}").geturl()


@pytest.mark.parametrize("files", ["shared disk", "object storage"])
def test_a_second_machine_joins_and_takes_a_model_run(files, tmp_path):
    with second_machine() as name, production_parts() as parts, s3_server() as s3:
        here, there = {**parts}, {}
        if files == "object storage":
            make_bucket(s3, "media")
            here |= {
                "MEDIA_S3_BUCKET": "media",
                "MEDIA_S3_ENDPOINT": s3,
                "MEDIA_S3_REGION": "eu-central-1",
            }
            here |= {f"MEDIA_S3_{key.upper()}": value for key, value in KEYS.items()}
        else:
            here["MEDIA_ROOT"] = str(tmp_path / "media")
        (tmp_path / "first").mkdir()
        site = RunningSite(tmp_path / "first", here)
        site.manage("migrate", "--verbosity", "0")
        try:
            site.python(BUILD)
            with (
                reachable(parts["DATABASE_URL"], 5432) as there["DATABASE_URL"],
                reachable(parts["REDIS_URL"], 6379) as there["REDIS_URL"],
                reachable(s3, 80) as there["MEDIA_S3_ENDPOINT"],
            ):
                _join(site, name, {**here, **there}, tmp_path / "second")
                wait_until(
                    lambda: set(site.python(COUNTS)["states"]) == {"done"}, seconds=120, what="runs"
                )
                who, counts = site.python(WHO), site.python(COUNTS)
        except BaseException:
            print(site.logs())
            raise
        finally:
            site.stop()
    assert list(who["workers"].values()) == ["gpu"]
    assert set(counts["per_run"]) == {100}
    assert counts["scores"] == counts["pairs"]


def _join(site, name, environment, folder):
    folder.mkdir()
    # Nothing of the first machine is reached but by the address between the two.
    refused = subprocess.run(
        ["ip", "netns", "exec", name, sys.executable, "-c",
         "import socket; socket.create_connection(('127.0.0.1', 6379), 2)"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert refused.returncode != 0
    before = site.environment
    site.environment = {
        **before, **environment, "VAR_DIR": str(folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip
    site.start("second", ["ip", "netns", "exec", name, *documented_command()])
    site.environment = before
