"""Reading of orders and answers. Nothing here knows truth or scores."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.images.models import Image
from readerstudy.images.selectors import primary_images
from readerstudy.reading.models import Reading
from readerstudy.reading.sign_rules import thresholds_of
from readerstudy.reading.stages import is_last_answer
from readerstudy.reading.tallies import Tally, tallies_of
from readerstudy.studies.choices import ArmKind, EnrolmentState
from readerstudy.studies.models import Enrolment, Position, Session, Study
from readerstudy.studies.selectors import own_enrolments_of

# How many cases beyond the next one may be fetched ahead.
PREFETCH = 5


@dataclass(frozen=True)
class Progress:
    """How far a reader is."""

    done: int
    total: int

    @property
    def place(self) -> int:
        """Which case comes next, counting from 1."""
        return self.done + 1

    @property
    def is_complete(self) -> bool:
        return self.done >= self.total > 0


@dataclass(frozen=True)
class ReaderProgress:
    """One line of the staff's progress page."""

    enrolment: Enrolment
    done: int
    total: int
    not_assessable: int
    last_at: datetime | None


def positions_of(enrolment: Enrolment) -> QuerySet[Position]:
    """The reader's order over all sessions; withdrawn cases are left out."""
    return in_order(enrolment.positions.all())


def in_order(positions: QuerySet[Position]) -> QuerySet[Position]:
    """These positions in the order in which each reader comes to them; withdrawn cases are left out."""
    return positions.filter(study_case__withdrawn_at=None).order_by(session_number(), "number")


def session_number() -> Subquery:
    """The number of a position's session, looked up rather than joined.

    Where a database believes that there is one session, because there was when it last counted, it would go through all
    readings once for each.
    """
    return Subquery(Session.objects.filter(pk=OuterRef("session")).values("number"))


def unread_positions(enrolment: Enrolment) -> QuerySet[Position]:
    """What the reader has not answered yet, in order."""
    return positions_of(enrolment).filter(readings__isnull=True)


def progress_of(enrolment: Enrolment) -> Progress:
    """How many positions the reader has answered, of how many."""
    positions = positions_of(enrolment)
    last = is_last_answer(enrolment.study.protocol, readings="readings__", position="")
    done = positions.filter(last, readings__version=1).count()
    return Progress(done, positions.count())


def current_readings(study: Study) -> QuerySet[Reading]:
    """The answer that counts for every position: the one of level 1 with the highest version.

    Left out: second answers, given with facts and further images; readings of withdrawn readers and of withdrawn cases.
    """
    return _newest_readings(study).filter(level=1)


def _newest_readings(study: Study) -> QuerySet[Reading]:
    """The answer with the highest version for every position and level; who and what is withdrawn is left out.

    Asked as "there is none with a higher version", which databases answer for all rows at once, and which stays right
    whatever is filtered after it.
    """
    higher = Reading.objects.filter(
        position=OuterRef("position"), level=OuterRef("level"), version__gt=OuterRef("version")
    )
    return Reading.objects.filter(
        ~Exists(higher),
        position__enrolment__study=study,
        position__study_case__withdrawn_at=None,
    ).exclude(position__enrolment__state=EnrolmentState.WITHDRAWN)


def primary_readings(study: Study) -> QuerySet[Reading]:
    """The first unaided reading of each reader and case: one at most, which a constraint of the database sees to.

    Left out beside what `current_readings` leaves out: repeats, whenever they come, and answers given with aid.
    """
    unaided = [ArmKind.UNAIDED, ArmKind.SEQUENTIAL]
    return current_readings(study).filter(position__repeat_of=None, position__arm__in=unaided)


def aided_readings(study: Study) -> QuerySet[Reading]:
    """The reading with the aid of each reader and case: that of the aided arm, the second one of the sequential arm.

    Left out: readings of withdrawn readers and of withdrawn cases.
    """
    aided = Q(position__arm=ArmKind.AIDED, level=1) | Q(position__arm=ArmKind.SEQUENTIAL, level=2)
    return _newest_readings(study).filter(aided)


def enrolment_of_position(user: User, public_id: str) -> Enrolment:
    """The user's own enrolment to which the position belongs. Raises NotFound otherwise."""
    found = own_enrolments_of(user).filter(positions__public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such position.")
    return found


def completeness(study: Study) -> list[ReaderProgress]:
    """Every reader's progress, withdrawn ones included; no accuracy of any kind."""
    fast_seconds = thresholds_of(study).fast_seconds
    return [progress_from(row, tally) for row, tally in standings(study, fast_seconds=fast_seconds)]


def progress_from(reader: Enrolment, tally: Tally) -> ReaderProgress:
    """The part of the tally that pages show."""
    return ReaderProgress(reader, tally.done, tally.total, tally.not_assessable, tally.last_at)


def standings(study: Study, *, fast_seconds: float) -> list[tuple[Enrolment, Tally]]:
    """Every reader with what their answers amount to, by rank group and code; withdrawn ones included."""
    rows = (
        study.enrolments.select_related("user", "rank_group", "institution")
        .annotate(
            profile_at=F("profile__given_at"),
            knows_photographs=F("profile__prior_exposure"),
            signed_at=F("attestation__signed_at"),
        )
        .order_by("rank_group__ordinal", "code")
    )
    readers = list(rows)
    tallies = tallies_of(study, [one.pk for one in readers], fast_seconds=fast_seconds)
    return [(one, tallies[one.pk]) for one in readers]


def image_of(position: Position) -> Image:
    """The photograph shown for a position."""
    case = position.study_case.case
    return primary_images([case])[case.pk]
