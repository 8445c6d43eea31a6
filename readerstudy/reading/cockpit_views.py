"""The staff's pages of how far the readers are: no page here knows truth or scores."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from readerstudy.accounts.links import invitation_link
from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.forms import show_problems
from readerstudy.reading.cockpit import ReaderLine, cockpit_of
from readerstudy.reading.conduct import conduct_of
from readerstudy.reading.forms import ReminderForm
from readerstudy.reading.matrix import cells_path, matrix_of, rows_between, size
from readerstudy.reading.quality import PACE_DAYS, Sign
from readerstudy.reading.reminding import (
    DAYS_BETWEEN,
    MOST,
    remind,
    remindable_readers,
    suggested_texts,
)
from readerstudy.reading.threads import unread_in_study
from readerstudy.studies.choices import StudyState
from readerstudy.studies.finding import page_of, searched
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import may_coordinate
from readerstudy.studies.selectors import overseen_study_for, readers_found, staff_study_for


@require_safe
@login_required
def progress(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who has done how much, who may need a word, and when all would be done.

    `?sign=` shows those with one sign, `?q=` those who are looked for; tiles and counts are of everybody.
    """
    study = overseen_study_for(request.user, slug)
    cockpit = cockpit_of(study, now=now())
    sign = request.GET.get("sign", "")
    chosen = Sign(sign) if sign in Sign.values else None
    search = searched(request)
    page = page_of(request, _chosen(study, cockpit.lines, chosen, search))
    context = {
        "study": study,
        "conduct": conduct_of(study),
        "cockpit": cockpit,
        "chosen": chosen,
        "page": page,
        "lines": page.object_list,
        "search": search,
        "tiles": [(one, number) for one, number in cockpit.counts.items()],
        "thresholds": cockpit.thresholds,
        "may_set_rules": may_coordinate(request.user, study),
        "pace_days": PACE_DAYS,
        "unread": unread_in_study(study, user=request.user),
        "may_remind": _may_remind(request, study),
        "active": "progress",
    }
    return render(request, "reading/progress.html", context)


def _chosen(
    study: Study, lines: Sequence[ReaderLine], sign: Sign | None, search: str
) -> list[ReaderLine]:
    chosen = [line for line in lines if sign is None or sign in line.signs]
    if not search:
        return chosen
    found = set(readers_found(study.enrolments.all(), search).values_list("pk", flat=True))
    return [line for line in chosen if line.progress.enrolment.pk in found]


def _may_remind(request: SignedInRequest, study: Study) -> bool:
    return study.state == StudyState.READING and may_coordinate(request.user, study)


@require_safe
@login_required
def matrix(request: SignedInRequest, slug: str) -> HttpResponse:
    """Which reader has answered which case; as many readers on a page as can be drawn."""
    study = overseen_study_for(request.user, slug)
    found = matrix_of(study)
    page = Paginator(found.readers, found.readers_on_a_page).get_page(request.GET.get("page"))
    first, last = max(0, page.start_index() - 1), page.end_index()
    answered, waiting = (rows_between(cells, first, last) for cells in (found.answered, found.open))
    width, height = size(last - first, len(found.cases))
    context = {
        "study": study,
        "matrix": found,
        "page": page,
        "on_page": len(answered),
        "answered": cells_path(answered),
        "open": cells_path(waiting),
        "width": width,
        "height": height,
        "active": "progress",
    }
    return render(request, "reading/matrix.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reminders(request: SignedInRequest, slug: str) -> HttpResponse:
    """Reminds readers who have not finished; who has not started or has stopped is chosen already."""
    study = staff_study_for(request.user, slug)
    moment = now()
    lines = cockpit_of(study, now=moment).lines
    readers = remindable_readers(study, now=moment, rows=[line.progress for line in lines])
    waiting = {
        line.progress.enrolment.code
        for line in lines
        if {Sign.NOT_STARTED, Sign.STALLED} & set(line.signs)
    }
    form = ReminderForm(
        request.POST if request.method == "POST" else None,
        readers=readers,
        waiting=waiting,
        texts=suggested_texts(study),
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return _reminded(request, study, form)
            except DomainError as error:
                status = error.status
                show_problems(form, error)
    context = {
        "study": study,
        "form": form,
        "readers": readers,
        "refused": [one for one in readers if one.reason],
        "is_open": study.state == StudyState.READING,
        "most": MOST,
        "days_between": DAYS_BETWEEN,
        "active": "progress",
    }
    return render(request, "reading/reminders.html", context, status=status)


def _reminded(request: SignedInRequest, study: Study, form: ReminderForm) -> HttpResponse:
    given = form.cleaned_data
    sent = remind(
        actor=request.user,
        study=study,
        codes=given["readers"],
        texts={"en": given["text_en"], "de": given["text_de"]},
        link=invitation_link(request),
        now=now(),
    )
    told = ngettext("%(count)d reader is reminded.", "%(count)d readers are reminded.", len(sent))
    messages.success(request, told % {"count": len(sent)})
    return redirect("reading:progress", study.slug)
