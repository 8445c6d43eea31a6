"""What an analysis by U-statistics returns."""

from dataclasses import dataclass

from readerstudy.stats.render import Rendered


@dataclass(frozen=True)
class _Inference(Rendered):
    """Variance, degrees of freedom and test of one estimate, unbiased and (`_mle`) from the biased moments.

    `df_bdg` is not rounded. Limits are not clipped. What cannot be computed is None and `reason` says why; a reason
    may also stand beside a full test, as a caution.
    """

    estimate: float | None
    variance: float | None
    se: float | None
    df_bdg: float | None
    low: float | None
    high: float | None
    p: float | None
    variance_mle: float | None
    se_mle: float | None
    df_bdg_mle: float | None
    low_mle: float | None
    high_mle: float | None
    p_mle: float | None
    reason: str | None


@dataclass(frozen=True)
class _OfModality(Rendered):
    modality: str
    n_readers: int
    n_positive: int
    n_negative: int


@dataclass(frozen=True)
class _OfPair(Rendered):
    a: str
    b: str
    readers_paired: bool
    positives_paired: bool
    negatives_paired: bool


# A dataclass takes the fields of its last base first: what a row is about comes before its numbers.
@dataclass(frozen=True)
class ModalityUStatistic(_Inference, _OfModality):
    """The reader-averaged figure of a modality and what was read in it; p tests the hypothesis 0.5."""


@dataclass(frozen=True)
class DifferenceUStatistic(_Inference, _OfPair):
    """Modality a − modality b; p tests the hypothesis 0. A factor is paired if the modalities share some of it."""


@dataclass(frozen=True)
class Decomposition(Rendered):
    """The covariance of two modalities' averages (of one modality: its variance), taken apart.

    M1 to M4 are moments of the same reader, M5 to M8 of different readers: same cases, same positive, same negative,
    different cases. Components: N (negative cases), D (positive cases), ND, R (readers), NR, DR, RND. `_mle` names what
    belongs to the biased moments; the coefficients serve both.
    """

    a: str
    b: str
    covariance: float | None
    covariance_mle: float
    moments: tuple[float, ...]
    moments_mle: tuple[float, ...]
    coefficients: tuple[float, ...]
    components: tuple[float, ...]
    components_mle: tuple[float, ...]
    component_coefficients: tuple[float, ...]


@dataclass(frozen=True)
class UStatistics(Rendered):
    """Multi-reader multi-case analysis of a study of any design, readers and cases random."""

    figure: str
    method: str
    design: str
    level: float
    modalities: tuple[ModalityUStatistic, ...]
    differences: tuple[DifferenceUStatistic, ...]
    decompositions: tuple[Decomposition, ...]

    def decomposition(self, a: str, b: str | None = None) -> Decomposition:
        """Of two modalities in this order, or of one. Raises KeyError where there is none."""
        return {(each.a, each.b): each for each in self.decompositions}[a, b or a]
