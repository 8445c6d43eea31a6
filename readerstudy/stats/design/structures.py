"""The twelve structures that Roe and Metz simulated: Roe and Metz, Acad Radiol 1997;4:298, Table 1."""

from enum import StrEnum

from readerstudy.stats.design.roe_metz import RoeMetz
from readerstudy.stats.result import StatisticsInputError

# Separation μ → σ²_R = σ²_TR with a high variance of the readers; the areas Φ(μ / √2) are 0.702, 0.855 and 0.961.
_HIGH_READER_VARIANCE = {0.75: 0.011, 1.5: 0.03, 2.5: 0.056}
_LOW_READER_VARIANCE = 0.0055
# σ²_C, σ²_TC, σ²_RC, σ²_ε
_HIGH_CORRELATION = 0.3, 0.3, 0.2, 0.2
_LOW_CORRELATION = 0.1, 0.1, 0.2, 0.6


class Structure(StrEnum):
    """First letter: high or low correlation of the scores of a case; second: high or low variance of the readers."""

    HH = "HH"
    HL = "HL"
    LH = "LH"
    LL = "LL"


def roe_metz_structure(
    structure: Structure | str,
    mu: float,
    *,
    n_readers: int,
    n_negative: int,
    n_positive: int,
    tau: tuple[float, ...] = (0.0, 0.0),
) -> RoeMetz:
    """One of the structures; μ is 0.75, 1.5 or 2.5. Raises StatisticsInputError for others."""
    known = ", ".join(map(str, _HIGH_READER_VARIANCE))
    if structure not in list(Structure) or mu not in _HIGH_READER_VARIANCE:
        raise StatisticsInputError(f"Roe and Metz have the structures {', '.join(Structure)} with mu {known}, not {structure} with {mu}.")  # fmt: skip
    correlation, readers = Structure(structure).value
    reader = _HIGH_READER_VARIANCE[mu] if readers == "H" else _LOW_READER_VARIANCE
    c, tc, rc, e = _HIGH_CORRELATION if correlation == "H" else _LOW_CORRELATION
    return RoeMetz(
        mu=mu,
        n_readers=n_readers,
        n_negative=n_negative,
        n_positive=n_positive,
        var_r=reader,
        var_tr=reader,
        var_c=c,
        var_tc=tc,
        var_rc=rc,
        var_e=e,
        tau=tau,
    )
