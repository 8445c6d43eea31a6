"""What has to be done before a reader sees cases, and what ends the answering."""

from readerstudy.core.errors import Conflict
from readerstudy.reading.conduct import conduct_of
from readerstudy.reading.practice import practice_missing
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Enrolment


def check_may_answer(enrolment: Enrolment) -> None:
    """Raises Conflict while the reader's profile or practice is missing, once they have signed, and once the study is closed.

    One query for profile, signature and state, since it is asked with every answer. Call it while the reader's row is held:
    a study that was closed while it was waited for is closed here, and one that is closed from now on waits for the answer.
    """
    of_reader = Enrolment.objects.filter(pk=enrolment.pk).order_by()
    named = of_reader.values_list("profile__pk", "attestation__pk", "study__state")
    profile, signature, state = named.get()
    if state != StudyState.READING:
        raise Conflict("The study is not open for reading.", code="study_not_open")
    if profile is None and conduct_of(enrolment.study).profile_fields:
        raise Conflict("Please answer the questions about yourself first.", code="profile_missing")
    if practice_missing(enrolment):
        raise Conflict("Please finish the practice first.", code="practice_missing")
    if signature is not None:
        raise Conflict(
            "You have signed your readings; they can no longer be changed.", code="signed"
        )
