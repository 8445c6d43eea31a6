"""The studies of a person, told by the room of the studies, which this room does not know."""

from collections.abc import Callable, Iterable

from readerstudy.accounts.models import User

# Public id and title of every study that the person may know of.
StudySource = Callable[[User], Iterable[tuple[str, str]]]
_sources: list[StudySource] = []


def register_own_studies(source: StudySource) -> None:
    """Asks `source` for the studies that a person may bind a token to."""
    if source not in _sources:
        _sources.append(source)


def own_studies(user: User) -> list[tuple[str, str]]:
    """Public id and title of every study that the person may know of, by title."""
    found = {pair for source in _sources for pair in source(user)}
    return sorted(found, key=lambda pair: (pair[1].lower(), pair[0]))
