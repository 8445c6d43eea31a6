"""Readers who have not started, or have stopped, are reminded by mail: seldom, and never without end."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count, Max
from django.utils import translation
from django.utils.translation import gettext, ngettext

from readerstudy.accounts.language import text_language
from readerstudy.accounts.mail import Link, mails_together, send_on_commit
from readerstudy.accounts.models import User
from readerstudy.core.audit import events_together, record_event
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.reading.models import Reminder
from readerstudy.reading.selectors import ReaderProgress, completeness
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.models import Enrolment, Study
from readerstudy.studies.permissions import check_may_coordinate
from readerstudy.studies.services import invite_again

MOST = 3
DAYS_BETWEEN = 3
MAX_TEXT = 2_000


@dataclass(frozen=True)
class Remindable:
    """A reader who has not finished; `reason` says why no reminder can go to them now, empty where one can."""

    enrolment: Enrolment
    done: int
    total: int
    sent: int
    last_sent_at: datetime | None
    reason: str


def remindable_readers(
    study: Study, *, now: datetime, rows: Iterable[ReaderProgress] | None = None
) -> list[Remindable]:
    """Everybody who takes part and has not finished, those who cannot be reminded with the reason.

    `rows` is every reader's progress, where it was asked for already.
    """
    sent = {
        row["enrolment"]: (row["count"], row["last"])
        for row in Reminder.objects.filter(enrolment__study=study)
        .order_by()
        .values("enrolment")
        .annotate(count=Count("pk"), last=Max("sent_at"))
    }
    return [
        Remindable(row.enrolment, row.done, row.total, count, last, _reason(count, last, now))
        for row in (completeness(study) if rows is None else rows)
        if row.done < row.total and row.enrolment.state != EnrolmentState.WITHDRAWN
        for count, last in [sent.get(row.enrolment.pk, (0, None))]
    ]


def _reason(count: int, last: datetime | None, now: datetime) -> str:
    if count >= MOST:
        told = ngettext(
            "%(count)d reminder was sent; that is all.",
            "%(count)d reminders were sent; that is all.",
            count,
        )
        return told % {"count": count}
    if last and now - last < timedelta(days=DAYS_BETWEEN):
        told = ngettext(
            "The last reminder was less than %(days)d day ago.",
            "The last reminder was less than %(days)d days ago.",
            DAYS_BETWEEN,
        )
        return told % {"days": DAYS_BETWEEN}
    return ""


def remind(
    *,
    actor: User,
    study: Study,
    codes: Collection[str],
    texts: Mapping[str, str],
    link: Link,
    now: datetime,
) -> list[Reminder]:
    """Sends each of these readers the text in their language (`texts`: en and de), once everything is stored.

    Who has never signed in gets a new invitation's address. Raises NotAllowed, Conflict where the study is not open or
    one of the readers cannot be reminded now, InvalidInput for a text that is empty or too long.
    """
    check_may_coordinate(actor, study)
    for language in ("en", "de"):
        _check_text(texts.get(language, ""), language)
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        if locked.state != StudyState.READING:
            raise Conflict("The study is not open for reading; nobody is reminded.")
        chosen = _chosen(locked, codes, now)
        with mails_together(), events_together():
            return [_remind(actor, one.enrolment, texts, link, now) for one in chosen]


def _check_text(text: str, language: str) -> None:
    if not 0 < len(text.strip()) <= MAX_TEXT:
        raise InvalidInput(
            f"The text of a reminder has 1 to {MAX_TEXT} characters.", field=f"text_{language}"
        )


def _chosen(study: Study, codes: Collection[str], now: datetime) -> list[Remindable]:
    known = {one.enrolment.code: one for one in remindable_readers(study, now=now)}
    if not codes:
        raise InvalidInput("No reader is chosen.", field="readers")
    for code in codes:
        if code not in known:
            raise Conflict(f"{code} has finished or does not take part any more.")
        if known[code].reason:
            raise Conflict(f"{code} cannot be reminded now: {known[code].reason}")
    return [known[code] for code in sorted(codes)]


def _remind(
    actor: User, enrolment: Enrolment, texts: Mapping[str, str], link: Link, now: datetime
) -> Reminder:
    language = text_language(enrolment.user.language)
    token = ""  # nosec B105  # (no invitation was made)
    if enrolment.state == EnrolmentState.INVITED:
        token = invite_again(actor=actor, enrolment=enrolment, now=now)
    text = texts[language].replace("\r\n", "\n").strip()
    reminder = Reminder.objects.create(
        enrolment=enrolment, sent_by=actor, sent_at=now, text=text, language=language
    )
    send_on_commit(_mail(enrolment, text, language, link(token)))
    record_event(
        actor=actor,
        verb="reader.reminded",
        subject=enrolment,
        now=now,
        study_id=enrolment.study.public_id,
        data={"code": enrolment.code},
        evidence=[reminder],
    )
    return reminder


def _mail(enrolment: Enrolment, text: str, language: str, address: str) -> EmailMessage:
    with translation.override(language):
        subject = gettext("A reminder: %(study)s") % {"study": enrolment.study.title}
    return EmailMessage(
        subject=" ".join(subject.split()), body=f"{text}\n\n{address}\n", to=[enrolment.user.email]
    )


def suggested_texts(study: Study) -> dict[str, str]:
    """A text in English and in German to begin with."""
    texts = {}
    for language in ("en", "de"):
        with translation.override(language):
            texts[language] = gettext(
                "Dear colleague,\n\nyour answers in the study “%(study)s” are not complete yet. You can go on at the case where you"
                " stopped; every answer is saved at once. Thank you for your time."
            ) % {"study": study.title}
    return texts
