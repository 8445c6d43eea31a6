"""One file of a source."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One file of a source, under the name it has there. `handle` is the source's own way to find it again."""

    name: str
    size: int
    handle: Any = None

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.casefold()
