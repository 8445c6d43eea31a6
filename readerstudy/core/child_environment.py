"""The environment of a child process that works on what strangers made: nothing of the server's secrets in it."""

import os
from collections.abc import Mapping

_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR")
# One thread each: there is a child for every core.
_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
ALLOWED = frozenset({*_KEPT, *_THREADS})


def bare_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a Python process needs to start, and no more."""
    kept = {name: environment[name] for name in _KEPT if name in environment}
    return {**kept, **_THREADS}
