"""Pages of finished studies: list, upload, questions and preview, and the dashboards that own studies have, too."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from readerstudy.accounts.requests import SignedInRequest
from readerstudy.core.body_limits import takes_files
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError, NotFound
from readerstudy.core.forms import show_problems
from readerstudy.results.access import computed_analysis
from readerstudy.results.choices import AnalysisState, FinishedState
from readerstudy.results.finished.forms import (
    ROLE_WORDS,
    AboutForm,
    QuestionsForm,
    ScoresForm,
    named_file,
)
from readerstudy.results.finished.models import FinishedStudy
from readerstudy.results.finished.opening import NamedFile
from readerstudy.results.finished.permissions import (
    SCORES,
    TABLES,
    check_may_import,
    finished_studies_visible_to,
    finished_study_for,
)
from readerstudy.results.finished.plan import Files
from readerstudy.results.finished.said import said_of
from readerstudy.results.finished.services import (
    About,
    add_scores,
    answer_finished,
    apply_finished,
    discard_finished,
    upload_finished,
)
from readerstudy.results.models import Analysis
from readerstudy.results.pages import results_page
from readerstudy.results.selectors import latest_analysis
from readerstudy.results.services import request_finished_analysis
from readerstudy.results.shown import topics_of
from readerstudy.results.tables import all_tables
from readerstudy.results.views import dashboard_context, topic_context

BASE = "results/finished/base.html"
_SHORT_TABLE = 40
_WITHOUT_READERS = ("votes", "model-")


@require_safe
@login_required
def studies(request: SignedInRequest) -> HttpResponse:
    """The finished studies that the person may see, newest first."""
    check_may_import(request.user)
    found = finished_studies_visible_to(request.user).defer("table")
    return render(request, "results/finished/list.html", {"finished": found})


@takes_files(TABLES)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    """The form; a POST checks the files and goes to what they leave open."""
    check_may_import(request.user)
    form = AboutForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            finished = _uploaded(request, dict(form.cleaned_data))
        except DomainError as error:
            show_problems(form, error)
        else:
            return redirect("finished:plan", finished.public_id)
    status = 400 if form.errors else 200
    return render(request, "results/finished/upload.html", {"form": form}, status=status)


def _uploaded(request: SignedInRequest, said: dict[str, Any]) -> FinishedStudy:
    found = {name: named_file(said.pop(name)) for name in ("readings", "names", "truth")}
    readings = found.pop("readings")
    assert readings is not None  # nosec B101  # noqa: S101 (the form requires it)
    files = Files(readings, **found)
    return upload_finished(actor=request.user, about=About(**said), files=files, now=now())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What was found and what is open; a POST answers."""
    finished = finished_study_for(request.user, public_id)
    if finished.state == FinishedState.IMPORTED:
        return redirect("finished:dashboard", public_id)
    form = QuestionsForm(finished.report, said_of(finished.said), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_finished(actor=request.user, finished=finished, said=form.answers(), now=now())
        except DomainError as error:
            show_problems(form, error)
        else:
            return redirect("finished:plan", public_id)
    context = {
        "study": finished,
        "form": form,
        "report": finished.report,
        "roles": [(ROLE_WORDS[role], one) for role, one in finished.report["roles"].items()],
        "ready": finished.state == FinishedState.PLANNED,
    }
    status = 400 if form.errors else 200
    return render(request, "results/finished/plan.html", context, status=status)


@require_POST
@login_required
def apply(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Imports what was checked."""
    finished = finished_study_for(request.user, public_id)
    apply_finished(actor=request.user, finished=finished, now=now())
    messages.success(request, _("%(name)s is imported.") % {"name": finished.title})
    return redirect("finished:dashboard", public_id)


@require_POST
@login_required
def discard(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Removes an upload that was not imported."""
    finished = finished_study_for(request.user, public_id)
    discard_finished(actor=request.user, finished=finished, now=now())
    messages.success(request, _("The import of %(name)s was discarded.") % {"name": finished.title})
    return redirect("finished:list")


@takes_files(SCORES)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def scores(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The form of a CNN's scores; a POST adds them and computes again."""
    finished = finished_study_for(request.user, public_id)
    form = ScoresForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, finished, form.cleaned_data)
        except DomainError as error:
            show_problems(form, error)
        else:
            messages.success(request, _("A new analysis is being computed."))
            return redirect("finished:dashboard", public_id)
    context = {"study": finished, "form": form}
    status = 400 if form.errors else 200
    return render(request, "results/finished/scores.html", context, status=status)


def _add(request: SignedInRequest, finished: FinishedStudy, said: dict[str, Any]) -> None:
    uploaded = said["scores"]
    add_scores(
        actor=request.user,
        finished=finished,
        name=said["name"],
        file=NamedFile(uploaded.name, uploaded.read()),
        positive=said["positive"],
        now=now(),
    )


@require_POST
@login_required
def compute(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Queues a new analysis."""
    finished = finished_study_for(request.user, public_id)
    request_finished_analysis(actor=request.user, finished=finished, now=now())
    messages.success(request, _("A new analysis is being computed."))
    return redirect("finished:dashboard", public_id)


@results_page
def dashboard(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The figures and tables of the newest analysis; of counts of votes, what those allow."""
    finished = finished_study_for(request.user, public_id)
    if finished.state != FinishedState.IMPORTED:
        return redirect("finished:plan", public_id)
    analysis = latest_analysis(finished)
    if analysis is None or analysis.state != AnalysisState.DONE:
        context = {"study": finished, "analysis": analysis, "base": BASE}
        return render(request, "results/waiting.html", context)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRefresh()
    document = analysis.document or {}
    if document["readers"]["n"] == 0:
        return render(request, "results/finished/votes.html", _votes_context(finished, analysis))
    context = {**dashboard_context(finished, analysis), "base": BASE}
    return render(request, "results/dashboard.html", context)


def _votes_context(finished: FinishedStudy, analysis: Analysis) -> dict[str, Any]:
    document = analysis.document or {}
    topic = next(one for one in topics_of(document) if one.name == "votes")
    known = all_tables(document).items()
    shown = [
        table
        for name, table in known
        if name.startswith(_WITHOUT_READERS) and len(table.rows) <= _SHORT_TABLE
    ]
    return {
        **topic_context(finished, analysis, topic),
        "document": document,
        "tables": shown,
        "current": "overview",
        "base": BASE,
    }


@results_page
def topic(request: SignedInRequest, public_id: str, name: str) -> HttpResponse:
    """The figures and tables of one topic of the newest analysis."""
    finished = finished_study_for(request.user, public_id)
    analysis = computed_analysis(finished)
    chosen = next((one for one in topics_of(analysis.document or {}) if one.name == name), None)
    if chosen is None:
        raise NotFound("There is no such topic.")
    context = {**topic_context(finished, analysis, chosen), "base": BASE}
    return render(request, "results/topic.html", context)


@require_safe
@login_required
def readers(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Every reader."""
    return _one_table(request, public_id, "readers")


@require_safe
@login_required
def cases(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Every case."""
    return _one_table(request, public_id, "cases")


def _one_table(request: SignedInRequest, public_id: str, name: str) -> HttpResponse:
    finished = finished_study_for(request.user, public_id)
    analysis = computed_analysis(finished)
    table = all_tables(analysis.document or {})[name]
    context = {"study": finished, "analysis": analysis, "table": table, "base": BASE}
    context["current"] = {"readers": "readers-list"}.get(name, name)
    return render(request, "results/table.html", context)
