"""What the database asks of a stored answer, to a case of the study or of practice."""

from django.db.models import Q

from readerstudy.reading.choices import ManagementDecision, NotAssessable
from readerstudy.reading.rating import FIRST_BIOPSY, PERCENT, SIX_POINTS
from readerstudy.studies.choices import Scale

GRADED = Q(decision__in=ManagementDecision.values, not_assessable_reason="")
NOT_ASSESSABLE = Q(
    decision="",
    not_assessable_reason__in=NotAssessable.values,
    confidence__isnull=True,
    value__isnull=True,
)
_TWO_STEP = Q(scale=Scale.TWO_STEP, value__isnull=True)
# The decision of the six points is that of the side of the line.
_SIX_POINT = Q(scale=Scale.SIX_POINT, confidence__isnull=True) & (
    Q(decision=ManagementDecision.NONE, value__range=(SIX_POINTS[0], FIRST_BIOPSY - 1))
    | Q(decision=ManagementDecision.BIOPSY, value__range=(FIRST_BIOPSY, SIX_POINTS[-1]))
)
_PERCENT = Q(scale=Scale.PERCENT, confidence__isnull=True, value__range=(PERCENT[0], PERCENT[-1]))
ON_ITS_SCALE = Q(decision="") | _TWO_STEP | _SIX_POINT | _PERCENT
