"""Decision curves: what a test is worth at each threshold probability, against treating all or none."""

from readerstudy.stats.net_benefit.curve import (
    DecisionCurve,
    NetBenefit,
    decision_curve,
    treat_all,
)
from readerstudy.stats.net_benefit.precision import BenefitInterval
from readerstudy.stats.net_benefit.readers import (
    ReadersNetBenefit,
    mean_net_benefit,
    readers_net_benefit,
)

__all__ = [
    "BenefitInterval",
    "DecisionCurve",
    "NetBenefit",
    "ReadersNetBenefit",
    "decision_curve",
    "mean_net_benefit",
    "readers_net_benefit",
    "treat_all",
]
