"""What is a reader's own: their data, the way out of the study, and the certificate at its end."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from readerstudy.accounts.reauthentication import export_view
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.reading.certificates import certificate_of
from readerstudy.reading.own_data import own_data
from readerstudy.studies.leaving import may_leave
from readerstudy.studies.selectors import enrolment_for
from readerstudy.studies.services import leave_study


@export_view
def data(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Everything that is stored of the reader in this study, as a JSON file."""
    enrolment = enrolment_for(request.user, public_id)
    headers = {"Content-Disposition": f'attachment; filename="{enrolment.code}.json"'}
    return JsonResponse(
        own_data(enrolment),
        headers=headers,
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def leave(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The way out of a study, until it is closed."""
    enrolment = enrolment_for(request.user, public_id)
    if request.method == "POST":
        leave_study(actor=request.user, enrolment=enrolment, reason="own wish", now=now())
        messages.success(request, _("You have left the study. Thank you for the time you gave it."))
        return redirect("reading:home")
    if not may_leave(enrolment):
        return redirect("reading:home")
    return render(request, "reading/leave.html", {"enrolment": enrolment, "study": enrolment.study})


@require_safe
@login_required
def certificate(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A page to print for readers who have finished, once the study is closed."""
    enrolment = enrolment_for(request.user, public_id)
    context = {
        "enrolment": enrolment,
        "study": enrolment.study,
        "certificate": certificate_of(enrolment),
    }
    return render(request, "reading/certificate.html", context)
