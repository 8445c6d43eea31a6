"""A process on a movable clock sees another time of day, and sleeps and waits as before."""

import os
import subprocess
import sys
import time

from tools.soak.clocks import MovableClocks

CODE = """
import time
from django.utils import timezone
begun = time.monotonic()
time.sleep(0.01)
print(time.time(), timezone.now().timestamp(), time.monotonic() - begun)
"""


def told(clocks, part):
    own = {
        name.split(":")[1]: value
        for name, value in clocks.environment().items()
        if name.startswith(f"{part}:")
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.split()]


def test_the_clock_of_one_part_is_moved(tmp_path):
    clocks = MovableClocks(tmp_path)
    clocks.move("worker", -1500)
    moved, now, slept = told(clocks, "worker")
    assert abs(moved - time.time() + 1500) < 20
    assert abs(now - moved) < 1
    assert 0 < slept < 5
    assert abs(told(clocks, "web")[0] - time.time()) < 20
