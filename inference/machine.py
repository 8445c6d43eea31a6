"""The machine that a run was made on, as far as the system tells it without starting a program."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from inference import engine

_PROC = Path("/proc")
_LIBRARIES = ("numpy", "pillow")


def machine_facts(proc: Path = _PROC) -> dict[str, Any]:
    """System, processor, graphics cards with their driver, and the versions that scores may depend on."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": engine.usable_cores(),
        "cpu": _first(proc / "cpuinfo", "model name") or platform.processor(),
        "gpus": [_first(path, "Model") for path in _gpus(proc)],
        "gpu_driver": _line(proc / "driver/nvidia/version"),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "NVIDIA_TF32_OVERRIDE": os.environ.get("NVIDIA_TF32_OVERRIDE", ""),
    }


def _gpus(proc: Path) -> list[Path]:
    return sorted((proc / "driver/nvidia/gpus").glob("*/information"))


def _first(path: Path, name: str) -> str:
    """The value of the first line "name : value" of a file of /proc."""
    pairs = (line.partition(":") for line in _lines(path))
    return next((value.strip() for key, _sign, value in pairs if key.strip() == name), "")


def _line(path: Path) -> str:
    return next(_lines(path), "").strip()


def _lines(path: Path) -> Iterator[str]:
    try:
        yield from path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
