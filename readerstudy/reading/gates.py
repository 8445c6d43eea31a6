"""What has to be done before a reader sees cases, and what ends the answering."""

from readerstudy.core.errors import Conflict
from readerstudy.reading.conduct import conduct_of
from readerstudy.reading.order import OrderState
from readerstudy.reading.practice import practice_missing
from readerstudy.studies.models import Enrolment


def check_may_answer(enrolment: Enrolment, order: OrderState) -> None:
    """Raises Conflict while the reader's profile or practice is missing, and once they have signed."""
    if conduct_of(enrolment.study).profile_fields and not order.has_profile:
        raise Conflict("Please answer the questions about yourself first.", code="profile_missing")
    if practice_missing(enrolment):
        raise Conflict("Please finish the practice first.", code="practice_missing")
    if order.is_signed:
        raise Conflict(
            "You have signed your readings; they can no longer be changed.", code="signed"
        )
