"""Who sees what of results, page by page: nobody anything before unblinding, and afterwards only those it is for."""

import pytest
from django.urls import reverse

from readerstudy.results.urls import urlpatterns
from readerstudy.studies.models import Study
from tests.conftest import make_user
from tests.results.unblinded import EMAILS, read_study, unblinded
from tests.signed_in import just_signed_in

ROLES = ("coordinator", "admin", "stranger", "reader", "other reader", "withdrawn reader", "nobody")
OF_A_STUDY = (
    "dashboard", "topic", "explore", "readers", "reader", "cases", "case", "bundle",
    "report", "report-html", "report-docx", "report-tables", "report-checklists", "report-checklist-csv",
    "report-checklist-docx",
)  # fmt: skip
# What takes only what a button sends, and the file of a PDF that nobody has asked for yet.
POSTED = ("compute", "report-build-pdf", "report-checklist-text")
NOT_MADE = ("report-pdf", "report-pdf-state")
# Pages of the plan belong to the draft: they hold no result, and the coordinators see them at all times.
OF_THE_PLAN = ("plan", "plan-drop")
OF_AN_ANALYSIS = ("table-csv", "document")
IN_A_LANGUAGE = (
    "report-html", "report-docx", "report-tables", "report-pdf", "report-build-pdf", "report-pdf-state",
)  # fmt: skip
OF_A_CHECKLIST = ("report-checklist-csv", "report-checklist-docx")
IMAGES = ("case-image", "case-thumbnail")
# Only the coordinators of the study; readers their own report, and the photographs that they have read.
STAFF, THOSE_WHO_READ = ("coordinator",), ("coordinator", "reader", "other reader")
ALLOWED = {
    **dict.fromkeys((*OF_A_STUDY, *OF_AN_ANALYSIS), STAFF),
    **dict.fromkeys(IMAGES, THOSE_WHO_READ),
    "own-report": ("reader",),
}


@pytest.fixture
def people(admin, coordinator, now, settings):
    settings.INFERENCE_BATCH_SIZE, settings.INFERENCE_PROVIDER = 2, "cpu"
    emails = (*EMAILS, "gone@example.org")
    study = read_study(admin=admin, coordinator=coordinator, now=now, emails=emails)
    users = {one.user.email: one.user for one in study.enrolments.select_related("user")}
    study.enrolments.filter(user=users["gone@example.org"]).update(
        state="withdrawn", withdrawn_at=now
    )
    return {
        "coordinator": coordinator,
        "admin": admin,
        "stranger": make_user("coordinator", "stranger@example.org", "Stranger"),
        "reader": users[EMAILS[0]],
        "other reader": users[EMAILS[1]],
        "withdrawn reader": users["gone@example.org"],
        "nobody": None,
    }


def addresses(reader):
    """Every page of results with arguments that exist. An analysis has none before unblinding, so any id stands there."""
    study = Study.objects.get()
    analysis = study.analyses.first()
    enrolment, case = study.enrolments.get(user=reader), study.study_cases.first()
    arguments = {
        "topic": [study.slug, "comparison"],
        "reader": [study.slug, enrolment.code],
        "case": [study.slug, case.public_id],
        "table-csv": [analysis.public_id if analysis else "none", "readers"],
        "document": [analysis.public_id if analysis else "none"],
        "own-report": [enrolment.public_id],
        "case-image": [case.public_id, 1],
        "case-thumbnail": [case.public_id],
        **{name: [study.slug, "en"] for name in IN_A_LANGUAGE},
        **{name: [study.slug, "stard-ai"] for name in OF_A_CHECKLIST},
    }
    names = [pattern.name for pattern in urlpatterns if pattern.name not in OF_THE_PLAN]
    return {
        name: reverse(f"results:{name}", args=arguments.get(name, [study.slug])) for name in names
    }


def test_the_tables_here_name_every_page_of_results(people):
    assert set(addresses(people["reader"])) == {*ALLOWED, *POSTED, *NOT_MADE}


@pytest.mark.parametrize("role", ROLES)
def test_before_unblinding_every_page_refuses_everybody(client, people, role):
    if people[role]:
        just_signed_in(client, people[role])
    found = {}
    for name, address in addresses(people["reader"]).items():
        response = client.post(address) if name in POSTED else client.get(address)
        found[name] = response.status_code
        body = response.content.decode()
        assert "melanoma</td>" not in body, name
        if response.status_code == 200:
            assert "sealed" in body
    if role == "nobody":
        assert set(found.values()) == {302}
    else:
        # The pages that say why there is nothing yet, and the refusal to compute.
        told = {"dashboard": 200, "bundle": 200, "compute": 409} if role == "coordinator" else {}
        assert found == {**dict.fromkeys(found, 404), **told}


@pytest.mark.parametrize("state", ["reading", "closed"])
@pytest.mark.parametrize("query", ["csv=readers", "group=Resident", "show=hardest", "at=0.5"])
def test_no_query_opens_a_sealed_page(client, people, state, query):
    Study.objects.update(state=state)
    just_signed_in(client, people["coordinator"])
    pages = addresses(people["reader"])
    for name in ("explore", "cases", "case", "reader", "own-report"):
        assert client.get(f"{pages[name]}?{query}").status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_after_unblinding_each_page_is_open_to_those_it_is_for(
    client, people, now, role, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        unblinded(Study.objects.get(), coordinator=people["coordinator"], now=now)
    if people[role]:
        just_signed_in(client, people[role])
    pages = addresses(people["reader"])
    refused = 302 if role == "nobody" else 404
    for name, allowed in ALLOWED.items():
        # A topic of this name may not be registered: then the coordinators are told so too.
        expected = {200} if role in allowed else {refused}
        if name == "topic" and role in allowed:
            expected = {200, 404}
        response = client.get(pages[name])
        assert response.status_code in expected, name
        if response.streaming:
            b"".join(response)  # a photograph, whose file is to be closed


def test_a_reader_who_has_not_read_a_case_is_not_shown_its_photograph(
    client, people, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        unblinded(Study.objects.get(), coordinator=people["coordinator"], now=now)
    new = make_user("reader", "new@example.org", "New")
    study = Study.objects.get()
    other = study.enrolments.first()
    study.enrolments.create(
        user=new, code="R-NEW1", rank_group=other.rank_group, institution=other.institution,
        state="active", enrolled_at=now,
    )  # fmt: skip
    just_signed_in(client, new)
    case = study.study_cases.first()
    assert client.get(reverse("results:case-image", args=[case.public_id, 1])).status_code == 404


def test_a_readers_own_report_names_nobody_else(
    client, people, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        unblinded(Study.objects.get(), coordinator=people["coordinator"], now=now)
    just_signed_in(client, people["reader"])
    study = Study.objects.get()
    own = study.enrolments.get(user=people["reader"])
    others = study.enrolments.exclude(pk=own.pk)
    page = client.get(addresses(people["reader"])["own-report"]).content.decode()
    assert own.code in page
    for other in others:
        assert other.code not in page
        assert other.user.email not in page
