"""Before unblinding the API, the tasks and the commands refuse what the pages refuse, to everybody."""

import pytest
from django.core.management import CommandError, call_command

from readerstudy.core.errors import NotAllowed
from readerstudy.results.choices import AnalysisState
from readerstudy.results.gathering import reading_table
from readerstudy.results.models import Analysis
from readerstudy.results.tasks import run_analysis_task
from readerstudy.studies.services import close_study
from tests.conftest import make_user
from tests.results.unblinded import EMAILS, read_study

ROLES = ("coordinator", "admin", "stranger", "reader", "nobody")
STATES = ("reading", "closed")


@pytest.fixture
def people(admin, coordinator, now, settings):
    settings.INFERENCE_BATCH_SIZE, settings.INFERENCE_PROVIDER = 2, "cpu"
    study = read_study(admin=admin, coordinator=coordinator, now=now)
    reader = study.enrolments.select_related("user").get(user__email=EMAILS[0]).user
    stranger = make_user("coordinator", "stranger@example.org", "Stranger")
    return study, {
        "coordinator": coordinator, "admin": admin, "stranger": stranger, "reader": reader, "nobody": None,
    }  # fmt: skip


@pytest.fixture(params=STATES)
def sealed(request, people, coordinator, now):
    """The study in this state, and an analysis row that somebody has made past the services."""
    study, _people = people
    if request.param == "closed":
        study = close_study(actor=coordinator, study=study, reason="Done.", now=now)
    forged = Analysis.objects.create(
        study=study, code_version="1", created_by=coordinator, created_at=now
    )
    return study, forged


@pytest.mark.parametrize("role", ROLES)
def test_the_api_computes_and_tells_nothing(client, people, sealed, role):
    study, forged = sealed
    user = people[1][role]
    if user:
        client.force_login(user)
    asked = client.post("/api/v1/analyses/", {"study": study.slug}, content_type="application/json")
    expected = {"coordinator": 409, "nobody": 401}.get(role, 404)
    assert asked.status_code == expected
    assert Analysis.objects.count() == 1
    for address in ("/api/v1/analyses/", f"/api/v1/analyses/{forged.public_id}/"):
        response = client.get(address)
        assert "melanoma" not in response.content.decode()
        if response.status_code == 200 and "document" in response.json():
            assert response.json()["document"] is None


def test_a_task_that_is_sent_all_the_same_reads_no_truth(sealed, coordinator, now):
    study, forged = sealed
    with pytest.raises(NotAllowed, match="sealed until the study is unblinded"):
        reading_table(study=study, actor=coordinator, now=now)
    run_analysis_task(analysis_id=forged.pk)
    forged.refresh_from_db()
    assert forged.state == AnalysisState.FAILED
    assert (forged.document, forged.table) == (None, None)
    assert "sealed until the study is unblinded" in forged.error


@pytest.mark.parametrize("role", ["coordinator", "admin", "stranger", "reader"])
def test_the_commands_write_no_file(people, sealed, tmp_path, role):
    study, _forged = sealed
    path = tmp_path / "out.zip"
    with pytest.raises(CommandError):
        call_command("export_study", study.slug, str(path), "--as", people[1][role].email)
    for ending in ("html", "zip", "docx", "pdf"):
        with pytest.raises(CommandError, match="There are no results yet"):
            call_command("report", study.slug, str(tmp_path / f"out.{ending}"))
    assert list(tmp_path.glob("out.*")) == []
