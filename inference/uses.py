"""How often a set of cases has been used already: the more often, the less new it is to whoever chooses a model."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from readerstudy.images.models import ImageSet
from readerstudy.studies.choices import StudyState
from readerstudy.studies.hooks import LockFinding
from readerstudy.studies.models import Study

NAME = "uses_of_the_cases"
TEMPLATE = "inference/_uses.html"


def uses_of(image_set: ImageSet, *, besides: Study | None = None) -> dict[str, Any]:
    """Studies on the image set that were locked, and model runs over it; neither of `besides`."""
    studies = Study.objects.filter(image_set=image_set).exclude(state=StudyState.DRAFT)
    if besides is not None:
        studies = studies.exclude(pk=besides.pk)
    return studies.aggregate(
        studies=Count("pk", distinct=True), model_runs=Count("model_runs", distinct=True)
    )


def uses_check(study: Study) -> LockFinding:
    """The uses before this study, for the page of the lock and its manifest."""
    return LockFinding(uses_of(study.image_set, besides=study))


def verify_uses(study: Study, section: dict[str, Any]) -> Iterator[str]:
    """Uses are never taken back, so that the cases cannot have been used less often than the lock says."""
    now = uses_of(study.image_set, besides=study)
    for name, number in section.items():
        if number > now[name]:
            words = name.replace("_", " ")
            yield f"At the lock the cases had {number} {words} besides the study, but there are {now[name]}."
