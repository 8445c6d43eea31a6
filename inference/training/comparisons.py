"""How well the scores of several runs tell two classes apart. Knows neither PyTorch nor files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.training.manifest import Truth
from readerstudy.stats import auc_interval
from readerstudy.stats.result import Estimate

Scores = Mapping[str, float]


@dataclass(frozen=True)
class Comparison:
    """The AUC of each run (R,), and that of the runs' mean score with DeLong's interval over the cases."""

    name: str
    positives: int
    negatives: int
    aucs: tuple[float, ...]
    ensemble: Estimate

    @property
    def mean(self) -> float:
        """The mean of the runs' AUCs."""
        return float(np.mean(self.aucs))


def compare(
    name: str, positives: Sequence[str], negatives: Sequence[str], runs: Sequence[Scores]
) -> Comparison | None:
    """The comparison of two groups of files; None where a group is empty."""
    if not positives or not negatives:
        return None
    truth = np.array([1] * len(positives) + [0] * len(negatives))
    scores = _matrix([*positives, *negatives], runs)
    aucs = tuple(float(auc_interval(truth, row).value or 0) for row in scores)
    ensemble = auc_interval(truth, scores.mean(axis=0))
    return Comparison(name, len(positives), len(negatives), aucs, ensemble)


def compare_classes(truths: Sequence[Truth], runs: Sequence[Scores]) -> list[Comparison]:
    """Melanoma against nevus; and malignant against benign where there are further diagnoses."""
    kinds = [("melanoma against nevus", [truth.melanoma for truth in truths])]
    if any(truth.melanoma is None for truth in truths):
        kinds.append(("malignant against benign", [truth.malignant for truth in truths]))
    found = (_one_test(name, labels, truths, runs) for name, labels in kinds)
    return [comparison for comparison in found if comparison]


def _one_test(
    name: str, labels: Sequence[int | None], truths: Sequence[Truth], runs: Sequence[Scores]
) -> Comparison | None:
    positives, negatives = (
        [truth.file for truth, label in zip(truths, labels, strict=True) if label == value]
        for value in (1, 0)
    )
    return compare(name, positives, negatives, runs)


def _matrix(files: Sequence[str], runs: Sequence[Scores]) -> NDArray[np.float64]:
    """Scores (R, K)."""
    return np.array([[scores[file] for file in files] for scores in runs])


def as_table(rows: Sequence[tuple[str, Comparison]], heading: str) -> str:
    """A Markdown table of the comparisons, the first column as given."""
    lines = [
        f"| {heading} | Comparison | Images | Runs: mean AUC (range) | Mean score of the runs: AUC (95 % interval) |",
        "|---|---|---|---|---|",
        *(_line(first, comparison) for first, comparison in rows),
    ]
    return "\n".join(lines)


def _line(first: str, found: Comparison) -> str:
    low, high = min(found.aucs), max(found.aucs)
    counts = f"{found.positives} : {found.negatives}"
    runs = f"{found.mean:.3f} ({low:.3f} to {high:.3f})"
    return f"| {first} | {found.name} | {counts} | {runs} | {_interval(found.ensemble)} |"


def _interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f} ({estimate.reason})"
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
