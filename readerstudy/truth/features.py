"""What the photographs' files alone say of each case, as numbers: nothing of the truth goes in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.truth.choices import Feature

FloatArray = NDArray[np.float64]
Origin = Mapping[str, Any]
# Named, not measured: each level becomes a feature of its own, the share of the case's images that have it.
NAMED = (Feature.FORMAT, Feature.ORIENTATION)


@dataclass(frozen=True)
class CaseFeature:
    """One number per case (K,), NaN where it is not recorded. `level` is the one of a named feature."""

    feature: Feature
    values: FloatArray
    level: str = ""


def case_features(origins: Sequence[Sequence[Origin]]) -> list[CaseFeature]:
    """Every feature of K cases from the facts of their images' files; a case is the mean of its images."""
    return [column for feature in Feature for column in _columns(feature, origins)]


def _columns(feature: Feature, origins: Sequence[Sequence[Origin]]) -> Iterable[CaseFeature]:
    if feature == Feature.IMAGES:
        yield CaseFeature(feature, np.array([len(one) for one in origins], dtype=float))
    elif feature in NAMED:
        yield from _levels(feature, origins)
    else:
        means = [_mean([_number(feature, origin) for origin in one]) for one in origins]
        yield CaseFeature(feature, np.array(means, dtype=float))


def _number(feature: Feature, origin: Origin) -> float | None:
    if feature == Feature.ASPECT:
        width, height = origin.get("width"), origin.get("height")
        return width / height if width and height else None
    value = origin.get(feature.value)
    return None if value is None else float(value)


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else np.nan


def _levels(feature: Feature, origins: Sequence[Sequence[Origin]]) -> Iterable[CaseFeature]:
    """One column per level; of two levels one, since the other is its mirror image."""
    named = [[_name(feature, origin) for origin in one] for one in origins]
    levels = sorted({name for one in named for name in one if name})
    if not levels:
        yield CaseFeature(feature, np.full(len(origins), np.nan))
    for level in levels[1:] if len(levels) == 2 else levels:  # noqa: PLR2004 (mirror images)
        shares = [_mean([float(name == level) if name else None for name in one]) for one in named]
        yield CaseFeature(feature, np.array(shares, dtype=float), level)


def _name(feature: Feature, origin: Origin) -> str:
    value = origin.get(feature.value)
    return "" if value is None else str(value)
