"""Smooth random fields, the raw material of skin and lesions."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import zoom

Field = NDArray[np.float64]


def smooth_field(rng: np.random.Generator, shape: tuple[int, int], cell: float) -> Field:
    """A field (H, W) of mean 0 and SD 1 that varies over about `cell` pixels."""
    rows, columns = (max(int(np.ceil(side / cell)) + 3, 4) for side in shape)
    coarse = rng.normal(size=(rows, columns))
    fine = _spline(rows, cell, shape[0]) @ coarse @ _spline(columns, cell, shape[1]).T
    field: Field = (fine - fine.mean()) / (fine.std() + 1e-9)
    return field


@lru_cache(maxsize=256)
def _spline(knots: int, cell: float, side: int) -> Field:
    """The matrix (side, knots) of the cubic spline through `knots` values, `cell` pixels apart.

    Splines are separable: two products of matrices take a tenth of the time of a zoom in two dimensions.
    """
    return np.asarray(zoom(np.eye(knots), (cell, 1), order=3)[:side])


def fractal_field(
    rng: np.random.Generator, shape: tuple[int, int], cell: float, octaves: int = 4
) -> Field:
    """Several smooth fields on top of each other, each half as coarse and half as strong as the one before."""
    total = sum(smooth_field(rng, shape, max(cell / 2**k, 1.5)) / 2**k for k in range(octaves))
    return np.asarray(total / np.std(total))
