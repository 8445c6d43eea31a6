"""The rating: one number from everything a reader answered on the scale, for ROC analysis."""

from readerstudy.reading.choices import ManagementDecision
from readerstudy.studies.choices import Scale

SIX_POINTS = range(1, 7)
FIRST_BIOPSY = 4
PERCENT = range(101)


def rating(
    decision: str, confidence: int | None, *, scale: str = Scale.TWO_STEP, value: int | None = None
) -> float:
    """One number for an answer; strictly monotone in (decision, how sure), and no two answers collide on any scale.

    Two steps: +confidence for biopsy / further treatment, −confidence for none; ±1 where no confidence was asked for.
    Six points: 1 to 6 become −3 to −1 and +1 to +3. Percent: the likelihood p becomes p − 101 without a biopsy and
    p + 1 with one, so that the decision comes first and the likelihood orders the answers of each decision.
    """
    biopsy = decision == ManagementDecision.BIOPSY
    if scale == Scale.TWO_STEP or value is None:
        strength = 1 if confidence is None else confidence
        return float(strength if biopsy else -strength)
    if scale == Scale.SIX_POINT:
        return float(value - 3 if biopsy else value - 4)
    return float(value + 1 if biopsy else value - len(PERCENT))


def decision_of_six(value: int) -> ManagementDecision:
    """The decision that a press from 1 to 6 stands for: the line is between 3 and 4."""
    return ManagementDecision.BIOPSY if value >= FIRST_BIOPSY else ManagementDecision.NONE
