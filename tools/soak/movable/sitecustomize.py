"""Python loads this in every process that has the folder on its path: the clock of day goes by what stands in a file.

libfaketime does the same one level below, but Python's `time.sleep` fails in it (absolute times of the monotonic clock).
Time-outs count by the monotonic clock, which nobody sets and which stays as it is.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

LOOK_SECONDS = 0.5
_real_time, _real_now = time.time, timezone.now
_known = {"at": float("-inf"), "seconds": 0.0}


def _offset() -> float:
    if time.monotonic() - _known["at"] > LOOK_SECONDS:
        _known["at"] = time.monotonic()
        try:
            _known["seconds"] = float(Path(os.environ["SOAK_CLOCK"]).read_text())
        except (OSError, ValueError):  # it is being written
            return _known["seconds"]
    return _known["seconds"]


def _time() -> float:
    return _real_time() + _offset()


def _now() -> datetime:
    return _real_now() + timedelta(seconds=_offset())


if "SOAK_CLOCK" in os.environ:
    time.time, timezone.now = _time, _now
