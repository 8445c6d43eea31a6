"""Tasks that misbehave, loaded into a worker with `-I tests.operations.poison`."""

import os
import signal
from pathlib import Path

from celery import shared_task


@shared_task(soft_time_limit=30, time_limit=60)
def always_fails_task(*, number):
    raise RuntimeError(f"the name of {number} is Mrs Miller")


@shared_task(soft_time_limit=30, time_limit=60)
def kills_its_worker_task():
    os.kill(os.getpid(), signal.SIGKILL)


@shared_task(soft_time_limit=30, time_limit=60)
def writes_a_file_task(*, path):
    with Path(path).open("a") as file:
        file.write("done\n")
