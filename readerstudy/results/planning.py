"""What a study of so many readers and cases can find, before anybody has read anything.

Shown beside the design of a draft. The variances are those that Roe and Metz simulated (Acad Radiol 1997;4:298,
structure HH, mean area 0.855); the power is that of Hillis, Obuchowski, Berbaum (Acad Radiol 2011;18:129).
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from readerstudy.stats.design import (
    Structure,
    expected_components,
    expected_standalone_components,
    power,
    roe_metz_structure,
)
from readerstudy.stats.design.power import AnyComponents
from readerstudy.studies.choices import DesignKind, StudyState
from readerstudy.studies.models import Study

TARGET = 0.8
_SEPARATION = 1.5  # of the classes: the areas are 0.855
AREA = 0.855
_LARGEST = 1 - AREA  # 0.145: no area is better than 1
_STEPS = 30
# The formulas are for studies in which every reader reads every case in every arm that is compared.
_CROSSED = (DesignKind.UNAIDED, DesignKind.CROSSOVER)


@dataclass(frozen=True)
class Plan:
    """The smallest difference of areas found with a power of 80 %. None where there is none or it cannot be told."""

    readers: int
    cases: int
    compares_arms: bool
    is_crossed: bool
    smallest: float | None

    @property
    def has_one_reader(self) -> bool:
        return self.readers == 1


def plan_of(study: Study, *, readers: int, cases: int) -> Plan | None:
    """What a draft's design can find: the CNN against the readers, or the two arms where there are two.

    None after the lock, when it is too late to plan.
    """
    if study.state != StudyState.DRAFT:
        return None
    kind = study.design.kind
    compares_arms = study.design.options.has_aided_arm
    is_crossed = kind in _CROSSED
    smallest = (
        smallest_difference(readers, cases, compares_arms=compares_arms) if is_crossed else None
    )
    return Plan(readers, cases, compares_arms, is_crossed, smallest)


@lru_cache(maxsize=256)
def smallest_difference(readers: int, cases: int, *, compares_arms: bool) -> float | None:
    """The smallest difference with power >= 80 %, two-sided α 0.05, half of the cases positive; None if there is none.

    Found by halving: the power grows with the difference.
    """
    if readers < 2 or cases < 2:  # noqa: PLR2004 (a variance needs two)
        return None
    components = _components(readers, cases, compares_arms=compares_arms)
    if not _is_found(components, readers, cases, _LARGEST):
        return None
    low, high = 0.0, _LARGEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _is_found(components, readers, cases, middle):
            high = middle
        else:
            low = middle
    return high


def _is_found(components: AnyComponents, readers: int, cases: int, difference: float) -> bool:
    found = power(components, readers, cases, difference).power
    return found is not None and found >= TARGET


def _components(readers: int, cases: int, *, compares_arms: bool) -> AnyComponents:
    positive = cases // 2
    model = roe_metz_structure(
        Structure.HH,
        _SEPARATION,
        n_readers=readers,
        n_negative=cases - positive,
        n_positive=positive,
    )
    if compares_arms:
        return expected_components(model)
    return expected_standalone_components(replace(model, tau=(0.0,), algorithm=_SEPARATION))
