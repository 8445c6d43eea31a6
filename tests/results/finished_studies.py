"""Studies that were read to the end, made by the real services: what a bundle of the database holds."""

import random
import uuid
from datetime import timedelta

from inference.aiding import choose_aid
from inference.services import plan_model
from readerstudy.reading.choices import ManagementDecision, TimingQuality
from readerstudy.reading.selectors import positions_of
from readerstudy.reading.services import commit_reading
from readerstudy.results.selectors import latest_analysis
from readerstudy.studies.choices import DesignKind, RepeatWhen, Revision, Scale
from readerstudy.studies.services import (
    close_study,
    lock_study,
    open_study,
    set_institutions,
    unblind_study,
    update_design,
    update_protocol,
    withdraw_reader,
)
from tests.inference.factories import make_model, make_ready_study, run_all
from tests.reading.factories import answer, begin
from tests.studies.factories import invite

READERS = 6
DESIGNS = {
    "unaided": {"kind": DesignKind.UNAIDED, "repeat_percent": 50, "repeat_when": RepeatWhen.SAME_SESSION},
    "sequential": {"kind": DesignKind.SEQUENTIAL, "aided_percent": 50},
    "crossover": {"kind": DesignKind.CROSSOVER},
    "blocks": {"kind": DesignKind.BLOCKS, "blocks": 2},
}  # fmt: skip
AIDED = ("sequential", "crossover")


def finished_study(*, admin, coordinator, now, capture, design="unaided", scale=Scale.TWO_STEP):
    """An unblinded study with its analysis. One reader stops half-way, one is withdrawn, one never answers."""
    study = draft_of(admin, coordinator, now, design, scale)
    model = make_model(admin=admin, now=now, runs=2, name=f"CNN for {study.title}")
    plan_model(actor=coordinator, model=model, study=study, planned=True, now=now)
    if design in AIDED:
        artefact = model.artefacts.first()
        choose_aid(actor=coordinator, study=study, artefact=artefact, now=now)
    study = lock_study(actor=coordinator, study=study, now=now)
    run_all(coordinator, model, study, now)
    study = open_study(actor=coordinator, study=study, now=now)
    enrolments = list(study.enrolments.order_by("user__email"))
    for number, enrolment in enumerate(enrolments[:-1]):
        begin(study, enrolment.user, now=now)
        read(enrolment, scale, now, random.Random(number), most=5 if number == 1 else None)
    withdraw_reader(actor=coordinator, enrolment=enrolments[2], now=now)
    with capture(execute=True):
        close_study(actor=coordinator, study=study, now=now)
        study = unblind_study(actor=coordinator, study=study, reason="Done.", now=now)
    assert latest_analysis(study).state == "done", latest_analysis(study).error
    return study


def draft_of(admin, coordinator, now, design, scale):
    title = f"Study {design} {scale}"
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now, cases=8, title=title)
    set_institutions(actor=coordinator, study=study, names=["University Hospital A", "Clinic B"], now=now)  # fmt: skip
    for number in range(READERS):
        email = f"{study.slug}-{number}@example.org"
        invite(study, coordinator=coordinator, now=now, email=email, group=number % 2, years_of_experience=number)  # fmt: skip
    update_design(actor=coordinator, study=study, now=now, **DESIGNS[design])
    update_protocol(
        actor=coordinator,
        study=study,
        now=now,
        allows_not_assessable=True,
        scale=scale,
        confidence_levels=5 if scale == Scale.TWO_STEP else 0,
        revision=Revision.NONE if design in AIDED else Revision.LAST,
    )
    return study


def read(enrolment, scale, now, rng, *, most):
    """Answers the reader's positions in order, both levels of sequential ones; some are corrected at once."""
    may_revise = enrolment.study.protocol.revision == Revision.LAST
    for position in list(positions_of(enrolment).select_related("session"))[:most]:
        at = now + timedelta(days=60 * (position.session.number - 1))
        levels = (1, 2) if position.arm == "sequential" else (1,)
        for level in levels:
            commit(enrolment, position, an_answer(scale, rng, level, position.arm), at)
        if may_revise and rng.random() < 0.3:
            commit(enrolment, position, an_answer(scale, rng, 1, position.arm), at, revise=True)


def commit(enrolment, position, given, at, *, revise=False):
    commit_reading(
        actor=enrolment.user,
        position_id=position.public_id,
        answer=given,
        attempt=uuid.UUID(int=random.Random(f"{position.pk} {given}").getrandbits(128), version=4),
        revise=revise,
        now=at,
    )


def an_answer(scale, rng, level, arm):
    with_aid = level == 2 or arm == "aided"
    common = {
        "level": level,
        "milliseconds_to_decision": rng.randrange(900, 20_000),
        "milliseconds_to_commit": 21_000,
        "milliseconds_aid_shown": 700 if with_aid else None,
        "timing_quality": rng.choice([TimingQuality.OK, TimingQuality.IDLE]),
    }
    if rng.random() < 0.02 and level == 1:
        return answer("", None, not_assessable_reason="blurred", **common)
    biopsy = rng.random() < 0.5
    decision = ManagementDecision.BIOPSY if biopsy else ManagementDecision.NONE
    if scale == Scale.TWO_STEP:
        return answer(decision, rng.randrange(1, 6), **common)
    if scale == Scale.SIX_POINT:
        return answer(decision, None, value=rng.randrange(4, 7) if biopsy else rng.randrange(1, 4), **common)  # fmt: skip
    return answer(decision, None, value=rng.randrange(101), **common)
