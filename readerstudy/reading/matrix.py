"""The matrix of readers and cases as one drawing: a path for each state, however many cells there are."""

from collections.abc import Iterable

CELL = 8
_SQUARE = "M{x} {y}h7v7h-7z"  # a pixel less than a cell, so that neighbours stay apart


def cells_path(cells: Iterable[tuple[int, int]]) -> str:
    """The data of an SVG path with a square for each (row, column)."""
    return "".join(_SQUARE.format(x=column * CELL, y=row * CELL) for row, column in sorted(cells))


def size(rows: int, columns: int) -> tuple[int, int]:
    """Width and height of the drawing."""
    return columns * CELL, rows * CELL
