"""Where a network runs: onnxruntime's providers, as they really are.

`onnxruntime.get_available_providers()` lists what was compiled in, and a session whose provider cannot start falls
back to the CPU without an exception. So the driver is looked for first, and a session's own answer is what counts.
"""

import contextlib
import ctypes
import importlib
import importlib.metadata
import io
import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from inference.engine.errors import ProviderError

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
TENSORRT = "TensorrtExecutionProvider"
SETTINGS = ("cpu", "auto", "cuda", "tensorrt")
# What a setting demands of the session; `auto` takes what there is.
_DEMANDED = {"cuda": CUDA, "tensorrt": TENSORRT}
DISTRIBUTIONS = ("onnxruntime", "onnxruntime-gpu")
_WARNING, _FATAL = 2, 4


@cache
def runtime() -> Any:
    """The onnxruntime module, loaded on first use so that web processes need not carry it.

    Raises ProviderError where it is missing, or broken by two distributions that overwrote one another.
    """
    try:
        module = importlib.import_module("onnxruntime")
        _ = module.__version__, module.InferenceSession
    except (ImportError, AttributeError) as error:
        words = runtime_conflict() or "onnxruntime is not installed: pip install onnxruntime-gpu."
        raise ProviderError(words, code="no_runtime") from error
    return module


def choose_providers(setting: str = "auto") -> list[str]:
    """The providers to ask for: `cpu`, `auto` (CUDA where a driver is found), `cuda` or `tensorrt`.

    Raises ProviderError where the setting is none of these, or demands a GPU and there is no driver. Which provider was
    really used is known only from the session: see `confirm_provider`.
    """
    if setting not in SETTINGS:
        raise ProviderError(
            f"The provider must be one of {', '.join(SETTINGS)}, but is {setting!r}.", place=setting
        )
    if setting == "cpu" or (setting == "auto" and not has_driver()):
        return [CPU]
    if not has_driver():
        raise ProviderError(
            f"The provider is set to {setting}, but this machine has no NVIDIA driver (libcuda.so.1).",
            place=setting,
            code="no_driver",
        )
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it does not find
        runtime().preload_dlls()
    return [TENSORRT, CUDA, CPU] if setting == "tensorrt" else [CUDA, CPU]


def asks_for_gpu(setting: str) -> bool:
    """Whether `choose_providers` would ask for a GPU, or refuse for want of one; without loading the runtime."""
    return setting in _DEMANDED or (setting == "auto" and has_driver())


def confirm_provider(setting: str, used: str) -> None:
    """Nothing, if a session's first provider is what the setting demands; ProviderError otherwise."""
    if used != _DEMANDED.get(setting, used):
        needed = "TensorRT 10" if setting == "tensorrt" else "CUDA 13 or cuDNN 9"
        raise ProviderError(
            f"The provider is set to {setting}, but the session runs on {used}: "
            f"{needed} could not be loaded (see requirements-gpu.txt).",
            place=setting,
            code=f"{setting}_not_used",
        )


def has_driver() -> bool:
    """Whether the NVIDIA driver's library can be loaded."""
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


@contextlib.contextmanager
def quiet_runtime() -> Iterator[None]:
    """Inside, onnxruntime writes nothing to stdout or stderr; what failed is told by exceptions and providers."""
    runtime().set_default_logger_severity(_FATAL)
    try:
        with contextlib.redirect_stdout(
            io.StringIO()
        ):  # its Python layer prints when it falls back
            yield
    finally:
        runtime().set_default_logger_severity(_WARNING)


def installed_runtimes() -> dict[str, str]:
    """The installed distributions of onnxruntime with their versions."""
    found = {}
    for name in DISTRIBUTIONS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def runtime_conflict() -> str:
    """A sentence where both distributions are installed, which overwrite one another; empty otherwise."""
    found = installed_runtimes()
    if len(found) < len(DISTRIBUTIONS):
        return ""
    named = " and ".join(f"{name} {version}" for name, version in found.items())
    return f"{named} are both installed and overwrite one another: pip uninstall both, then install one."


def usable_cores(
    cgroup: Path = Path("/sys/fs/cgroup"), membership: Path = Path("/proc/self/cgroup")
) -> int:
    """How many cores this process may use, at least 1: its CPU affinity and the `cpu.max` of cgroup v2 above it.

    A quota of 1.5 cores counts as 2, so that the half is used too.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(cores, *_quotas(cgroup, membership), cores))


def _quotas(cgroup: Path, membership: Path) -> Iterator[int]:
    for folder in _cgroups(cgroup, membership):
        with contextlib.suppress(OSError, ValueError):
            quota, period = (folder / "cpu.max").read_text().split()
            if quota != "max":
                yield math.ceil(int(quota) / int(period))


def _cgroups(cgroup: Path, membership: Path) -> list[Path]:
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return [cgroup]
    own = next((line[3:] for line in lines if line.startswith("0::")), "/")
    folder = cgroup / own.lstrip("/")
    parents = [parent for parent in folder.parents if parent.is_relative_to(cgroup)]
    return [folder, *parents]
