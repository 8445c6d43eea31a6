"""Simulated readings: Roe and Metz, Acad Radiol 1997;4:298; with unequal variances Hillis, Acad Radiol 2012;19:1518.

The score of reader j for case k of class t in modality i is

    μ_it + R_jt + TR_ijt + C_kt + TC_ikt + RC_jkt + E_ijkt,

with μ_i0 = 0, μ_i1 = μ + τ_i and independent normal effects. Every effect is drawn for each class by itself; of the
positive cases C, TC, RC and E are 1/b times as large.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from readerstudy.stats.design.checks import check_count, check_finite
from readerstudy.stats.inputs import read_only
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import FloatArray, IntArray, StatisticsInputError

ALGORITHM = "algorithm"
_VARIANCES = "var_r", "var_tr", "var_c", "var_tc", "var_rc", "var_e"
_ROUNDING = 1e-9
# Scores drawn at once, 64 MiB of them.
_BLOCK = 2**23


@dataclass(frozen=True)
class RoeMetz:
    """The parameters of a simulated study.

    `mu` separates the classes, `tau` adds to it in each modality; of the variances those of the cases (`var_c`,
    `var_tc`, `var_rc`, `var_e`) sum to 1, as Roe and Metz fix the scale. Options: `cuts` makes ordinal categories 1,
    2, ... of the scores; with `blocks` above 1 each block of readers reads its own block of the cases (split-plot);
    `missing` is the share of readings left out at random; `algorithm` is the separation of a standalone algorithm,
    which reads all cases with the case effects of the readers and no reader effect (one modality). Raises
    StatisticsInputError for anything that does not fit.
    """

    mu: float
    n_readers: int
    n_negative: int
    n_positive: int
    var_r: float
    var_tr: float
    var_c: float
    var_tc: float
    var_rc: float
    var_e: float
    tau: tuple[float, ...] = (0.0, 0.0)
    b: float = 1.0
    cuts: tuple[float, ...] | None = None
    blocks: int = 1
    missing: float = 0.0
    algorithm: float | None = None

    def __post_init__(self) -> None:
        """Checks everything above."""
        check_finite(self, "mu", "b", "missing", *_VARIANCES)
        for count, what in ((self.n_readers, "readers"), (self.n_negative, "negative cases"), (self.n_positive, "positive cases"), (self.blocks, "blocks")):  # fmt: skip
            check_count(count, what)
        _check_scale(self)
        _check_options(self)

    @property
    def truth(self) -> IntArray:
        """(K,): the negative cases first."""
        return read_only(np.repeat(np.array([0, 1]), [self.n_negative, self.n_positive]))

    @property
    def auc(self) -> tuple[float, ...]:
        """The true area of each modality, expected over readers and cases: Φ((μ + τ_i) / √V) without categories.

        V = 1 + 1/b² + 2 (σ²_R + σ²_TR) is the variance of the difference of a positive and a negative score of one
        reader (Hillis, Stat Med 2018;37:2067).
        """
        return tuple(_area(self, self.mu + shift, self.var_r + self.var_tr) for shift in self.tau)

    @property
    def algorithm_auc(self) -> float | None:
        """The true area of the algorithm, Φ(separation / √(1 + 1/b²)) without categories."""
        return None if self.algorithm is None else _area(self, self.algorithm, 0.0)

    def simulate(self, rng: np.random.Generator) -> Readings:
        """One study. With an algorithm it is the last reader, named "algorithm"."""
        scores = self.simulate_many(rng, 1)[0][0]
        modalities = tuple(str(i + 1) for i in range(len(self.tau)))
        readers = tuple(str(j + 1) for j in range(self.n_readers))
        cases = tuple(str(k + 1) for k in range(self.truth.size))
        extra = () if self.algorithm is None else (ALGORITHM,)
        return Readings(modalities, readers + extra, cases, self.truth, read_only(scores))

    def simulate_many(self, rng: np.random.Generator, studies: int) -> tuple[FloatArray, IntArray]:
        """Scores of many studies (S, I, J, K), NaN where a case is not read, and their truth (K,).

        Needs room for the result and one block of 64 MiB, or of one study. The same generator state and number of
        studies give the same scores.
        """
        check_count(studies, "studies")
        shape = len(self.tau), self.n_readers + (self.algorithm is not None), self.truth.size
        scores = np.empty((studies, *shape))
        for part in _parts(studies, math.prod(shape)):
            _fill(self, rng, scores[part])
        return scores, self.truth


def _parts(studies: int, size: int) -> Iterator[slice]:
    step = max(1, _BLOCK // size)
    return (slice(start, start + step) for start in range(0, studies, step))


def _fill(model: RoeMetz, rng: np.random.Generator, scores: FloatArray) -> None:
    """Writes scores (S, I, J, K), one class after the other."""
    first = 0
    for count, separation, scale in (
        (model.n_negative, 0.0, 1.0),
        (model.n_positive, 1.0, 1 / model.b),
    ):
        own = scores[..., first : first + count]
        _draw_readers(model, rng, own[:, :, : model.n_readers], separation)
        case = _draw_cases(model, rng, own, scale)
        if model.algorithm is not None:
            noise = rng.standard_normal(case[:, :, 0].shape) * math.sqrt(model.var_rc + model.var_e)
            own[:, :, -1] = separation * model.algorithm + case[:, :, 0] + scale * noise
        first += count
    if model.cuts is not None:
        scores[...] = np.searchsorted(np.array(model.cuts), scores, side="right") + 1
    _leave_out(model, rng, scores)


def _draw_readers(
    model: RoeMetz, rng: np.random.Generator, scores: FloatArray, separation: float
) -> None:
    """μ + τ_i for the positive class, R_j + TR_ij, the same for all cases."""
    S, I, J, _K = scores.shape
    reader = math.sqrt(model.var_r) * rng.standard_normal((S, 1, J, 1))
    reader = reader + math.sqrt(model.var_tr) * rng.standard_normal((S, I, J, 1))
    mean = separation * (model.mu + np.array(model.tau))
    scores[...] = mean[:, np.newaxis, np.newaxis] + reader


def _draw_cases(
    model: RoeMetz, rng: np.random.Generator, scores: FloatArray, scale: float
) -> FloatArray:
    """Adds C_k + TC_ik + RC_jk + E_ijk to the readers' scores; returns C_k + TC_ik (S, I, 1, K)."""
    S, I, _J, K = scores.shape
    readers = scores[:, :, : model.n_readers]
    J = model.n_readers
    case = scale * math.sqrt(model.var_c) * rng.standard_normal((S, 1, 1, K))
    case = case + scale * math.sqrt(model.var_tc) * rng.standard_normal((S, I, 1, K))
    readers += case
    readers += scale * math.sqrt(model.var_rc) * rng.standard_normal((S, 1, J, K))
    readers += scale * math.sqrt(model.var_e) * rng.standard_normal((S, I, J, K))
    return np.asarray(case)


