"""Non-inferiority of each difference that the command found."""

from readerstudy.stats.against.hypotheses import Claim, claim
from readerstudy.stats.command.blocks import (
    DifferenceRow,
    HypothesisRow,
    MrmcBlock,
    StandaloneBlock,
)
from readerstudy.stats.result import Estimate


def hypothesis_rows(
    mrmc: MrmcBlock | None, standalone: StandaloneBlock | None, alpha: float, margin: float | None
) -> tuple[HypothesisRow, ...]:
    """Of the algorithm, and of either modality of each pair, with readers and cases random; one-sided at alpha / 2."""
    if margin is None:
        return ()
    rows = []
    if standalone is not None and standalone.rrrc is not None:
        found = Estimate(standalone.effect, standalone.rrrc.low, standalone.rrrc.high, "", se=standalone.rrrc.se, df=standalone.rrrc.df)  # fmt: skip
        rows.append(_row(standalone.algorithm, "readers", claim(found, margin, alpha=alpha / 2)))
    for difference in mrmc.rrrc.differences if mrmc is not None and mrmc.rrrc is not None else ():
        for first, second, sign in (
            (difference.a, difference.b, 1),
            (difference.b, difference.a, -1),
        ):
            rows.append(_row(first, second, claim(_turned(difference, sign), margin, alpha=alpha / 2)))  # fmt: skip
    return tuple(rows)


def _turned(row: DifferenceRow, sign: int) -> Estimate:
    return Estimate(sign * row.estimate, None, None, "", se=row.se, df=row.df)


def _row(first: str, second: str, found: Claim) -> HypothesisRow:
    text = found.text.replace("The algorithm is", f"{first} is").replace("the algorithm is", f"{first} is").replace("that it is", f"that {first} is")  # fmt: skip
    return HypothesisRow(f"{first} - {second}", found.estimate, found.margin, found.p_non_inferior, found.p_superior, text)  # fmt: skip
