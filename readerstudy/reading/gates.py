"""What has to be done before a reader sees cases, and what ends the answering."""

from readerstudy.core.errors import Conflict
from readerstudy.reading.practice import practice_missing
from readerstudy.reading.profiles import profile_missing
from readerstudy.reading.signing import is_signed
from readerstudy.studies.models import Enrolment


def check_may_answer(enrolment: Enrolment) -> None:
    """Raises Conflict while the reader's profile or practice is missing, and once they have signed."""
    if profile_missing(enrolment):
        raise Conflict("Please answer the questions about yourself first.", code="profile_missing")
    if practice_missing(enrolment):
        raise Conflict("Please finish the practice first.", code="practice_missing")
    if is_signed(enrolment):
        raise Conflict(
            "You have signed your readings; they can no longer be changed.", code="signed"
        )
