"""Variance components of a pilot study or of the literature."""

from dataclasses import dataclass

from readerstudy.stats.design.checks import check_count, check_finite
from readerstudy.stats.design.terms import ErrorTerms, Model
from readerstudy.stats.render import Rendered
from readerstudy.stats.result import StatisticsInputError

# Components are printed with few digits; below this part of Var a negative difference is rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class VarianceComponents(Rendered):
    """Components of Obuchowski and Rockette for the difference of two modalities, from `n_cases` cases.

    Error variance and covariances of the figure of merit: `var` of one reading, `cov1` same reader, other modality;
    `cov2` same modality, other reader; `cov3` both others. `var_tr` is the reader-by-modality variance; a negative
    estimate counts as zero. `source` says where the numbers come from. Raises StatisticsInputError for numbers that
    cannot belong to one study.
    """

    var: float
    cov1: float
    cov2: float
    cov3: float
    var_tr: float
    n_cases: int
    source: str
    n_readers: int | None = None
    var_r: float | None = None

    def __post_init__(self) -> None:
        """Checks the above."""
        check_finite(self, "var", "cov1", "cov2", "cov3", "var_tr")
        check_count(self.n_cases, "cases")
        if self.var <= 0:
            raise StatisticsInputError(f"The error variance must be above zero, not {self.var}.")
        self._own()

    def _own(self) -> float:
        own = self.var - self.cov1 - max(self.cov2 - self.cov3, 0.0)
        return _not_negative(own, self.var, "Var − Cov1 − max(Cov2 − Cov3, 0)")

    def terms(self, model: Model) -> ErrorTerms:
        """Hillis, Obuchowski, Berbaum, Acad Radiol 2011;18:129: Cov2 − Cov3 and σ²_TR are held at zero or above."""
        shared = max(self.cov2 - self.cov3, 0.0)
        return _terms(model, self.var_tr, self._own(), shared, contrast=2.0, n_cases=self.n_cases)


@dataclass(frozen=True)
class StandaloneComponents(Rendered):
    """Components of the differences D_j between an algorithm and each of the readers, from `n_cases` cases.

    `var` is the error variance of D_j, `cov2` the error covariance of two of them (both contain the error of the
    algorithm), `var_r` the variance of the true differences between readers; a negative estimate counts as zero.
    Raises StatisticsInputError for numbers that cannot belong to one study.
    """

    var: float
    cov2: float
    var_r: float
    n_cases: int
    source: str
    n_readers: int | None = None

    def __post_init__(self) -> None:
        """Checks the above."""
        check_finite(self, "var", "cov2", "var_r")
        check_count(self.n_cases, "cases")
        if self.var <= 0:
            raise StatisticsInputError(f"The error variance must be above zero, not {self.var}.")
        self._own()

    def _own(self) -> float:
        return _not_negative(self.var - max(self.cov2, 0.0), self.var, "Var − max(Cov2, 0)")

    def terms(self, model: Model) -> ErrorTerms:
        """MS(D) estimates σ²_R + Var − Cov2, and Var(D̄) = (σ²_R + Var − Cov2) / J + Cov2.

        From the test of Hillis, Stat Med 2007;26:596, §5.3, applied to differences; the error scales with 1 / K as in
        Hillis, Obuchowski, Berbaum, Acad Radiol 2011;18:129.
        """
        shared = max(self.cov2, 0.0)
        return _terms(model, self.var_r, self._own(), shared, contrast=1.0, n_cases=self.n_cases)


def _terms(
    model: Model, readers: float, own: float, shared: float, *, contrast: float, n_cases: int
) -> ErrorTerms:
    """Fixed readers have no variance between them; fixed cases no error that the readers share."""
    fixed = model is Model.FRRC
    return ErrorTerms(
        readers=0.0 if fixed else max(readers, 0.0),
        own=own,
        shared=0.0 if model is Model.RRFC else shared,
        contrast=contrast,
        n_cases=n_cases,
        fixed_readers=fixed,
    )


def _not_negative(value: float, scale: float, name: str) -> float:
    if value < -_ROUNDING * scale:
        raise StatisticsInputError(f"{name} is {value:.3g}: such components cannot belong to one study.")  # fmt: skip
    return max(value, 0.0)
