"""From when on a reader may begin a later session: the washout after the one before, by the server's clock."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet

from readerstudy.studies.models import Design, Enrolment, SessionOpening


@dataclass(frozen=True)
class Gate:
    """The washout of a study, and when a coordinator opened a session to this reader before its time."""

    washout: timedelta = timedelta(0)
    openings: Mapping[int, datetime] = field(default_factory=dict)

    def opens_at(self, session: int, *, completed_at: datetime) -> datetime:
        """When the session opens to a reader who completed the one before at this time."""
        opening = completed_at + self.washout
        early = self.openings.get(session)
        return min(opening, max(early, completed_at)) if early else opening


NO_GATE = Gate()


def gate_of(enrolment: Enrolment) -> Gate:
    """The gate of one reader."""
    days = Design.objects.values_list("washout_days", flat=True).get(study=enrolment.study_id)
    openings = SessionOpening.objects.filter(enrolment=enrolment)
    return gates_of(openings, washout_days=days)[enrolment.pk]


def gates_of(openings: QuerySet[SessionOpening], *, washout_days: int) -> Mapping[int, Gate]:
    """Enrolment → gate, for every reader; `openings` are those of the readers who are asked for. One query."""
    washout = timedelta(days=washout_days)
    early: dict[int, dict[int, datetime]] = defaultdict(dict)
    rows = openings.order_by().values_list("enrolment_id", "session__number", "opened_at")
    for enrolment, session, at in rows:
        early[enrolment][session] = at
    gates = {enrolment: Gate(washout, sessions) for enrolment, sessions in early.items()}
    return defaultdict(lambda: Gate(washout), gates)
