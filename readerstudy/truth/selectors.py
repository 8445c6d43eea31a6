"""The one way to the reference standard. Every look is written down."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.studies.models import Study
from readerstudy.truth.models import ReferenceStandard, TruthAccess
from readerstudy.truth.permissions import check_may_read


def reference_standards(
    *, study: Study, actor: User, purpose: str, now: datetime
) -> dict[int, ReferenceStandard]:
    """Case id → reference standard for the study's cases, withdrawn ones included; the access is logged.

    Raises NotAllowed before unblinding and for anybody but the study's coordinators and statisticians.
    """
    check_may_read(actor, study)
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
