"""The simulated readers at work: each comes in, consents and grades the cases in their own order."""

import uuid
from collections.abc import Iterator
from datetime import datetime

import numpy as np

from readerstudy.accounts.services import give_consent
from readerstudy.demo import latent
from readerstudy.demo.fixtures import Photographs
from readerstudy.demo.study import SEED, simulated_email
from readerstudy.reading.answers import Answer
from readerstudy.reading.choices import InputDevice, ManagementDecision
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import EnrolmentState
from readerstudy.studies.models import Enrolment, Study
from readerstudy.studies.services import activate_enrolment

# One of 80 seeds tried: with it the panel's extremes come nearest to the paper's; its means hardly depend on it.
PANEL_SEED = 2033


def answer_everything(*, study: Study, photographs: Photographs, now: datetime) -> Iterator[int]:
    """Lets every simulated reader answer every case; yields how many readers are done."""
    answers = latent.simulate(
        truth=photographs.truth, atypia=photographs.atypia, rng=np.random.default_rng(PANEL_SEED)
    )
    column = {name: index for index, name in enumerate(photographs.names)}
    enrolments = {
        e.user.email: e for e in study.enrolments.select_related("user", "study__protocol")
    }
    for row in range(len(answers.group)):
        _answer(enrolments[simulated_email(row + 1)], answers, row, column, now=now)
        yield row + 1


def _answer(
    enrolment: Enrolment,
    answers: latent.Answers,
    row: int,
    column: dict[str, int],
    *,
    now: datetime,
) -> None:
    if enrolment.state == EnrolmentState.INVITED:
        text = enrolment.study.protocol.consent_en
        give_consent(
            actor=enrolment.user, scope=enrolment.study.public_id, text=text, language="en", now=now
        )
        enrolment = activate_enrolment(actor=enrolment.user, enrolment=enrolment, now=now)
    unread = enrolment.positions.filter(readings__isnull=True).order_by("session__number", "number")
    names = unread.values_list("public_id", "study_case__case__images__original_name")
    batch = [
        (position, _answer_of(answers, row, column[name.rsplit("/", 1)[-1]]), _attempt(position))
        for position, name in names
    ]
    if batch:
        commit_readings(actor=enrolment.user, answers=batch, now=now)


def _answer_of(answers: latent.Answers, row: int, case: int) -> Answer:
    milliseconds = int(answers.milliseconds[row, case])
    return Answer(
        decision=ManagementDecision.BIOPSY
        if answers.biopsy[row, case]
        else ManagementDecision.NONE,
        confidence=int(answers.confidence[row, case]),
        milliseconds_to_decision=milliseconds,
        milliseconds_to_commit=milliseconds + 600,
        milliseconds_hidden=0,
        zooms=0,
        input_device=InputDevice.IMPORTED,
        language="en",
    )


def _attempt(position: str) -> uuid.UUID:
    # Derived, so that a demonstration that was interrupted sends the same keys again.
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{SEED}:{position}")
