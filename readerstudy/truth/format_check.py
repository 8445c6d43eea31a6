"""The format-confound check before the lock (U-14): can the truth be told from the photographs' files alone?"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.studies.hooks import LockFinding
from readerstudy.studies.models import Study
from readerstudy.truth.choices import Colour, Reason
from readerstudy.truth.confounds import (
    LEVEL,
    MIN_PER_CLASS,
    RED_ABOVE,
    Confound,
    confound_of,
    enough_of_both,
)
from readerstudy.truth.features import Origin, case_features
from readerstudy.truth.models import ReferenceStandard

NAME = "format_confounds"
TEMPLATE = "truth/_confounds.html"


def format_check(study: Study) -> LockFinding:
    """Every feature of the files against the truth of the study's cases; red ones need a justification.

    Tells rounded AUCs alone and asks for at least ten cases of each class, so that no single case's truth shows.
    """
    section = confound_section(study.image_set)
    is_red = any(one["colour"] == Colour.RED for one in section["features"])
    return LockFinding(section=section, needs_justification=is_red)


def verify_confounds(study: Study, section: dict[str, Any]) -> Iterator[str]:
    """A sentence where the check gives something else than at the lock."""
    now = confound_section(study.image_set)
    if any(section.get(name) != value for name, value in now.items()):
        yield "The check of the files against the reference standard does not give what it gave at the lock."


def confound_section(image_set: ImageSet) -> dict[str, Any]:
    """The check as JSON: `features`, or the `reason` why nothing is tested."""
    cases = list(
        Case.objects.filter(image_set=image_set).order_by("pk").values_list("pk", flat=True)
    )
    truth = dict(
        ReferenceStandard.objects.filter(case__in=cases).values_list("case_id", "malignant")
    )
    if not cases or len(truth) < len(cases):
        return _section([], reason=Reason.NO_TRUTH)
    malignant = np.array([truth[case] for case in cases], dtype=bool)
    if not enough_of_both(malignant):
        return _section([], reason=Reason.TOO_FEW)
    columns = case_features(_origins(image_set, cases))
    return _section([confound_of(malignant, column) for column in columns])


def _origins(image_set: ImageSet, cases: list[int]) -> list[list[Origin]]:
    """The facts of the files of each case's images, in the order of the cases."""
    found: dict[int, list[Origin]] = defaultdict(list)
    images = Image.objects.filter(case__image_set=image_set).order_by("case_id", "ordinal")
    for case, origin in images.values_list("case_id", "origin"):
        found[case].append(origin)
    return [found[case] for case in cases]


def _section(confounds: list[Confound], reason: Reason = Reason.NONE) -> dict[str, Any]:
    # What is the same for all cases cannot become amber by chance.
    tested = sum(one.auc is not None and one.reason != Reason.CONSTANT for one in confounds)
    return {
        "level": LEVEL,
        "red_above": RED_ABOVE,
        "min_per_class": MIN_PER_CLASS,
        "tested": tested,
        "amber_by_chance": round((1 - LEVEL) * tested, 1),
        "reason": reason.value,
        "features": [one.as_dict() for one in confounds],
    }
