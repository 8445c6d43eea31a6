"""What the command prints: the blocks of the analysis, with the keys of its JSON."""

from dataclasses import dataclass

from readerstudy.stats.mrmc import Components
from readerstudy.stats.render import Rendered


@dataclass(frozen=True)
class DataBlock(Rendered):
    """What the file holds; the algorithm is not counted among the readers."""

    readers: int
    modalities: int
    cases: int
    positives: int
    negatives: int
    design: str


@dataclass(frozen=True)
class ReaderRow(Rendered):
    """The AUC of one reading with DeLong's variance and interval, clipped to [0, 1]."""

    reader: str
    modality: str
    n_positive: int
    n_negative: int
    auc: float | None
    variance_delong: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class DifferenceRow(Rendered):
    """Modality a − modality b."""

    a: str
    b: str
    estimate: float
    se: float | None
    df: float | None
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True)
class ModalityRow(Rendered):
    """The readers' mean in one modality."""

    modality: str
    estimate: float
    se: float | None
    df: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ModelBlock(Rendered):
    """One model of the multi-reader analysis; `df2` is None for chi-square."""

    statistic: float | None
    df1: float | None
    df2: float | None
    p: float | None
    differences: tuple[DifferenceRow, ...]
    modalities: tuple[ModalityRow, ...]


@dataclass(frozen=True)
class MrmcBlock(Rendered):
    """Obuchowski-Rockette."""

    covariance: str
    components: Components
    rrrc: ModelBlock | None
    frrc: ModelBlock | None
    rrfc: ModelBlock | None


@dataclass(frozen=True)
class UModalityRow(Rendered):
    """The pair-weighted AUC of one modality by U-statistics."""

    modality: str
    auc: float | None
    variance: float | None
    variance_mle: float | None
    df_bdg: float | None


@dataclass(frozen=True)
class UDifferenceRow(Rendered):
    """Modality a − modality b by U-statistics."""

    a: str
    b: str
    estimate: float | None
    variance: float | None
    variance_mle: float | None
    df_bdg: float | None
    p: float | None


@dataclass(frozen=True)
class UBlock(Rendered):
    """U-statistics of any design."""

    modalities: tuple[UModalityRow, ...]
    differences: tuple[UDifferenceRow, ...]


@dataclass(frozen=True)
class RandomCases(Rendered):
    """1T-RRRC: readers and cases random."""

    se: float | None
    t: float | None
    df: float | None
    low: float | None
    high: float | None
    p: float | None
    ms: float | None
    var: float | None
    cov2: float | None


@dataclass(frozen=True)
class FixedCases(Rendered):
    """1T-RRFC: readers random, cases fixed."""

    se: float | None
    t: float | None
    df: float | None
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True)
class StandaloneBlock(Rendered):
    """The algorithm − the readers' mean."""

    algorithm: str
    effect: float
    rrrc: RandomCases | None
    rrfc: FixedCases | None


@dataclass(frozen=True)
class HypothesisRow(Rendered):
    """Non-inferiority of the first within the margin, then superiority; larger is better."""

    what: str
    estimate: float | None
    margin: float
    p_non_inferior: float | None
    p_superior: float | None
    conclusion: str


@dataclass(frozen=True)
class Reason(Rendered):
    """Why a part could not be computed, or what to know of one that could."""

    what: str
    why: str


@dataclass(frozen=True)
class FileAnalysis(Rendered):
    """All that a file of readings allows; a block that cannot be computed is None and has a reason."""

    data: DataBlock
    readers: tuple[ReaderRow, ...]
    mrmc: MrmcBlock | None
    ustatistics: UBlock | None
    standalone: StandaloneBlock | None
    hypotheses: tuple[HypothesisRow, ...]
    reasons: tuple[Reason, ...]
