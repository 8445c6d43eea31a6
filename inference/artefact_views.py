"""The page of one training run: its file, its spec with origins, and what it makes of three images."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inference.forms import SampleForm
from inference.models import Artefact
from inference.permissions import check_may_add
from inference.sample_words import findings_of, sample_rows, warnings_of
from inference.samples import sample_image_sets, samples_of
from inference.selectors import artefact_for, sample_for
from inference.services import take_samples
from inference.spec_words import graph_fields, spec_fields
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems


@require_safe
@login_required
def artefact(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Everything that is known of one training run, score column or ensemble."""
    found = artefact_for(request.user, public_id)
    return _page(request, found, SampleForm(image_sets=sample_image_sets()))


def _page(request: SignedInRequest, found: Artefact, form: SampleForm) -> HttpResponse:
    samples = samples_of(found)
    context = {
        "artefact": found,
        "model": found.model,
        "fields": spec_fields(found.spec, found.spec_origin),
        "facts": graph_fields(found.facts),
        "samples": sample_rows(found, samples),
        "sealed": found.samples.count() - len(samples),
        "sample_images": [one.image for one in samples],
        "warnings": [*findings_of(found), *warnings_of(found, samples)],
        "form": form,
        "image_sets": sample_image_sets().exists(),
        "synthetic_notice": found.model.is_synthetic,
    }
    status = 400 if form.errors else 200
    return render(request, "inference/artefact.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sample(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Prepares and scores three images of the chosen set, in place of those before."""
    found = artefact_for(request.user, public_id)
    check_may_add(request.user)
    if request.method != "POST":
        return redirect("inference:artefact", found.public_id)
    form = SampleForm(request.POST, image_sets=sample_image_sets())
    if form.is_valid():
        try:
            take_samples(actor=request.user, artefact=found, now=now(), **form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, _("The images are prepared and scored."))
            return redirect("inference:artefact", found.public_id)
    return _page(request, found, form)


@require_safe
@login_required
def picture(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The prepared tensor of a sample, as a PNG."""
    found = sample_for(request.user, public_id)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.picture), content_type="image/png", headers=headers)
