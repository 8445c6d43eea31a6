"""System checks of the machine the application runs on."""

from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from django.core.checks import CheckMessage, Warning, register  # noqa: A004 (Django's own name)


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


@register()
def one_onnxruntime(**_kwargs: Any) -> list[CheckMessage]:
    """Two onnxruntime packages overwrite each other's files, and `pip check` does not see it."""
    if _installed("onnxruntime") and _installed("onnxruntime-gpu"):
        message = "Both onnxruntime and onnxruntime-gpu are installed and overwrite each other."
        return [
            Warning(message, hint="pip uninstall both, then install one.", id="readerstudy.W001")
        ]
    return []
