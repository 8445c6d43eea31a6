"""Which classes count as positive, as a person says it."""

from inference.engine.errors import SpecError

Positive = str | int | None


def positive_indices(
    positive: Positive, classes: tuple[str, ...], *, source: str
) -> tuple[int, ...]:
    """Indices of the positive classes, in ascending order.

    A name, several names with commas, or an index. Raises SpecError, naming the classes, where nothing is said or
    where a word is no class.
    """
    listed = ", ".join(classes)
    if positive is None:
        raise SpecError(
            f"{source} does not say which class is positive: pass --positive one of: {listed}",
            place=source,
            code="positive_missing",
        )
    found = [_index(word, classes) for word in _words(positive, classes)]
    if not found or None in found:
        raise SpecError(
            f"{source} has no class {str(positive)!r}: pass --positive one of: {listed}",
            place=source,
            code="positive_unknown",
        )
    return tuple(sorted({index for index in found if index is not None}))


def _words(positive: str | int, classes: tuple[str, ...]) -> list[str | int]:
    # A class's own name may hold a comma.
    if isinstance(positive, int) or positive in classes:
        return [positive]
    return [word.strip() for word in positive.split(",")]


def _index(word: str | int, classes: tuple[str, ...]) -> int | None:
    if word in classes:
        return classes.index(str(word))
    number = int(word) if str(word).isdecimal() else -1
    return number if 0 <= number < len(classes) else None
