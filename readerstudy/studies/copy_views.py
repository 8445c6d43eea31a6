"""The page on which a study is copied."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems
from readerstudy.studies.forms import CopyForm
from readerstudy.studies.selectors import staff_study_for
from readerstudy.studies.services import copy_study


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study_copy(request: SignedInRequest, slug: str) -> HttpResponse:
    """Says what is copied and what is not, and asks for the title of the copy."""
    source = staff_study_for(request.user, slug)
    posted = request.POST if request.method == "POST" else None
    form = CopyForm(posted, initial={"title": CopyForm.title_of(source)})
    if posted is not None and form.is_valid():
        title = form.cleaned_data["title"]
        try:
            copy = copy_study(actor=request.user, source=source, title=title, now=now())
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The study is copied. Look at its protocol first."))
            return redirect("studies:protocol", copy.slug)
    context = {"study": source, "form": form}
    status = 400 if form.errors else 200
    return render(request, "studies/copy.html", context, status=status)
