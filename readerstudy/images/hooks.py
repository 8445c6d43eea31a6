"""What other rooms tell of an image set without this room knowing them; they register in their `AppConfig.ready`."""

from collections.abc import Callable
from typing import Any

from readerstudy.images.models import ImageSet

Uses = Callable[[ImageSet], dict[str, Any]]

_uses: list[Uses] = []


def register_uses(count: Uses) -> None:
    """Shows `count(image_set)` on the image set's page: numbers of `studies` and `model_runs`."""
    if count not in _uses:
        _uses.append(count)


def uses_of(image_set: ImageSet) -> dict[str, Any]:
    """How often the image set was used, by what the rooms say."""
    return {name: number for count in _uses for name, number in count(image_set).items()}
