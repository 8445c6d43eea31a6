"""Which photographs a reader may be shown now."""

from datetime import datetime

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.reading.order import order_state
from readerstudy.reading.practice import practice_missing
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Position


def shown_position_for(user: User, public_id: str, *, now: datetime) -> Position:
    """A position whose image the reader may see now: next or soon to come, or read in the session they are in.

    Raises NotFound for everything else, so that nobody can look ahead, at another's, or back during the washout.
    """
    position = (
        Position.objects.filter(
            public_id=public_id,
            enrolment__user=user,
            enrolment__state=EnrolmentState.ACTIVE,
            enrolment__study__state=StudyState.READING,
            study_case__withdrawn_at=None,
        )
        .select_related("enrolment__study__protocol", "study_case__case")
        .first()
    )
    if position is None or not _is_within_reach(position, now):
        raise NotFound("There is no such image.")
    return position


def _is_within_reach(position: Position, now: datetime) -> bool:
    """Nobody sees a photograph of the study before they have practised."""
    if practice_missing(position.enrolment):
        return False
    return position.pk in order_state(position.enrolment, now=now).within_reach
