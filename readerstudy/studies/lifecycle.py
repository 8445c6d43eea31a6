"""The life cycle: draft → locked → reading → closed → unblinded → archived, and never back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.checkpoints import write_checkpoint
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.studies.blinding import check_nobody_reads_elsewhere, hold_cases
from readerstudy.studies.choices import NEXT_STATE, StudyState
from readerstudy.studies.freezing import freeze
from readerstudy.studies.hooks import call_entered
from readerstudy.studies.models import Study, Transition
from readerstudy.studies.permissions import check_may_coordinate
from readerstudy.studies.practice import practice_problems
from readerstudy.studies.readiness import missing_for_lock

# What a step does besides: what the audit trail tells of it, and the rows of evidence that come of it.
Effect = Callable[[Study], tuple[dict[str, Any], list[models.Model]]]


def lock_study(
    *, actor: User, study: Study, reason: str = "", justification: str = "", now: datetime
) -> Study:
    """Fixes cases, wording, readers and orders in a hashed manifest.

    Raises Conflict with what is missing, or with what another room objects to, and InvalidInput where a check is red
    and there is no justification.
    """

    def effect(locked: Study) -> tuple[dict[str, Any], list[models.Model]]:
        # Before its readers are looked at: a lock takes as long as its orders are long, and no other study on these cases may
        # tell them the truth meanwhile.
        hold_cases(locked)
        missing = missing_for_lock(locked) or practice_problems(locked)
        if missing:
            raise Conflict(missing[0].message, code=missing[0].code)
        version = freeze(locked, actor=actor, reason=reason, justification=justification, now=now)
        return {"manifest_sha256": version.sha256}, [version]

    return _advance(
        actor=actor, study=study, to=StudyState.LOCKED, reason=reason, now=now, effect=effect
    )


def open_study(*, actor: User, study: Study, reason: str = "", now: datetime) -> Study:
    """Lets the readers begin. Raises Conflict with what another room objects to, such as an aid that is not there."""
    return _advance(actor=actor, study=study, to=StudyState.READING, reason=reason, now=now)


def close_study(*, actor: User, study: Study, reason: str = "", now: datetime) -> Study:
    """Ends the reading: no answer is taken from now on."""
    return _advance(
        actor=actor, study=study, to=StudyState.CLOSED, reason=reason, now=now, effect=_wait_for_answers
    )  # fmt: skip


def _wait_for_answers(study: Study) -> tuple[dict[str, Any], list[models.Model]]:
    """Answers that are being stored come before the end; those that wait for their reader's row see it."""
    held = study.enrolments.select_for_update(no_key=True).order_by("pk")
    list(held.values_list("pk", flat=True))
    return {}, []


def unblind_study(*, actor: User, study: Study, reason: str = "", now: datetime) -> Study:
    """Opens the truth and the scores to the study's coordinators.

    Raises InvalidInput without a reason, Conflict where another study on the same cases may still take answers.
    """
    if not reason.strip():
        raise InvalidInput(
            "Unblinding needs a reason; it is written into the audit trail.",
            code="reason_missing",
            field="reason",
        )

    def effect(locked: Study) -> tuple[dict[str, Any], list[models.Model]]:
        hold_cases(locked)
        check_nobody_reads_elsewhere(locked)
        return {}, []

    return _advance(
        actor=actor, study=study, to=StudyState.UNBLINDED, reason=reason, now=now, effect=effect
    )


def archive_study(*, actor: User, study: Study, reason: str = "", now: datetime) -> Study:
    """Puts the study away; its results stay readable."""
    return _advance(actor=actor, study=study, to=StudyState.ARCHIVED, reason=reason, now=now)


def _advance(
    *,
    actor: User,
    study: Study,
    to: StudyState,
    reason: str,
    now: datetime,
    effect: Effect | None = None,
) -> Study:
    """One step forward. Raises NotAllowed for others than coordinators, Conflict for any other step."""
    check_may_coordinate(actor, study)
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        came_from = StudyState(locked.state)
        if NEXT_STATE.get(came_from) is not to:
            raise Conflict(
                f"The study is {came_from.value}; it cannot become {to.value}.", code="wrong_state"
            )
        data, evidence = effect(locked) if effect else ({}, [])
        locked.state = to
        locked.save(update_fields=["state"])
        step = Transition.objects.create(
            study=locked,
            from_state=came_from,
            to_state=to,
            actor=actor,
            at=now,
            reason=reason.strip(),
        )
        record_event(
            actor=actor,
            verb=f"study.{to.value}",
            subject=locked,
            now=now,
            study_id=locked.public_id,
            data={**data, "reason": reason.strip()},
            evidence=[*evidence, step],
        )
        call_entered(to, study=locked, actor=actor, now=now)
        transaction.on_commit(lambda: write_checkpoint(now=now), robust=True)
    return locked
