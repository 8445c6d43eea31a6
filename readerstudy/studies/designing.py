"""The services of a study's design: to choose it in a draft, and to open a session to one reader before its time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, Problem
from readerstudy.core.validation import check_valid
from readerstudy.studies.choices import (
    DesignKind,
    EnrolmentState,
    RepeatWhen,
    Revision,
    StudyState,
)
from readerstudy.studies.drafting import draft_for_change
from readerstudy.studies.manifest import DESIGN_FIELDS
from readerstudy.studies.models import Design, Enrolment, Session, SessionOpening, Study
from readerstudy.studies.permissions import check_may_coordinate

_RANGES = {
    "washout_days": (1, 365, "The washout is a whole number of days from 1 to 365."),
    "aided_percent": (1, 100, "The share of aided cases is a whole number from 1 to 100 percent."),
    "batch_size": (1, 1000, "A batch has 1 to 1000 cases."),
    "blocks": (2, 50, "A split plot has 2 to 50 blocks."),
    "repeat_percent": (
        0,
        100,
        "The share of repeated cases is a whole number from 0 to 100 percent.",
    ),
}
MOST_IN_SAME_SESSION = 50
# In these, cases are grouped by arm: a repeat between them would stand out.
_WITHOUT_SAME_SESSION = (DesignKind.CROSSOVER, DesignKind.ONCE)


def update_design(*, actor: User, study: Study, now: datetime, **fields: Any) -> Design:
    """The design of a draft with these fields changed, and its sessions made anew where their number changes.

    Raises NotAllowed, Conflict after the lock, InvalidInput(s) for an unknown field or what cannot be.
    """
    unknown = sorted(set(fields) - set(DESIGN_FIELDS))
    if unknown:
        raise InvalidInput(f"The design has no field {unknown[0]}.", field=unknown[0])
    with transaction.atomic():
        draft = draft_for_change(actor, study)
        design = Design.objects.get(study=draft)
        changed = [name for name in sorted(fields) if getattr(design, name) != fields[name]]
        for name in changed:
            setattr(design, name, fields[name])
        _check(design)
        if changed:
            design.save(update_fields=changed)
            _make_sessions(design)
            data = {name: fields[name] for name in changed}
            _record("study.design_changed", actor, draft, draft, now, **data)
    return design


def _check(design: Design) -> None:
    problems = tuple(_problems(design))
    if problems:
        raise InvalidInputs(problems[0].message, problems)
    check_valid(design, exclude={"study"})


def _problems(design: Design) -> Iterator[Problem]:
    for field, (low, high, sentence) in _RANGES.items():
        value = getattr(design, field)
        if not isinstance(value, int) or not low <= value <= high:
            yield Problem("out_of_range", sentence, field=field)
            return
    if design.repeat_percent and design.repeat_when == RepeatWhen.SAME_SESSION:
        yield from _problems_of_same_session(design)
    if design.repeat_percent and _reads_nothing_unaided_alone(design):
        yield Problem(
            "nothing_to_repeat",
            "Where every case is aided after its first answer, none can be repeated unaided.",
            field="repeat_percent",
        )


def _problems_of_same_session(design: Design) -> Iterator[Problem]:
    if design.kind in _WITHOUT_SAME_SESSION:
        yield Problem(
            "repeats_stand_out",
            "In this design cases come in groups of one arm, in which a repeat would stand out; repeat them in a further session.",
            field="repeat_when",
        )
    if design.repeat_percent > MOST_IN_SAME_SESSION:
        yield Problem(
            "too_many_repeats",
            f"In the same session at most {MOST_IN_SAME_SESSION} percent of the cases can be repeated.",
            field="repeat_percent",
        )


def _reads_nothing_unaided_alone(design: Design) -> bool:
    return design.kind == DesignKind.SEQUENTIAL and design.aided_percent == 100  # noqa: PLR2004


def _make_sessions(design: Design) -> None:
    arms = design.session_arms
    sessions = Session.objects.filter(study=design.study)
    sessions.exclude(number__in=arms).delete()
    for number, arm in arms.items():
        Session.objects.update_or_create(study=design.study, number=number, defaults={"arm": arm})


def design_problems(study: Study, *, readers: int, cases: int) -> Iterator[Problem]:
    """What of the design cannot be kept with so many readers and cases."""
    design = study.design
    if design.kind == DesignKind.BLOCKS and design.blocks > min(readers, cases):
        yield Problem(
            "empty_blocks",
            f"The design has {design.blocks} blocks for {readers} readers and {cases} cases: some would be empty.",
        )
    yield from _problems_with_protocol(design)
    aided = round(cases * design.aided_percent / 100)
    if design.kind == DesignKind.SEQUENTIAL and aided * readers < cases:
        yield Problem(
            "cases_never_aided",
            f"With {readers} readers who each read {aided} of {cases} cases aided, some cases are aided for nobody.",
        )


def _problems_with_protocol(design: Design) -> Iterator[Problem]:
    protocol = design.study.protocol
    if design.options.has_aided_arm and protocol.has_second_level:
        yield Problem(
            "aided_and_second_look",
            "A design with an aided arm and a second look cannot be had together: take one of them out.",
        )
    if design.kind == DesignKind.SEQUENTIAL and protocol.revision != Revision.NONE:
        yield Problem(
            "sequential_and_changes",
            "In the sequential design no answer can be changed once the aid was seen: choose none in the protocol.",
        )


def open_session_early(
    *, actor: User, enrolment: Enrolment, session: int, reason: str, now: datetime
) -> SessionOpening:
    """Lets one reader begin a later session before the washout is over, once the session before is complete.

    Raises NotAllowed, InvalidInput without a reason or for no later session, Conflict where the study is not open for
    reading, the reader is withdrawn, or the session is opened to them already.
    """
    check_may_coordinate(actor, enrolment.study)
    if not reason.strip():
        raise InvalidInput(
            "To open a session early needs a reason; it is kept with the reader's order.",
            code="reason_missing",
            field="reason",
        )
    with transaction.atomic():
        reader = (
            Enrolment.objects.select_for_update(of=("self",))
            .select_related("study")
            .get(pk=enrolment.pk)
        )
        opening = SessionOpening(
            enrolment=reader,
            session=_later_session(reader, session),
            reason=reason.strip(),
            opened_by=actor,
            opened_at=now,
        )
        opening.save()
        # The reason is about a person: it stands in the opening, whose hash is in the trail, and can be erased.
        data = {"code": reader.code, "session": session}
        record_event(
            actor=actor,
            verb="enrolment.session_opened_early",
            subject=reader,
            now=now,
            study_id=reader.study.public_id,
            data=data,
            evidence=[opening],
        )
    return opening


def _later_session(enrolment: Enrolment, number: int) -> Session:
    """The session, if it can be opened to the reader. Raises InvalidInput, Conflict."""
    if enrolment.study.state != StudyState.READING:
        raise Conflict("The study is not open for reading.", code="study_not_open")
    if enrolment.state == EnrolmentState.WITHDRAWN:
        raise Conflict(f"{enrolment.code} is withdrawn.", code="withdrawn")
    session = enrolment.study.sessions.filter(number=number, number__gt=1).first()
    if session is None:
        raise InvalidInput("There is no such later session.", code="no_session", field="session")
    if enrolment.session_openings.filter(session=session).exists():
        raise Conflict(
            f"Session {number} is open to {enrolment.code} already.", code="opened_already"
        )
    return session


def _record(verb: str, actor: User, study: Study, subject: Any, now: datetime, **data: Any) -> None:
    record_event(
        actor=actor, verb=verb, subject=subject, now=now, study_id=study.public_id, data=data
    )
