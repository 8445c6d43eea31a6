"""One file of a source, and what every source is."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from types import TracebackType
from typing import Any, Protocol, Self

from readerstudy.core.errors import Problem


@dataclass(frozen=True)
class Entry:
    """One file of a source, under the name it has there. `handle` is the source's own way to find it again."""

    name: str
    size: int
    handle: Any = None

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.casefold()


class Source(Protocol):
    """An opened source: its usable `entries`, in the order they lie there, and the `problems` of the others."""

    name: str
    entries: list[Entry]
    problems: list[Problem]

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def read(self, entry: Entry) -> bytes:
        """The bytes of one entry. Raises InvalidInput where they cannot be had or are more than it says."""
        ...
