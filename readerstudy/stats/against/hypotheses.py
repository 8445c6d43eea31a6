"""Superiority and non-inferiority of an algorithm, and what may be said of the result.

One-sided tests at 0.025 with the standard error and df of the comparison (Chen, Petrick, Sahiner, Acad Radiol
2012;19:1158); non-inferiority first, then superiority at the same level (closed testing).
"""

from dataclasses import dataclass
from typing import Protocol

from readerstudy.stats.render import Rendered
from readerstudy.stats.result import StatisticsInputError
from readerstudy.stats.tails import upper_p

METHOD = "One-sided t tests at {alpha:g}, non-inferiority with margin {margin:g}, then superiority (closed testing)"
BOTH = "One-sided t tests at {alpha:g} of sensitivity and of specificity, both must hold (intersection-union)"


class _Compared(Protocol):
    """A difference with its standard error and degrees of freedom (None: normal)."""

    @property
    def se(self) -> float | None: ...
    @property
    def df(self) -> float | None: ...
    @property
    def reason(self) -> str | None: ...


@dataclass(frozen=True)
class Claim(Rendered):
    """What a difference shows; larger is better. `p_superior` is None unless non-inferiority was shown first."""

    estimate: float | None
    margin: float
    alpha: float
    p_non_inferior: float | None
    p_superior: float | None
    non_inferior: bool
    superior: bool
    text: str
    method: str
    reason: str | None = None


@dataclass(frozen=True)
class JointClaim(Rendered):
    """What two differences show together: p is the larger of the two."""

    sensitivity: Claim
    specificity: Claim
    p: float | None
    holds: bool
    text: str
    method: str


def claim(difference: _Compared, margin: float = 0.0, *, alpha: float = 0.025) -> Claim:
    """Non-inferiority within the margin, (difference + margin) / SE, then superiority, difference / SE.

    Takes any result with se, df and a difference (`effect`, `value`, `estimate` or `mean`). Margin 0 tests superiority
    alone. Raises StatisticsInputError for a negative margin and for alpha outside 0 to 0.5.
    """
    if margin < 0:
        raise StatisticsInputError(f"A non-inferiority margin must not be negative: {margin:g}.")
    if not 0 < alpha <= 0.5:  # noqa: PLR2004 (one-sided)
        raise StatisticsInputError(f"A one-sided level must lie between 0 and 0.5, not {alpha:g}.")
    method, value = METHOD.format(alpha=alpha, margin=margin), _value_of(difference)
    if not difference.se or value is None:
        reason = difference.reason or "There is no standard error to test with."
        return Claim(value, margin, alpha, None, None, False, False, "The data allow no test.", method, reason)  # fmt: skip
    inferior = upper_p((value + margin) / difference.se, difference.df)
    non_inferior = inferior <= alpha
    p = upper_p(value / difference.se, difference.df) if non_inferior else None
    superior = p is not None and p <= alpha
    text = _text(non_inferior=non_inferior, superior=superior, margin=margin)
    return Claim(value, margin, alpha, inferior, p, non_inferior, superior, text, method)


def claim_on_both(
    sensitivity: _Compared,
    specificity: _Compared,
    *,
    margins: tuple[float, float] = (0.0, 0.0),
    alpha: float = 0.025,
) -> JointClaim:
    """Both rates at once, margin 0 for superiority in one: no correction, since both must hold (Berger 1982).

    Berger, Technometrics 1982;24:295. Raises StatisticsInputError as `claim`.
    """
    pairs = zip((sensitivity, specificity), margins, strict=True)
    claims = [claim(difference, margin, alpha=alpha) for difference, margin in pairs]
    known = [each.p_non_inferior for each in claims]
    p = None if None in known else max(value for value in known if value is not None)
    holds = all(each.non_inferior for each in claims)
    told = "Both hypotheses hold." if holds else "The data do not show both hypotheses."
    return JointClaim(claims[0], claims[1], p, holds, told, BOTH.format(alpha=alpha))


def _value_of(difference: object) -> float | None:
    for name in ("effect", "value", "estimate", "mean"):
        found = getattr(difference, name, None)
        if isinstance(found, float):
            return found
    return None


def _text(*, non_inferior: bool, superior: bool, margin: float) -> str:
    if superior:
        return "The algorithm is superior."
    if not margin:
        return "The data do not show that the algorithm is superior."
    if non_inferior:
        return f"The algorithm is non-inferior within the margin {margin:g}; the data do not show that it is superior."
    return f"The data do not show that the algorithm is non-inferior within the margin {margin:g}."
