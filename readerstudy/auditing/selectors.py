"""Events of the audit trail: filtered, page by page from the newest back, and told in sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from readerstudy.accounts.models import User
from readerstudy.auditing.choices import BEGINNINGS, CheckState
from readerstudy.auditing.details import SEARCHED, Rows, details_of, is_closed
from readerstudy.auditing.models import TrailCheck
from readerstudy.auditing.names import Names, names_for
from readerstudy.auditing.sentences import sentence_of
from readerstudy.core.checkpoints import Checkpoint, last_checkpoint
from readerstudy.core.models import AuditEvent, AuditHead
from readerstudy.privacy.selectors import was_cut_off
from readerstudy.studies.models import Enrolment, Study

PAGE_SIZE = 50
_AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty part asks for everything. Days are those of UTC, both included."""

    group: str = ""
    person: str = ""
    thing: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    def as_data(self) -> dict[str, str]:
        """What is asked for, part by part, as it is written into the trail."""
        return {name: str(value) for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Told:
    """An event as people read it."""

    event: AuditEvent
    sentence: str
    actor: str
    study: Study | None
    details: Rows


@dataclass(frozen=True)
class Page:
    """A page of events, the newest first, and where the pages beside it begin; None where there is none."""

    events: list[Told]
    older: int | None
    newer: int | None


@dataclass(frozen=True)
class TrailState:
    """Where the trail stands, what the last look at it found, and what lies elsewhere."""

    head: AuditHead
    check: TrailCheck | None
    waiting: TrailCheck | None
    checkpoint: Checkpoint | None


def events_of(study: Study | None, wanted: Wanted) -> QuerySet[AuditEvent]:
    """The events of a study, or of the whole site, that fit, in no order."""
    events = AuditEvent.objects.order_by()
    if study is not None:
        events = events.filter(study_id=study.public_id)
    if wanted.group:
        events = events.filter(_any("verb__startswith", BEGINNINGS.get(wanted.group, ())))
    if wanted.person:
        events = events.filter(_of_person(study, wanted.person))
    if wanted.thing:
        events = events.filter(subject_id=wanted.thing)
    if wanted.text:
        events = events.filter(_with_text(wanted.text))
    return _between(events, wanted.since, wanted.until)


def _any(lookup: str, values: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for value in values:
        found |= Q(**{lookup: value})
    return found


def _with_text(text: str) -> Q:
    """In the verb or in what is open of the data: whoever searches must not find what is not shown."""
    found = Q(verb__icontains=text)
    for key in SEARCHED:
        found |= Q(**{f"data__{key}__icontains": text}) & ~is_closed(key)
    return found


def _of_person(study: Study | None, typed: str) -> Q:
    """By name or mail address. In a study its readers are found by their codes alone, as they are shown, and by nothing later."""
    enrolments = Enrolment.objects.filter(code__iexact=typed)
    users = User.objects.filter(Q(name__icontains=typed) | Q(email__iexact=typed))
    if study is not None:
        enrolments = enrolments.filter(study=study)
        users = users.exclude(enrolments__study=study).exclude(was_cut_off(study))
    keys = {*users.values_list("pk", flat=True), *enrolments.values_list("user_id", flat=True)}
    ids = [
        *User.objects.filter(pk__in=keys).values_list("public_id", flat=True),
        *enrolments.values_list("public_id", flat=True),
    ]
    return Q(actor__in=keys) | Q(subject_id__in=ids)


def _between(
    events: QuerySet[AuditEvent], since: date | None, until: date | None
) -> QuerySet[AuditEvent]:
    if since:
        events = events.filter(at__gte=datetime.combine(since, time(), UTC))
    if until:
        events = events.filter(at__lt=datetime.combine(until, time(), UTC) + timedelta(days=1))
    return events


def page_of(
    study: Study | None, wanted: Wanted, *, before: int | None = None, after: int | None = None
) -> Page:
    """Fifty events, by their place in the chain: a page far back costs no more than the first one."""
    events = events_of(study, wanted)
    if after is not None:
        found = list(events.filter(sequence__gt=after).order_by("sequence")[: PAGE_SIZE + 1])
        rows, more = found[:PAGE_SIZE][::-1], len(found) > PAGE_SIZE
        return Page(
            list(told(rows, study=study)),
            rows[-1].sequence if rows else None,
            rows[0].sequence if more else None,
        )
    start = events.filter(sequence__lt=before) if before is not None else events
    found = list(start.order_by("-sequence")[: PAGE_SIZE + 1])
    rows, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    newer = rows[0].sequence if rows and before is not None else None
    return Page(list(told(rows, study=study)), rows[-1].sequence if more else None, newer)


def told(events: Iterable[AuditEvent], *, study: Study | None) -> Iterator[Told]:
    """Each event as people read it, in the language that is active."""
    listed = list(events)
    names = names_for(listed, study=study)
    for event in listed:
        yield _told(event, names)


def _told(event: AuditEvent, names: Names) -> Told:
    actor, own = names.actor(event), names.studies.get(event.study_id)
    sentence = sentence_of(
        event.verb, actor=actor, subject=names.subject(event), person=names.person(event)
    )
    return Told(event, sentence, actor, own, details_of(event, own))


def all_told(study: Study | None, wanted: Wanted) -> Iterator[Told]:
    """All events that fit, the oldest first, read a few hundred at a time."""
    events, last = events_of(study, wanted).order_by("sequence"), 0
    while rows := list(events.filter(sequence__gt=last)[:_AT_ONCE]):
        yield from told(rows, study=study)
        last = rows[-1].sequence


def trail_state() -> TrailState:
    """Where the trail stands now."""
    checks = TrailCheck.objects.select_related("requested_by")
    return TrailState(
        AuditHead.objects.filter(pk=1).first() or AuditHead(),
        checks.exclude(state=CheckState.QUEUED).order_by("-finished_at").first(),
        checks.filter(state=CheckState.QUEUED).first(),
        last_checkpoint(),
    )
