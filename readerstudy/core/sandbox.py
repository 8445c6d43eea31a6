"""What a child process gets that works on what strangers made: no secret of the server's, and limits.

Nothing of Django is needed here: a child may have no settings.
"""

import os
import resource
from collections.abc import Mapping
from pathlib import Path

_KEPT = (
    "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TMPDIR", "PYTHONDONTWRITEBYTECODE",
    # Which GPU is used, and how.
    "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_VISIBLE_DEVICES", "NVIDIA_TF32_OVERRIDE",
)  # fmt: skip
# One thread each: there is a child for every core.
_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# What one photograph needed is kept for the next: mallopt(3). Fresh pages for every large block take a third of the time
# of decoding.
_MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**30)}
ALLOWED = frozenset({*_KEPT, *_THREADS, *_MALLOC, "PYTHONPATH"})


def bare_environment(code: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a Python process needs to start, and no more. Modules are found in `code`, wherever the process works."""
    kept = {name: environment[name] for name in _KEPT if name in environment}
    folders = [str(code), *environment.get("PYTHONPATH", "").split(os.pathsep)]
    found = os.pathsep.join(str(Path(folder).resolve()) for folder in folders if folder)
    return {**kept, **_THREADS, **_MALLOC, "PYTHONPATH": found}


def limit_process(limits: Mapping[int, int]) -> None:
    """Lowers this process's own limits (`resource.RLIMIT_…` → amount) for good; one that is lower already stays."""
    for kind, amount in {**limits, resource.RLIMIT_CORE: 0}.items():
        _soft, hard = resource.getrlimit(kind)
        allowed = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (allowed, allowed))


def renew_time(seconds: int) -> None:
    """Gives this process so many seconds of the processor from now on, for one more piece of work."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))
