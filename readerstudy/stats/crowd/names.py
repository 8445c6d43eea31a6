"""What readers are called in a table."""

from collections.abc import Sequence

from readerstudy.stats.result import StatisticsInputError


def reader_names(names: Sequence[str] | None, J: int) -> Sequence[str]:
    """The names of J readers, numbers from 1 for None. Raises StatisticsInputError for no readers or another count."""
    if not J:
        raise StatisticsInputError("There are no readers.")
    if names is not None and len(names) != J:
        raise StatisticsInputError(f"There are {J} readers, but {len(names)} names.")
    return names or [str(place + 1) for place in range(J)]