def _leave_out(model: RoeMetz, rng: np.random.Generator, scores: FloatArray) -> None:
    """NaN where a reader of another block would read, and in a random share of the readers' cells."""
    readers = scores[:, :, : model.n_readers]
    if model.blocks > 1:
        group = np.arange(model.n_readers) * model.blocks // model.n_readers
        block = np.concatenate([np.arange(n) * model.blocks // n for n in (model.n_negative, model.n_positive)])  # fmt: skip
        readers[:, :, group[:, np.newaxis] != block] = np.nan
    if model.missing:
        readers[rng.random(readers.shape) < model.missing] = np.nan


def _area(model: RoeMetz, separation: float, reader_variance: float) -> float:
    """P(positive score > negative score) + ½ P(equal): the scores of the classes are independent."""
    negative, positive = math.sqrt(1 + reader_variance), math.sqrt(1 / model.b**2 + reader_variance)
    if model.cuts is None:
        return float(ndtr(separation / math.hypot(negative, positive)))
    cuts = np.array([-np.inf, *model.cuts, np.inf])
    below = ndtr(cuts / negative)
    share = np.diff(ndtr((cuts - separation) / positive))
    return float(share @ (below[:-1] + below[1:]) / 2)


def _check_scale(model: RoeMetz) -> None:
    for name in _VARIANCES:
        if getattr(model, name) < 0:
            raise StatisticsInputError(f"{name} must not be negative; it is {getattr(model, name)}.")  # fmt: skip
    total = model.var_c + model.var_tc + model.var_rc + model.var_e
    if abs(total - 1) > _ROUNDING:
        raise StatisticsInputError(f"var_c, var_tc, var_rc and var_e must sum to 1, not to {total:.6g}.")  # fmt: skip
    if model.b <= 0:
        raise StatisticsInputError(f"b must be above zero, not {model.b}.")
    if not model.tau or not all(math.isfinite(shift) for shift in model.tau):
        raise StatisticsInputError(f"tau needs a finite number for each modality, not {model.tau}.")


def _check_options(model: RoeMetz) -> None:
    cuts = model.cuts or ()
    if any(low >= high for low, high in itertools.pairwise(cuts)) or not all(map(math.isfinite, cuts)):  # fmt: skip
        raise StatisticsInputError(f"The cut-points must be finite and increase: {cuts}.")
    if model.blocks > min(model.n_readers, model.n_negative, model.n_positive):
        raise StatisticsInputError(f"There are too few readers or cases for {model.blocks} blocks.")
    if not 0 <= model.missing < 1:
        raise StatisticsInputError(f"The missing share lies between 0 and 1, not {model.missing}.")
    if model.algorithm is not None and (len(model.tau) != 1 or not math.isfinite(model.algorithm)):
        raise StatisticsInputError("A standalone algorithm needs one modality and a finite separation.")  # fmt: skip
