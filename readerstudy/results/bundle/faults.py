"""What is wrong with a bundle, as sentences that name the file, the row and the column."""

from readerstudy.core.errors import Problem

MOST_SHOWN = 20


class BundleFaultsError(ValueError):
    """A bundle, or a file of it, that cannot be read; `faults` are sentences."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class Faults:
    """Collects faults of one file; too many are counted and not told one by one."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._told: list[str] = []
        self._count = 0

    def add(self, message: str, *, row: int | None = None, column: str = "") -> None:
        """One fault; rows count from 1, the header being row 1."""
        self._count += 1
        if self._count <= MOST_SHOWN:
            self._told.append(str(Problem("bundle", message, self.file, row, column)))

    def sentences(self) -> list[str]:
        """Every fault, the surplus as one sentence."""
        more = self._count - MOST_SHOWN
        return [
            *self._told,
            *([f"{self.file}: {more} more faults of this kind."] if more > 0 else []),
        ]

    def check(self) -> None:
        """Raises BundleFaultsError where there are any."""
        if self._count:
            raise BundleFaultsError(self.sentences())
