"""Training and validation: stratified by class, and no patient on both sides."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def split_by_patient(
    labels: NDArray[np.int64], patients: Sequence[str], *, share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of the training and the validation images; about `share` of the patients of each class validate.

    A patient with any malignant image counts as malignant.
    """
    rng = np.random.default_rng(seed)
    names = np.asarray(patients)
    everyone, first = np.unique(names, return_index=True)
    worst = (
        np.array([labels[names == name].max() for name in everyone])
        if first.size < names.size
        else labels[first]
    )
    held_out: list[str] = []
    for value in (0, 1):
        of_class = rng.permutation(everyone[worst == value])
        held_out += of_class[: max(1, round(share * of_class.size))].tolist()
    validates = np.isin(names, held_out)
    return np.flatnonzero(~validates), np.flatnonzero(validates)
