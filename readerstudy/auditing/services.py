"""Looking whether the trail still is what was written, and writing down who looked at it."""

import logging
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.mail import send_on_commit
from readerstudy.accounts.models import User
from readerstudy.auditing.choices import CheckState
from readerstudy.auditing.models import TrailCheck
from readerstudy.auditing.selectors import Wanted
from readerstudy.core.audit import record_event
from readerstudy.core.models import AuditHead
from readerstudy.core.queue import send
from readerstudy.core.verifying import Verification, verify_trail
from readerstudy.studies.models import Study

log = logging.getLogger(__name__)
# A check that is waited for so long was lost, with its worker or its queue: another one can be asked for.
LOST_AFTER = timedelta(hours=2)
# The daily look is asked for again by a second `beat`, when the first one is over already.
SAME_DAILY = timedelta(hours=1)


def request_check(*, actor: User | None, now: datetime) -> TrailCheck:
    """Queues a look at the whole trail; the one that is waited for already, where there is one. None is the daily one.

    Call it for people who may read a trail: what it finds is told to them and to the admins.
    """
    with transaction.atomic():
        # One after the other, so that many who press the button at once start one check.
        AuditHead.objects.select_for_update().filter(pk=1).first()
        known = TrailCheck.objects.filter(_same(actor, now)).first()
        if known is not None:
            return known
        check = TrailCheck.objects.create(requested_by=actor, requested_at=now)
        transaction.on_commit(lambda: _send(check.pk))
    return check


def _same(actor: User | None, now: datetime) -> Q:
    waiting = Q(state=CheckState.QUEUED, requested_at__gt=now - LOST_AFTER)
    if actor is not None:
        return waiting
    return waiting | Q(state=CheckState.DONE, requested_by=None, requested_at__gt=now - SAME_DAILY)


def _send(check_id: int) -> None:
    from readerstudy.auditing.tasks import verify_trail_task  # noqa: PLC0415 (the task imports this module)

    if not send(verify_trail_task, check_id=check_id):
        # Nothing sends it later: whoever asked is told that it did not come to its end, and asks again.
        TrailCheck.objects.filter(pk=check_id, state=CheckState.QUEUED).update(
            state=CheckState.FAILED, finished_at=F("requested_at")
        )


def run_check(*, check_id: int, now: datetime) -> TrailCheck:
    """Follows the trail and stores what was found; a fault is written into the log and sent to the admins.

    One that has ended is left as it is.
    """
    check = TrailCheck.objects.get(pk=check_id)
    if check.state != CheckState.QUEUED:
        return check
    try:
        found = verify_trail()
    except Exception:
        TrailCheck.objects.filter(pk=check.pk).update(state=CheckState.FAILED, finished_at=now)
        raise
    with transaction.atomic():
        _store(check, found, now)
        verb = "audit.found_broken" if found.faults else "audit.verified"
        data = {"events": found.events, "rows": found.rows, "faults": list(found.faults[:10])}
        record_event(actor=check.requested_by, verb=verb, subject=check, now=now, data=data)
        if found.faults:
            _alarm(found)
    return check


def _store(check: TrailCheck, found: Verification, now: datetime) -> None:
    check.state, check.finished_at = CheckState.DONE, now
    check.events, check.head, check.rows = found.events, found.head, found.rows
    check.checkpoints, check.faults = found.checkpoints, list(found.faults)
    check.save()


def _alarm(found: Verification) -> None:
    log.error("The audit trail is not what was written: %s", " ".join(found.faults))
    for user in User.objects.filter(role=SiteRole.ADMIN, is_active=True):
        with translation.override(user.language):
            subject = _("The audit trail is not what was written")
            body = _(
                "A check of the audit trail has found the following. Keep the server as it is, and look at it with whoever keeps the checkpoints."
            )
        faults = "\n".join(f"- {one}" for one in found.faults)
        send_on_commit(EmailMessage(subject=subject, body=f"{body}\n\n{faults}\n", to=[user.email]))


def record_view(*, actor: User, study: Study | None, wanted: Wanted, now: datetime) -> None:
    """Writes into the trail that somebody looks at it."""
    _record("audit.viewed", actor, study, now, {"filter": wanted.as_data()})


def record_export(
    *, actor: User, study: Study | None, wanted: Wanted, file_format: str, now: datetime
) -> None:
    """Writes into the trail that somebody takes it away as a file."""
    _record(
        "audit.exported", actor, study, now, {"format": file_format, "filter": wanted.as_data()}
    )


def _record(
    verb: str, actor: User, study: Study | None, now: datetime, data: dict[str, object]
) -> None:
    study_id = study.public_id if study else ""
    with transaction.atomic():
        record_event(
            actor=actor, verb=verb, subject=study or actor, now=now, study_id=study_id, data=data
        )
