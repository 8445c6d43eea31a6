"""The washout calendar as a page for the staff, and as files for them and for each reader."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import NotFound
from readerstudy.reading.calendars import calendar_of
from readerstudy.reading.sittings import sittings_of
from readerstudy.studies.selectors import enrolment_for, overseen_study_for


@require_safe
@login_required
def washout(request: SignedInRequest, slug: str) -> HttpResponse:
    """Which reader waits for which session until when."""
    study = overseen_study_for(request.user, slug)
    moment = now()
    rows = [
        (one, one.opens_at is not None and one.opens_at <= moment) for one in sittings_of(study)
    ]
    context = {
        "study": study,
        "rows": rows,
        "has_entries": any(one.is_waited_for for one, _ in rows),
        "active": "progress",
    }
    return render(request, "reading/washout.html", context)


@require_safe
@login_required
def washout_file(request: SignedInRequest, slug: str) -> HttpResponse:
    """The openings of all readers as a calendar file."""
    study = overseen_study_for(request.user, slug)
    text = calendar_of(study, sittings_of(study), names_readers=True, now=now())
    return _file(text, f"{study.slug}-sessions.ics")


@require_safe
@login_required
def next_session_file(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One's own next session as a calendar file."""
    enrolment = enrolment_for(request.user, public_id)
    own = sittings_of(enrolment.study, reader=enrolment.code)
    if not any(one.is_waited_for for one in own):
        raise NotFound("There is no session to be waited for.")
    text = calendar_of(enrolment.study, own, names_readers=False, now=now())
    return _file(text, "next-session.ics")


def _file(text: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
