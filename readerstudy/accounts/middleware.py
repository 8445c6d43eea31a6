"""Ends sessions that have lasted too long. See `limits`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from readerstudy.accounts.limits import is_over, is_signed_in, note_activity
from readerstudy.accounts.recording import record_session_end
from readerstudy.core.clock import now


class SessionLimitsMiddleware:
    """Signs people out who were idle for too long, and notes the activity of the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_signed_in(request.session):
            if is_over(request.session, now=now()):
                record_session_end(session=request.session, now=now())
                request.session.flush()
            else:
                note_activity(request.session, now=now())
        return self.get_response(request)
