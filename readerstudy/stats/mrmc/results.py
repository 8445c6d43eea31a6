"""What a multi-reader multi-case analysis returns."""

from dataclasses import dataclass, field

from readerstudy.stats.render import Rendered


@dataclass(frozen=True)
class Difference(Rendered):
    """Modality a − modality b. `df` is None for the normal distribution; limits are not clipped."""

    a: str
    b: str
    estimate: float
    se: float | None
    df: float | None
    low: float | None
    high: float | None
    p: float | None
    reason: str | None = None


@dataclass(frozen=True)
class ModalityMean(Rendered):
    """The mean over a modality's readers. `df` is None for the normal distribution; limits are not clipped."""

    modality: str
    estimate: float
    se: float | None
    df: float | None
    low: float | None
    high: float | None
    reason: str | None = None


@dataclass(frozen=True)
class ReaderDifference(Difference):
    """Modality a − modality b of one reader, cases random."""

    reader: str = field(kw_only=True)


@dataclass(frozen=True)
class ModelTest(Rendered):
    """The test that all modalities are equal under one model, with the differences and means that belong to it.

    F with `df1` and `df2`, or chi-square with `df1` where `df2` is None and `distribution` says so.
    """

    method: str
    distribution: str
    statistic: float | None
    df1: float | None
    df2: float | None
    p: float | None
    differences: tuple[Difference, ...]
    modalities: tuple[ModalityMean, ...]
    reason: str | None = None


@dataclass(frozen=True)
class Components(Rendered):
    """Error (co)variances, mean squares of the figures of merit, and variance components; None where not defined.

    Nothing is clipped: `var_r` and `var_tr` may be negative.
    """

    var: float | None
    cov1: float | None
    cov2: float | None
    cov3: float | None
    ms_t: float | None
    ms_r: float | None
    ms_tr: float | None
    var_r: float | None
    var_tr: float | None


@dataclass(frozen=True)
class ReadingValue(Rendered):
    """The figure of merit of one reader in one modality, with the standard error over cases."""

    reader: str
    modality: str
    estimate: float
    se: float | None


@dataclass(frozen=True)
class MrmcAnalysis(Rendered):
    """A multi-reader multi-case analysis: readers and cases random, readers fixed, cases fixed."""

    figure: str
    covariance: str
    design: str
    level: float
    n_readers: int
    n_positive: int
    n_negative: int
    components: Components
    rrrc: ModelTest
    frrc: ModelTest
    rrfc: ModelTest
    readings: tuple[ReadingValue, ...]
    reader_differences: tuple[ReaderDifference, ...]
    reason: str | None = None
