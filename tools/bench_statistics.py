"""The statistics' part of `make bench`: whole calls, a plain NumPy twin beside them, and growth in cases and readers."""

import math
from itertools import pairwise

import numpy as np

from readerstudy import stats
from readerstudy.stats.mrmc import obuchowski_rockette
from readerstudy.stats.readings import Readings, fully_crossed
from readerstudy.stats.ustatistics import u_statistics
from tools.timing import seconds

ESTIMATORS = ("jackknife", "delong", "unbiased")
# Whole calls of other software on two cores, for the yardstick beside ours; measured once.
OTHERS = {
    "145 readers and an algorithm, 100 cases": "RJafroc 0.67 s, MRMCaov 3.3 s (unbiased) and 31.8 s (jackknife), iMRMC 8.4 s (Java) and 61 s (R)",
    "30 readers, 2 modalities, 2,000 cases": "MRMCaov 7.0 s (unbiased) and 9.2 s (DeLong), RJafroc 264 s",
}  # fmt: skip


def study(modalities: int, readers: int, cases: int, positives: int | None = None) -> Readings:
    """Normal scores, seeded; every second case is positive unless told."""
    rng = np.random.default_rng(cases)
    truth = np.arange(cases) % 2 if positives is None else (np.arange(cases) < positives).astype(int)  # fmt: skip
    return fully_crossed(truth, rng.normal(size=(modalities, readers, cases)) + truth)


def plain_jackknife(data: Readings) -> np.ndarray:
    """Every AUC without every case, by comparing all pairs: the same formulas as plain NumPy would have them."""
    found = []
    for scores in data.scores.reshape(-1, data.truth.size):
        row = []
        for case in range(data.truth.size):
            truth, rest = np.delete(data.truth, case), np.delete(scores, case)
            above = rest[truth == 1][:, np.newaxis] - rest[truth == 0]
            row.append(((above > 0) + 0.5 * (above == 0)).mean())
        found.append(row)
    return np.cov(found) * (data.truth.size - 1) ** 2 / data.truth.size


def plain_unbiased(data: Readings) -> np.ndarray:
    """All success scores at once, and the four kinds of pairs of pairs of every two readings."""
    scores = data.scores.reshape(-1, data.truth.size)
    above = scores[:, data.truth == 1][:, :, np.newaxis] - scores[:, data.truth == 0][:, np.newaxis]
    wins = (above > 0) + 0.5 * (above == 0)
    n1, n0 = wins.shape[1:]
    total, flat = wins.sum(axis=(1, 2)), wins.reshape(len(wins), -1)
    columns, rows = wins.sum(axis=2), wins.sum(axis=1)
    apart = np.outer(total, total) - columns @ columns.T - rows @ rows.T + flat @ flat.T
    auc = total / (n1 * n0)
    return np.outer(auc, auc) - apart / (n1 * n0 * (n1 - 1) * (n0 - 1))


def against_plain() -> None:
    """Covariances of all AUCs of a panel: ours against the plain twin on the same data."""
    for name, ours, plain, sizes in (
        ("jackknife", stats.jackknife_covariance, plain_jackknife, ((20, 100), (20, 300))),
        ("unbiased", stats.unbiased_covariance, plain_unbiased, ((20, 100), (30, 1000))),
    ):
        for readers, cases in sizes:
            data = study(1, readers, cases)
            own = seconds(lambda ours=ours, data=data: ours(data.truth, data.scores[0]))
            twin = seconds(lambda plain=plain, data=data: plain(data), repeats=1)
            print(f"{name} covariance, {readers} readers, {cases} cases: {twin / own:.1f} times plain NumPy")  # fmt: skip
    data = study(1, 30, 1000)
    own = seconds(lambda: obuchowski_rockette(data, covariance="unbiased"))
    twin = seconds(lambda: plain_unbiased(data), repeats=1)
    print(f"whole Obuchowski-Rockette analysis, unbiased, 30 readers, 1,000 cases: {twin / own:.1f} times plain NumPy's covariance alone")  # fmt: skip


def whole_calls() -> None:
    """The two yardsticks: one algorithm against 145 readers, and a large crossed study."""
    panel, crossed = study(1, 146, 100, positives=20), study(2, 30, 2000)
    scores = panel.scores[0]
    for title, calls in (
        ("145 readers and an algorithm, 100 cases", {f"1T-RRRC {name}": lambda name=name: stats.algorithm_against_readers(panel.truth, scores[1:], scores[0], covariance=name) for name in ESTIMATORS}),
        ("30 readers, 2 modalities, 2,000 cases", {f"Obuchowski-Rockette {name}": lambda name=name: obuchowski_rockette(crossed, covariance=name) for name in ESTIMATORS} | {"U-statistics": lambda: u_statistics(crossed)}),
    ):  # fmt: skip
        told = ", ".join(f"{name} {1000 * seconds(call, repeats=5):.1f} ms" for name, call in calls.items())  # fmt: skip
        print(f"{title}: {told}\n  (others: {OTHERS[title]})")


def growth() -> None:
    """How the time grows with the cases and with the readers, as an exponent of each step of ten."""
    by_cases = [study(2, 5, cases) for cases in (10**3, 10**4, 10**5)]
    by_readers = [study(1, readers, 200) for readers in (10, 100, 1000)]
    single = [seconds(lambda data=data: stats.auc_interval(data.truth, data.scores[0, 0])) for data in by_cases]  # fmt: skip
    print(f"cases 10³, 10⁴, 10⁵, one AUC with DeLong's interval: {_steps(single)}")
    for name in ("jackknife", "delong"):
        told = _steps([_analysis_seconds(data, name) for data in by_cases])
        print(f"cases 10³, 10⁴, 10⁵ (5 readers, 2 modalities), {name}: {told}; K log K is 1.12 and 1.10")  # fmt: skip
    for name in ESTIMATORS:
        told = _steps([_analysis_seconds(data, name) for data in by_readers])
        print(f"readers 10, 100, 1,000 (200 cases), {name}: {told}")


def _analysis_seconds(data: Readings, name: str) -> float:
    return seconds(lambda: obuchowski_rockette(data, covariance=name))


def _steps(times: list[float]) -> str:
    shown = ", ".join(f"{1000 * taken:.1f} ms" for taken in times)
    exponents = " and ".join(f"{math.log10(later / sooner):.2f}" for sooner, later in pairwise(times))  # fmt: skip
    return f"{shown}, exponents {exponents}"


def main() -> None:
    """Everything, in one run."""
    against_plain()
    whole_calls()
    growth()
