"""The truth keeper's pages. Every look at the reference standard is logged."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from readerstudy.accounts.reauthentication import export_view
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.csvio import write_table
from readerstudy.core.errors import DomainError, InvalidInputs, NotFound, Problem
from readerstudy.core.forms import show_problems
from readerstudy.core.media import send_stored_file
from readerstudy.core.sentences import translated
from readerstudy.images.models import Image
from readerstudy.images.selectors import primary_images
from readerstudy.images.storage import THUMBNAIL_TYPE
from readerstudy.studies.models import Study
from readerstudy.truth.forms import TruthForm
from readerstudy.truth.keeping import COLUMNS, is_sealed, keep_truth, kept_cases
from readerstudy.truth.permissions import kept_studies

CASES_ON_A_PAGE = 50
_PAGE, _FILE = "keeping:page", "keeping:file"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def standard(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every case with its reference standard, and a form to bring in a table before the lock."""
    study = _study_for(request, slug)
    if request.method != "POST":
        return _page(request, study, None if is_sealed(study) else TruthForm())
    form = TruthForm(request.POST, request.FILES)
    problems: Sequence[Problem] = ()
    status = 400
    if form.is_valid():
        try:
            kept = keep_truth(actor=request.user, study=study, now=now(), **form.cleaned_data)
        except InvalidInputs as error:
            problems = error.problems
            form.add_error("table", translated(error.message))
        except DomainError as error:
            status = error.status
            show_problems(form, error)
        else:
            told = {"recorded": kept.recorded, "corrected": kept.corrected}
            messages.success(request, _("%(recorded)d recorded, %(corrected)d corrected.") % told)
            return redirect("truth:standard", slug)
    return _page(request, study, form, problems, status)


def _page(
    request: SignedInRequest,
    study: Study,
    form: TruthForm | None,
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    cases = kept_cases(study=study, actor=request.user, purpose=_PAGE, now=now())
    page = Paginator(cases, CASES_ON_A_PAGE).get_page(request.GET.get("page"))
    images = primary_images([one.case for one in page.object_list])
    context = {
        "study": study,
        "page": page,
        "rows": [(one, images.get(one.case.pk)) for one in page.object_list],
        "missing": sum(one.standard is None for one in cases),
        "form": form,
        "problems": problems[:200],
        "active": "truth",
    }
    return render(request, "truth/standard.html", context, status=status)


@export_view
def file(request: SignedInRequest, slug: str) -> HttpResponse:
    """The same as a table, to be corrected and brought back."""
    study = _study_for(request, slug)
    cases = kept_cases(study=study, actor=request.user, purpose=_FILE, now=now())
    headers = {"Content-Disposition": f'attachment; filename="{slug}-reference-standard.csv"'}
    text = write_table(COLUMNS, (one.cells for one in cases))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@login_required
def thumbnail(request: SignedInRequest, slug: str, public_id: str) -> HttpResponseBase:
    """The small picture of a photograph of the study's cases."""
    study = _study_for(request, slug)
    image = Image.objects.filter(case__image_set=study.image_set_id, public_id=public_id).first()
    if image is None:
        raise NotFound("There is no such image.")
    return send_stored_file(
        image.thumbnail.name, content_type=THUMBNAIL_TYPE, download_name=f"{public_id}-small"
    )


def _study_for(request: SignedInRequest, slug: str) -> Study:
    found = kept_studies(request.user).select_related("image_set").filter(slug=slug).first()
    if found is None:
        raise NotFound("There is no such study.")
    return found
