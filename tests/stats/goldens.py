"""Results of the field's reference software, and the readings they were computed from."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

OWN = Path(__file__).resolve().parents[1] / "data" / "goldens"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "goldens"
needs_shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the golden results of ../shared are not here"),
]


def golden(folder, dataset, tag):
    """The `results` of one call of the reference software."""
    return json.loads((folder / f"{dataset}__{tag}.json").read_text())["results"]


def readings_of(folder, dataset):
    """{(modality, reader): (truth (K,), score (K,))}, cases in the order of their names."""
    found = {}
    with (folder / f"{dataset}.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            cases = found.setdefault((row["modality"], row["reader"]), {})
            cases[row["case"]] = (int(row["truth"]), float(row["score"]))
    return {
        key: tuple(
            np.array(column) for column in zip(*(cases[c] for c in sorted(cases)), strict=True)
        )
        for key, cases in found.items()
    }


def panel_of(folder, dataset, modality):
    """(truth (K,), {reader: score (K,)}) of one modality of a fully crossed set."""
    readings = readings_of(folder, dataset)
    readers = {reader: score for (m, reader), (_t, score) in readings.items() if m == modality}
    truth = next(truth for (m, _r), (truth, _s) in readings.items() if m == modality)
    return truth, readers
