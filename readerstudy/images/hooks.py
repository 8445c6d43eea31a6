"""What other rooms tell of an image set, or do with a new one, without this room knowing them.

They register in their `AppConfig.ready`.
"""

from collections.abc import Callable
from typing import Any

from readerstudy.images.models import ImageSet

Uses = Callable[[ImageSet], dict[str, Any]]
Stored = Callable[[ImageSet], object]

_uses: list[Uses] = []
_stored: list[Stored] = []


def register_uses(count: Uses) -> None:
    """Shows `count(image_set)` on the image set's page: numbers of `studies` and `model_runs`."""
    if count not in _uses:
        _uses.append(count)


def register_stored(callback: Stored) -> None:
    """Calls `callback(image_set)` in the transaction that stores an image set; queue tasks with on_commit."""
    if callback not in _stored:
        _stored.append(callback)


def uses_of(image_set: ImageSet) -> dict[str, Any]:
    """How often the image set was used, by what the rooms say."""
    return {name: number for count in _uses for name, number in count(image_set).items()}


def call_stored(image_set: ImageSet) -> None:
    """Tells every registered room that the image set has its cases and images."""
    for callback in _stored:
        callback(image_set)
