"""The one way to the reference standard. Every look is written down."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import NotAllowed
from readerstudy.studies.choices import StudyRole, StudyState
from readerstudy.studies.models import Study
from readerstudy.truth.models import ReferenceStandard, TruthAccess

OPEN_STATES = (StudyState.UNBLINDED, StudyState.ARCHIVED)


def reference_standards(
    *, study: Study, actor: User, purpose: str, now: datetime
) -> dict[int, ReferenceStandard]:
    """Case id → reference standard for the study's cases, withdrawn ones included; the access is logged.

    Raises NotAllowed before unblinding and for anybody but the study's coordinators.
    """
    # Asked of the database, not of the object: a caller may hold a study from before or after its time.
    state = Study.objects.values_list("state", flat=True).get(pk=study.pk)
    if state not in OPEN_STATES:
        raise NotAllowed("The reference standard stays sealed until the study is unblinded.")
    if not study.members.filter(user=actor, role=StudyRole.COORDINATOR).exists():
        raise NotAllowed("Only the study's coordinators may see the reference standard.")
    with transaction.atomic():
        access = TruthAccess.objects.create(study=study, actor=actor, purpose=purpose, at=now)
        record_event(
            actor=actor,
            verb="truth.read",
            subject=study,
            now=now,
            study_id=study.public_id,
            data={"purpose": purpose},
            evidence=[access],
        )
    standards = ReferenceStandard.objects.filter(case__image_set=study.image_set)
    return {standard.case_id: standard for standard in standards}
