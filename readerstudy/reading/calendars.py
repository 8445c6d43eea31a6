"""Calendar files (iCalendar, RFC 5545) of the days on which sessions open. No case and no answer is in them."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from readerstudy.reading.sittings import Sitting
from readerstudy.studies.models import Study

_PRODUCT = "-//reader-study//washout//EN"


def calendar_of(
    study: Study, sittings: Iterable[Sitting], *, names_readers: bool, now: datetime
) -> bytes:
    """One entry for each session that is waited for, at the time at which it opens.

    With `names_readers` the entries bear the readers' codes, for the coordinators; without, a reader's own do not.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    for one in sittings:
        if one.is_waited_for:
            calendar.add_component(_event(study, one, names_readers=names_readers, now=now))
    return bytes(calendar.to_ical())


def _event(study: Study, one: Sitting, *, names_readers: bool, now: datetime) -> Event:
    words = _("Session %(session)d of %(study)s opens") % {
        "session": one.session,
        "study": study.title,
    }
    event = Event()
    whose = f"{one.reader}-" if names_readers else ""
    event.add("uid", f"{study.public_id}-{whose}{one.session}@reader-study")
    event.add("dtstamp", now)
    event.add("dtstart", one.opens_at)
    event.add("summary", f"{one.reader}: {words}" if names_readers else words)
    return event
