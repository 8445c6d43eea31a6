"""Loaded into a worker with `-I tests.operations.unhurried`: a run lasts long enough to be stopped in its midst, on any machine."""

import time

from inference import execution

SECONDS = 0.05
_store = execution._store


def _store_slowly(*args, **kwargs):
    time.sleep(SECONDS)
    return _store(*args, **kwargs)


execution._store = _store_slowly
