"""Pages, files and texts of the report, with a study that was really read, unblinded and analysed."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from readerstudy.core.errors import InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Case
from readerstudy.reading.services import commit_readings
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis
from readerstudy.results.report import pdf, services
from readerstudy.results.report.facts import facts_of
from readerstudy.results.report.models import ChecklistText, ReportFile
from readerstudy.results.report.services import request_pdf, write_checklist_text
from readerstudy.studies.models import Study
from readerstudy.studies.services import close_study, unblind_study
from readerstudy.truth.services import Truth, record_reference_standards
from tests.conftest import make_user
from tests.german import DE, english_in
from tests.images.factories import make_image_set
from tests.reading.factories import begin, ids, item
from tests.studies.factories import advance, invite, make_study

FILES = ("report", "report-checklists")
OF_LANGUAGE = ("report-html", "report-tables", "report-pdf-state")


@pytest.fixture
def read_study(admin, coordinator, now):
    """In reading: two readers have answered six cases, three of them malignant."""
    images = make_image_set(admin=admin, now=now, cases=6, name="Set")
    truths = [
        (case, Truth(n % 2 == 1, ("nevus", "melanoma")[n % 2], "histology"))
        for n, case in enumerate(Case.objects.filter(image_set=images))
    ]
    record_reference_standards(actor=admin, truths=truths, now=now)
    study = make_study(admin=admin, coordinator=coordinator, now=now, title="Set")
    for email in ("a@example.org", "b@example.org"):
        invite(study, coordinator=coordinator, now=now, email=email)
    study = advance(study, "reading", coordinator=coordinator, now=now)
    for enrolment in study.enrolments.all():
        begin(study, enrolment.user, now=now)
        commit_readings(
            actor=enrolment.user, answers=[item(one) for one in ids(enrolment)], now=now
        )
    return study


@pytest.fixture
def study(read_study, coordinator, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        closed = close_study(
            actor=coordinator, study=read_study, reason="All have finished.", now=now
        )
        unblind_study(actor=coordinator, study=closed, reason="Analysis begins.", now=now)
    assert Analysis.objects.get().state == AnalysisState.DONE
    return Study.objects.get(pk=read_study.pk)


def addresses(slug):
    yield from (reverse(f"results:{name}", args=[slug]) for name in FILES)
    yield from (reverse(f"results:{name}", args=[slug, "en"]) for name in OF_LANGUAGE)
    yield reverse("results:report-checklist-csv", args=[slug, "stard-ai"])


def test_before_unblinding_there_is_no_report(client, read_study, coordinator):
    client.force_login(coordinator)
    for address in addresses(read_study.slug):
        assert client.get(address).status_code == 404, address
    posted = client.post(reverse("results:report-build-pdf", args=[read_study.slug, "en"]))
    assert posted.status_code == 404
    assert not ReportFile.objects.exists()
    text = {"item": "stard-ai-6", "text": "Approved."}
    assert (
        client.post(
            reverse("results:report-checklist-text", args=[read_study.slug]), text
        ).status_code
        == 404
    )


def test_only_the_studys_coordinators_see_it(client, study, admin, reader_user, coordinator):
    stranger = make_user("coordinator", "stranger@example.org", "Stranger")
    reader = study.enrolments.first().user
    for user in (admin, reader_user, reader, stranger):
        client.force_login(user)
        for address in addresses(study.slug):
            assert client.get(address).status_code in (403, 404), (user, address)
    client.logout()
    assert all(client.get(address).status_code == 302 for address in addresses(study.slug))
    client.force_login(coordinator)
    assert all(client.get(address).status_code == 200 for address in addresses(study.slug))


def test_the_html_file_is_served_with_a_policy_that_allows_its_style_alone(
    client, study, coordinator
):
    client.force_login(coordinator)
    response = client.get(reverse("results:report-html", args=[study.slug, "en"]))
    policy = response.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert re.search(r"style-src 'sha256-[^']+'(;|$)", policy)
    assert "script-src 'none'" in policy
    assert "Content-Disposition" not in response.headers
    download = client.get(reverse("results:report-html", args=[study.slug, "de"]) + "?download")
    assert (
        download.headers["Content-Disposition"]
        == f'attachment; filename="{study.slug}-report-de.html"'
    )
    assert '<html lang="de">' in download.content.decode()


def test_the_same_analysis_is_the_same_file_later_too(client, study, coordinator, now):
    client.force_login(coordinator)
    address = reverse("results:report-html", args=[study.slug, "en"])
    first = client.get(address).content
    write_checklist_text(actor=coordinator, study=study, item="stard-ai-6", text="x", now=now)
    write_checklist_text(actor=coordinator, study=study, item="stard-ai-6", text="", now=now)
    assert client.get(address).content == first


def test_a_language_without_a_report_is_not_found(client, study, coordinator):
    client.force_login(coordinator)
    assert client.get(reverse("results:report-html", args=[study.slug, "fr"])).status_code == 404
    assert client.get(reverse("results:report-pdf", args=[study.slug, "en"])).status_code == 404


def test_facts_are_those_of_the_study(study):
    facts = facts_of(Analysis.objects.get())
    assert facts.enrolments == {
        "invited": 2,
        "started": 2,
        "withdrawn": 0,
        "withdrawn_after_start": 0,
    }
    assert facts.locks[0]["sha256"] == study.versions.get().sha256
    assert [step["to"] for step in facts.transitions] == [
        "locked",
        "reading",
        "closed",
        "unblinded",
    ]
    event = AuditEvent.objects.get(verb="analysis finished")
    assert facts.audit["hash"] == event.hash
    assert facts.table.truth.size == 6
    assert len(facts.truth_accesses) == 1


def test_the_dashboard_leads_to_the_report(client, study, coordinator):
    client.force_login(coordinator)
    page = client.get(reverse("results:dashboard", args=[study.slug])).content.decode()
    assert f'href="{reverse("results:report", args=[study.slug])}"' in page


@pytest.mark.parametrize("name", FILES)
def test_the_pages_are_german_in_german(client, study, coordinator, name):
    client.force_login(coordinator)
    page = client.get(reverse(f"results:{name}", args=[study.slug]), headers=DE).content.decode()
    assert english_in(page) == []


def test_a_text_becomes_part_of_checklist_and_report_and_is_audited(client, study, coordinator):
    client.force_login(coordinator)
    address = reverse("results:report-checklist-text", args=[study.slug])
    response = client.post(
        address, {"item": "stard-ai-6", "text": "Ethics committee of the university, 12/26."}
    )
    assert response.headers["Location"].endswith("#stard-ai-6")
    table = client.get(
        reverse("results:report-checklist-csv", args=[study.slug, "stard-ai"])
    ).content.decode()
    row = next(line for line in table.splitlines() if line.startswith("6,"))
    assert "filled by a text" in row
    assert "12/26" in row
    assert (
        "12/26"
        in client.get(reverse("results:report-html", args=[study.slug, "de"])).content.decode()
    )
    event = AuditEvent.objects.get(verb="checklist.text_written")
    assert (event.data["item"], event.data["before"]) == ("stard-ai-6", "")
    client.post(address, {"item": "stard-ai-6", "text": ""})
    assert not ChecklistText.objects.exists()
    assert (
        AuditEvent.objects.filter(verb="checklist.text_written").latest("sequence").data["before"]
    )


def test_texts_that_cannot_be_are_refused(client, study, coordinator, reader_user, now):
    with pytest.raises(InvalidInput, match="No checklist has such an item"):
        write_checklist_text(actor=coordinator, study=study, item="stard-ai-99", text="x", now=now)
    with pytest.raises(InvalidInput, match="at most 4000"):
        write_checklist_text(
            actor=coordinator, study=study, item="stard-ai-6", text="x" * 4001, now=now
        )
    with pytest.raises(NotAllowed):
        write_checklist_text(actor=reader_user, study=study, item="stard-ai-6", text="x", now=now)
    client.force_login(coordinator)
    address = reverse("results:report-checklist-text", args=[study.slug])
    response = client.post(address, {"item": "stard-ai-6", "text": "x" * 4001})
    assert response.status_code == 400
    assert not ChecklistText.objects.exists()


def test_the_same_text_again_changes_nothing(study, coordinator, now):
    for _time in range(2):
        write_checklist_text(actor=coordinator, study=study, item="grras-5", text="Known.", now=now)
    assert AuditEvent.objects.filter(verb="checklist.text_written").count() == 1


def test_the_pdf_is_made_by_the_worker(
    client, study, coordinator, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(services, "report_pdf", lambda report: b"%PDF-" + report.language.encode())
    monkeypatch.setattr(pdf, "is_available", lambda: True)
    client.force_login(coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("results:report-build-pdf", args=[study.slug, "de"]))
    file = ReportFile.objects.get()
    assert (file.state, bytes(file.content)) == (AnalysisState.DONE, b"%PDF-de")
    response = client.get(reverse("results:report-pdf", args=[study.slug, "de"]))
    assert response.content == b"%PDF-de"
    assert response.headers["Content-Type"] == "application/pdf"
    assert (
        "Make the PDF again"
        in client.get(reverse("results:report", args=[study.slug])).content.decode()
    )


def test_a_pdf_that_is_being_made_says_so_and_looks_again(client, study, coordinator, now):
    ReportFile.objects.create(
        analysis=Analysis.objects.get(), language="en", created_by=coordinator, created_at=now
    )
    client.force_login(coordinator)
    part = client.get(reverse("results:report-pdf-state", args=[study.slug, "en"])).content.decode()
    assert "being made" in part
    assert "hx-get" in part


def test_where_no_pdf_can_be_made_a_sentence_says_so(  # noqa: PLR0917 (fixtures)
    client, study, coordinator, now, monkeypatch, django_capture_on_commit_callbacks
):
    def refuse():
        raise pdf.PdfUnavailable("This server cannot write PDF files.", code="pdf_unavailable")

    monkeypatch.setattr(pdf, "_weasyprint", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        request_pdf(actor=coordinator, analysis=Analysis.objects.get(), language="en", now=now)
    assert ReportFile.objects.get().state == AnalysisState.FAILED
    client.force_login(coordinator)
    page = client.get(reverse("results:report", args=[study.slug])).content.decode()
    assert "print it to PDF" in page
    assert "Make the PDF" not in page


def test_the_command_writes_the_report(study, tmp_path):
    target = tmp_path / "out.html"
    call_command("report", study.slug, str(target), language="de")
    assert '<html lang="de">' in target.read_text(encoding="utf-8")
    call_command("report", study.slug, str(tmp_path / "tables.zip"))
    assert (tmp_path / "tables.zip").stat().st_size > 1000
    with pytest.raises(CommandError, match="ends in none of"):
        call_command("report", study.slug, "out.txt")
    with pytest.raises(CommandError, match="There is no study"):
        call_command("report", "nothing", "out.html")


def test_the_command_refuses_before_unblinding(read_study, tmp_path):
    with pytest.raises(CommandError, match="There are no results yet"):
        call_command("report", read_study.slug, str(tmp_path / "out.html"))
    assert not (tmp_path / "out.html").exists()


def test_a_pdf_that_breaks_is_not_waited_for(study, coordinator, now, monkeypatch):
    def broken(_report):
        raise RuntimeError("a page without end")

    monkeypatch.setattr(services, "report_pdf", broken)
    file = ReportFile.objects.create(
        analysis=Analysis.objects.get(), language="en", created_by=coordinator, created_at=now
    )
    with pytest.raises(RuntimeError):
        services.make_pdf(file_id=file.pk, now=now)
    file.refresh_from_db()
    assert (file.state, file.error) == (AnalysisState.FAILED, "The PDF could not be made.")
