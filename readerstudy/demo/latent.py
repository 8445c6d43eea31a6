"""A latent model of readers: case difficulty, reader skill, decision threshold.

Reader j perceives case k with the strength x_jk = d_j z_k + e_jk, where z_k is how suspicious the case looks
(the same for all readers: hard cases are hard for everybody), d_j the reader's skill and e_jk ~ N(0, 1) the
reader's own noise, and decides for a biopsy when x_jk exceeds the threshold t_j. It is the probit form of the
model behind MRMC simulation (Roe and Metz, Acad Radiol 1997;4:298). Skill and mean threshold of each
rank group are solved so that the group's expected sensitivity and specificity meet their targets.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.stats import norm, t

from readerstudy.demo.panel import GROUPS, Group

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Spread:
    """How much readers of a group differ: the scale of their thresholds and of the logarithm of their skill."""

    threshold: float = 0.45
    log_skill: float = 0.05
    tails: float = 3.0


@dataclass(frozen=True)
class Answers:
    """What the panel answered. Arrays of readers × cases; `group` has one entry per reader."""

    group: tuple[str, ...]
    biopsy: NDArray[np.bool_]
    confidence: IntArray
    milliseconds: IntArray


def simulate(
    *,
    truth: IntArray,
    atypia: FloatArray,
    rng: np.random.Generator,
    spread: Spread | None = None,
    groups: tuple[Group, ...] = GROUPS,
) -> Answers:
    """The answers of the whole panel.

    `truth` (K,) is 1 for melanoma; `atypia` (K,) in [0, 1] is how melanoma-like the photograph looks.
    """
    spread = spread or Spread()
    suspicion = case_suspicion(truth=truth, atypia=atypia, rng=rng)
    parts = [_simulate_group(group, truth, suspicion, spread, rng) for group in groups]
    names = tuple(group.name for group in groups for _ in range(group.readers))
    return Answers(names, *(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def case_suspicion(*, truth: IntArray, atypia: FloatArray, rng: np.random.Generator) -> FloatArray:
    """How suspicious each case looks to a dermatologist (K,), of mean 0 and SD 1 over the nevi.

    Mostly what the photograph shows; a part is what only a dermatologist sees in it.
    """
    looks = (atypia - atypia[truth == 0].mean()) / atypia[truth == 0].std()
    insight = rng.normal(size=truth.size) + 1.2 * truth
    combined = 0.8 * looks + 0.6 * insight
    return (combined - combined[truth == 0].mean()) / combined[truth == 0].std()


def _simulate_group(
    group: Group, truth: IntArray, suspicion: FloatArray, spread: Spread, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], IntArray, IntArray]:
    offsets = _stratified(group.readers, rng, spread.tails) * spread.threshold
    factors = np.exp(_stratified(group.readers, rng, spread.tails) * spread.log_skill)
    skill, threshold = solve_group(group, truth, suspicion, offsets, factors)
    evidence = np.outer(skill * factors, suspicion) + rng.normal(size=(group.readers, truth.size))
    margin = evidence - (threshold + offsets)[:, None]
    # Confidence and time follow the distance from the threshold on a scale that does not depend on the skill.
    distance = np.abs(margin) / np.sqrt(np.mean(margin**2))
    return margin > 0, _confidence(distance, rng), _milliseconds(distance, rng)


def _stratified(size: int, rng: np.random.Generator, tails: float) -> FloatArray:
    """Deviates of Student's t with `tails` degrees of freedom, one from each of `size` equal slices, in random order.

    Slices, so that small groups keep their spread; heavy tails, because the paper's extreme readers are extreme.
    """
    quantiles: FloatArray = t.ppf((rng.permutation(size) + 0.5) / size, tails)
    return quantiles


def solve_group(
    group: Group, truth: IntArray, suspicion: FloatArray, offsets: FloatArray, factors: FloatArray
) -> tuple[float, float]:
    """Skill and threshold at which the group's expected sensitivity and specificity are its targets."""

    def misses(parameters: FloatArray) -> FloatArray:
        skill, threshold = parameters
        biopsy = norm.cdf(np.outer(skill * factors, suspicion) - (threshold + offsets)[:, None])
        sensitivity, specificity = biopsy[:, truth == 1].mean(), 1 - biopsy[:, truth == 0].mean()
        return np.array([sensitivity - group.sensitivity, specificity - group.specificity])

    skill, threshold = least_squares(misses, x0=[1.0, 0.5]).x
    return float(skill), float(threshold)


def _confidence(distance: FloatArray, rng: np.random.Generator) -> IntArray:
    """1 to 5 by the distance from the reader's own threshold, in units of the reader's own scale."""
    scale = np.exp(rng.normal(0.0, 0.2, size=(distance.shape[0], 1)))
    return 1 + np.searchsorted([0.2, 0.5, 0.9, 1.4], distance * scale).astype(np.int64)


def _milliseconds(distance: FloatArray, rng: np.random.Generator) -> IntArray:
    """Time to the decision: about 6 s, longer for cases near the threshold, each reader at their own pace."""
    pace = rng.normal(0.0, 0.3, size=(distance.shape[0], 1))
    noise = rng.normal(0.0, 0.35, size=distance.shape)
    return (1000 * np.exp(np.log(7.0) + pace - 0.25 * distance + noise)).astype(np.int64)
