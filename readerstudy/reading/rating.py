"""The rating: one number from decision and confidence, for ROC analysis."""

from readerstudy.reading.choices import ManagementDecision


def rating(decision: str, confidence: int | None) -> float:
    """+confidence for biopsy / further treatment, −confidence for none; ±1 where no confidence was asked for.

    Strictly monotone: the surer of a biopsy the higher, the surer of none the lower, and no two answers collide.
    """
    strength = 1 if confidence is None else confidence
    return float(strength if decision == ManagementDecision.BIOPSY else -strength)
