"""A study with answers of several readers and runs of a CNN, before and after unblinding, all by the real services."""

from readerstudy.reading.choices import ManagementDecision
from readerstudy.reading.services import commit_readings
from readerstudy.studies.models import Enrolment
from readerstudy.studies.services import close_study, unblind_study
from tests.images.factories import make_image_set
from tests.inference.factories import make_model, run_all
from tests.reading.factories import begin, ids, item, open_study
from tests.studies.factories import invite

EMAILS = ("one@example.org", "two@example.org", "three@example.org")
TITLE = "The study"


def read_study(*, admin, coordinator, now, title=TITLE, emails=EMAILS, cases=8, runs=2):
    """A study in reading, all of whose readers have answered every case, with finished runs.

    The first reader is of the first rank group, all others are of the second.
    """
    make_image_set(admin=admin, now=now, cases=cases, name=title)

    def invite_others(study):
        for email in emails[1:]:
            invite(study, coordinator=coordinator, now=now, email=email, group=1)

    study = open_study(
        admin=admin, coordinator=coordinator, now=now, cases=cases, emails=emails[:1], title=title,
        before_lock=invite_others,
    )  # fmt: skip
    for number, enrolment in enumerate(study.enrolments.order_by("pk")):
        answer_all(begin(study, enrolment.user, now=now), number, now)
    model = make_model(admin=admin, now=now, runs=runs, name=f"CNN for {title}")
    run_all(coordinator, model, study, now)
    return study


def answer_all(enrolment: Enrolment, number, now):
    """Answers of the reader `number`: mixed, and different from those of the others."""
    decisions = (ManagementDecision.BIOPSY, ManagementDecision.NONE)
    answers = [
        item(
            position, decision=decisions[(place * (number + 2) // 2) % 2], confidence=1 + place % 5
        )
        for place, position in enumerate(ids(enrolment))
    ]
    commit_readings(actor=enrolment.user, answers=answers, now=now)


def unblinded(study, *, coordinator, now):
    """The same study, closed and unblinded. Its analysis is computed as soon as that is committed."""
    study = close_study(actor=coordinator, study=study, reason="Done.", now=now)
    return unblind_study(actor=coordinator, study=study, reason="Done.", now=now)
