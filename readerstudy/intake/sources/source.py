"""What every source is: files that can be read, and what is wrong with the others."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from readerstudy.core.errors import Problem
from readerstudy.intake.sources.entry import Entry
from readerstudy.intake.sources.refusals import (
    Refusal,
    check_count,
    collisions,
    problems_of_all,
    shown,
)


class Source(ABC):
    """An opened source: its usable `entries`, in the order they lie there, and the `problems` of the others.

    Use it in a `with` block. Raises InvalidInput for more files than are read.
    """

    def __init__(
        self, name: str, found: Sequence[Entry], refusal: Callable[[Entry], Refusal]
    ) -> None:
        check_count(len(found))
        self.name = name
        self.entries: list[Entry] = []
        self.problems = [
            *problems_of_all([one.size for one in found], name=name),
            *collisions([one.name for one in found], name=name),
        ]
        for one in found:
            if problem := refusal(one):
                self.problems.append(Problem(*problem, file=shown(one.name)))
            else:
                self.entries.append(one)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Lets go of the file."""

    @abstractmethod
    def read(self, entry: Entry) -> bytes:
        """The bytes of one entry. Raises InvalidInput where they cannot be had or are more than it says."""

    @abstractmethod
    def head(self, entry: Entry, size: int) -> bytes:
        """The first `size` bytes of one entry, or all of it. Raises InvalidInput where they cannot be had."""
