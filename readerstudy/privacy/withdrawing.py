"""Answers of a reader who has left a study whose protocol says that they are deleted then."""

from datetime import datetime

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.evidence import erasing
from readerstudy.privacy.rules import privacy_of
from readerstudy.reading.models import Attestation, PracticeAnswer, PracticeRound, Reading
from readerstudy.studies.choices import AtWithdrawal
from readerstudy.studies.models import Enrolment


def remove_if_declared(*, enrolment: Enrolment, actor: User | None, now: datetime) -> None:
    """Deletes answers, practice and signature of the reader where the study declared so. Order and equipment stay."""
    if privacy_of(enrolment.study).at_withdrawal != AtWithdrawal.REMOVE:
        return
    study_id, reason = enrolment.study.public_id, "the rule of the protocol for readers who leave"
    with erasing(
        actor=actor, subject=enrolment, reason=reason, now=now, study_id=study_id
    ) as erasure:
        erasure.erase(Attestation.objects.filter(enrolment=enrolment))
        readings = erasure.erase(Reading.objects.filter(position__enrolment=enrolment))
        erasure.erase(PracticeRound.objects.filter(enrolment=enrolment))
        practice = erasure.erase(PracticeAnswer.objects.filter(enrolment=enrolment))
    record_event(
        actor=actor,
        verb="readings.removed",
        subject=enrolment,
        now=now,
        study_id=study_id,
        data={"code": enrolment.code, "readings": readings, "practice": practice},
    )
