"""A study that is open for reading, and a reader who has agreed to take part, all by the real services."""

import uuid

from readerstudy.accounts.services import give_consent
from readerstudy.reading.answers import Answer
from readerstudy.reading.choices import ManagementDecision
from readerstudy.reading.conduct import update_conduct
from readerstudy.reading.selectors import positions_of
from readerstudy.studies.choices import StudyState
from readerstudy.studies.services import activate_enrolment
from tests.images.factories import make_image_set
from tests.studies.factories import advance, invite, make_study
from tests.truth.factories import record_truth

BIOPSY, NONE = ManagementDecision.BIOPSY, ManagementDecision.NONE
TITLE = "Melanoma or nevus"


def open_study(
    *,
    admin,
    coordinator,
    now,
    cases=12,
    emails=("reader@example.org",),
    before_lock=None,
    pixels=False,
    title=TITLE,
):
    """A study in reading with these readers; none of them has begun. With `pixels` the images can be looked at."""
    if pixels:
        make_image_set(admin=admin, now=now, cases=cases, name=title)
    study = make_study(admin=admin, coordinator=coordinator, now=now, cases=cases, title=title)
    record_truth(admin=admin, image_set=study.image_set, now=now)
    for email in emails:
        invite(study, coordinator=coordinator, now=now, email=email)
    if before_lock:
        before_lock(study)
    return advance(study, StudyState.READING, coordinator=coordinator, now=now)


def begin(study, user, *, now):
    """The reader's enrolment, consented and active."""
    enrolment = study.enrolments.get(user=user)
    give_consent(
        actor=user, scope=study.public_id, text=study.protocol.consent_en, language="en", now=now
    )
    return activate_enrolment(actor=user, enrolment=enrolment, now=now)


def begun_with(*, admin, coordinator, user, now, **conduct):
    """The begun enrolment of this reader, one of two, in a study with this conduct."""

    def choose(study):
        update_conduct(actor=coordinator, study=study, now=now, **conduct)

    emails = (user.email, "second@example.org")
    study = open_study(
        admin=admin, coordinator=coordinator, now=now, emails=emails, before_lock=choose
    )
    return begin(study, user, now=now)


def ids(enrolment):
    """The public ids of the reader's positions in order."""
    return [position.public_id for position in positions_of(enrolment)]


def answer(decision=BIOPSY, confidence=3, **fields):
    return Answer(decision=decision, confidence=confidence, **fields)


def item(position_id, **fields):
    return position_id, answer(**fields), uuid.uuid4()
