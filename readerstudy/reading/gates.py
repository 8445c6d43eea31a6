"""What has to be done before a reader sees cases, and what ends the answering."""

from readerstudy.core.errors import Conflict
from readerstudy.reading.standing import Standing


def check_may_answer(standing: Standing) -> None:
    """Raises Conflict while the reader's profile is missing, and once they have signed."""
    if standing.profile_missing:
        raise Conflict("Please answer the questions about yourself first.", code="profile_missing")
    if standing.is_signed:
        raise Conflict(
            "You have signed your readings; they can no longer be changed.", code="signed"
        )
