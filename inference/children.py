"""Networks from outside are run in a process of their own, with limits, before anything of them is stored.

A module is started as `python -m MODULE FOLDER`; it finds its work in the folder and leaves `result.json` there.
"""

import json
import subprocess  # nosec B404  # (what is run stands at each call)
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from readerstudy.core.errors import InvalidInput
from readerstudy.core.sandbox import bare_environment

RESULT = "result.json"


def run_child(module: str, folder: Path, *, label: str, seconds: int) -> dict[str, Any]:
    """What the module left. Raises InvalidInput, about `label`, where it took too long or died."""
    try:
        done = subprocess.run(  # nosec B603  # noqa: S603 (our own command)
            [sys.executable, "-m", module, str(folder)],
            cwd=folder,
            env=bare_environment(settings.BASE_DIR),
            timeout=seconds,
            capture_output=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"{label} took more than {seconds} seconds."
        raise InvalidInput(message, code="too_slow", field="files") from error
    path = folder / RESULT
    if done.returncode or not path.exists():
        message = (
            f"{label} ended its process ({done.returncode}) without a result: "
            "it may need more memory or time than a check is given."
        )
        raise InvalidInput(message, code="died", field="files")
    result: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return result
