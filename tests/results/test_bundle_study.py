"""Bundles of studies in the database: who gets one and when, what is in it, and that every number is found again."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from readerstudy.accounts.choices import SiteRole
from readerstudy.core.audit import first_broken_event
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Image
from readerstudy.results.bundle.checking import check_bundle
from readerstudy.results.bundle.exporting import export_bundle
from readerstudy.results.bundle.further import register_bundle_files
from readerstudy.results.bundle.packing import unpacked
from readerstudy.results.bundle.shown_files import shown_files
from readerstudy.results.models import Analysis
from readerstudy.results.selectors import latest_analysis
from readerstudy.results.services import request_analysis
from readerstudy.studies.choices import Scale
from readerstudy.studies.models import StudyCase
from readerstudy.truth.models import TruthAccess
from tests.conftest import PASSWORD, make_user
from tests.results import independent
from tests.results.finished_studies import DESIGNS, finished_study
from tests.unguarded import unguarded


@pytest.fixture
def finish(admin, coordinator, now, settings, django_capture_on_commit_callbacks):
    """A function: a finished study of this design and scale."""
    settings.INFERENCE_BATCH_SIZE, settings.INFERENCE_PROVIDER = 2, "cpu"
    people = {"admin": admin, "coordinator": coordinator, "now": now}

    def do(**options):
        return finished_study(**people, capture=django_capture_on_commit_callbacks, **options)

    return do


@pytest.fixture
def export(coordinator, now):
    def do(study, actor=coordinator, reason="For the journal."):
        return export_bundle(actor=actor, study=study, reason=reason, now=now)

    return do


KINDS = [*((design, Scale.TWO_STEP) for design in DESIGNS), ("unaided", Scale.SIX_POINT), ("unaided", Scale.PERCENT)]  # fmt: skip


@pytest.mark.parametrize(("design", "scale"), KINDS)
def test_every_number_is_found_again_by_both_analyses(finish, export, design, scale):
    study = finish(design=design, scale=scale)
    bundle = export(study)
    report = check_bundle(bundle.data, shown=shown_files)
    assert report.faults == []
    assert report.fingerprint == bundle.fingerprint
    assert report.protocol_sha256 == study.versions.get().sha256
    compared, faults = independent.faults_of(unpacked(bundle.data))
    assert faults == []
    assert compared > 200
    document = latest_analysis(study).document
    assert document["counts"]["withdrawn_readers"] == 1
    assert json.loads(unpacked(bundle.data)["analysis.json"])["document"] == document


def test_the_same_analysis_gives_the_same_bytes_whatever_language_is_spoken(
    finish, export, coordinator
):
    from django.utils import translation

    study = finish()
    first = export(study)
    with translation.override("de"):
        assert export(study, reason="Once more.").data == first.data


def test_no_name_address_file_name_or_free_text_is_in_it(finish, export):
    study = finish()
    text = b"\n".join(unpacked(export(study).data).values()).decode("latin-1")
    words = set(Image.objects.values_list("original_name", flat=True))
    rows = study.enrolments.select_related("user")
    words |= {value for one in rows for value in (one.user.email, one.user.public_id)}
    words |= {"SECRET-PATIENT", "SECRET-LESION", "archive-of-the-ward", "coordinator@example.org"}
    assert [word for word in words if word in text] == []
    withdrawn = study.enrolments.get(state="withdrawn").code
    assert withdrawn not in unpacked(export(study).data)["reads.csv"].decode()


def test_every_version_of_every_answer_is_in_it_and_the_design_as_it_was_locked(finish, export):
    study = finish()
    files = unpacked(export(study).data)
    reads = independent.rows_of(files, "reads.csv")
    assert {row["version"] for row in reads} == {"1", "2"}
    assert any(row["repeat_of_session"] for row in independent.rows_of(files, "order.csv"))
    design = json.loads(files["design.json"])
    assert design["lock"]["manifest"] == study.versions.get().manifest
    assert [one["to"] for one in design["transitions"]] == ["locked", "reading", "closed", "unblinded"]  # fmt: skip
    runs = json.loads(files["model_runs.json"])[0]["runs"]
    assert [run["code"] for run in runs] == ["C01", "C02"]
    assert all(run["provider_used"] == "CPUExecutionProvider" and run["spec"] for run in runs)
    assert {row["confirmation"] for row in independent.rows_of(files, "truth.csv")} == {"histopathology"}  # fmt: skip
    assert {row["licence"] for row in independent.rows_of(files, "cases.csv")} == {"CC BY 4.0"}


def test_how_long_the_aid_was_shown_is_in_it(finish, export):
    reads = independent.rows_of(unpacked(export(finish(design="crossover")).data), "reads.csv")
    shown = {(row["arm"], row["milliseconds_aid_shown"]) for row in reads}
    assert shown == {("unaided", ""), ("aided", "700")}


def test_each_export_is_written_down_with_its_fingerprint(finish, export, coordinator):
    study = finish()
    bundle = export(study)
    event = AuditEvent.objects.get(verb="bundle.exported")
    assert event.actor_id == coordinator.pk
    assert event.data["fingerprint"] == bundle.fingerprint
    assert event.data["reason"] == "For the journal."
    assert TruthAccess.objects.filter(study=study, purpose="bundle").count() == 1
    assert first_broken_event() is None


def test_a_study_that_has_changed_since_is_not_handed_out(
    finish, export, coordinator, now, django_capture_on_commit_callbacks
):
    study = finish()
    case = StudyCase.objects.filter(study=study).first()
    StudyCase.objects.filter(pk=case.pk).update(withdrawn_at=now)
    with pytest.raises(Conflict, match=r"no longer what was analysed|cannot be written"):
        export(study)
    with django_capture_on_commit_callbacks(execute=True):
        request_analysis(actor=coordinator, study=study, now=now + timedelta(hours=1))
    assert check_bundle(export(study).data, shown=shown_files).faults == []


def test_an_analysis_that_was_altered_is_not_handed_out(finish, export):
    study = finish()
    analysis = latest_analysis(study)
    analysis.document["readers"]["sensitivity"]["mean"] += 0.01
    with unguarded():
        analysis.save()
    with pytest.raises(Conflict, match="not the one that was computed"):
        export(study)


def test_without_a_table_the_analysis_has_to_be_computed_again(finish, export):
    study = finish()
    with unguarded():
        Analysis.objects.update(table=None)
    with pytest.raises(Conflict, match="compute it again"):
        export(study)


def test_another_part_may_add_files(finish, export, monkeypatch):
    from readerstudy.results.bundle import further

    monkeypatch.setattr(further, "_registered", [])
    register_bundle_files(lambda analysis: {"extra/note.txt": analysis.sha256.encode()})
    study = finish()
    bundle = export(study)
    assert unpacked(bundle.data)["extra/note.txt"].decode() == latest_analysis(study).sha256
    assert check_bundle(bundle.data, shown=shown_files).reproduced


# --- Who, and when ---------------------------------------------------------------------------------------------------

STATES = ("draft", "locked", "reading", "closed")


@pytest.fixture
def people(admin, coordinator, reader_user):
    return {
        "coordinator": coordinator,
        "admin": admin,
        "reader": reader_user,
        "stranger": make_user(SiteRole.COORDINATOR, "stranger@example.org", "Stranger"),
    }


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ["coordinator", "admin", "reader", "stranger", "nobody"])
def test_before_unblinding_nobody_gets_a_bundle(client, people, now, state, role, tmp_path, capsys):  # noqa: PLR0917
    from tests.reading.factories import open_study
    from tests.studies.factories import make_study

    everybody = {"admin": people["admin"], "coordinator": people["coordinator"], "now": now}
    study = make_study(**everybody) if state == "draft" else open_study(**everybody, emails=[people["reader"].email])  # fmt: skip
    type(study).objects.filter(pk=study.pk).update(state=state)
    address, body = f"/results/{study.slug}/bundle/", {"reason": "Now.", "password": PASSWORD}
    user = people.get(role)
    if user:
        client.force_login(user)
    expected = {"coordinator": (200, 409), "nobody": (302, 302)}.get(role, (404, 404))
    assert (client.get(address).status_code, client.post(address, body).status_code) == expected
    if user:
        with pytest.raises((Conflict, NotAllowed)):
            export_bundle(actor=user, study=study, reason="Now.", now=now)
        with pytest.raises(CommandError):
            call_command("export_study", study.slug, str(tmp_path / "x.zip"), "--as", user.email)
    assert not (tmp_path / "x.zip").exists()
    assert not AuditEvent.objects.filter(verb="bundle.exported").exists()
    assert not TruthAccess.objects.exists()


AFTER = {"coordinator": 200, "admin": 404, "reader": 404, "stranger": 404, "nobody": 302}


def test_after_unblinding_the_coordinators_alone_get_it(client, people, finish):
    study = finish()
    address, body = f"/results/{study.slug}/bundle/", {"reason": "Why", "password": PASSWORD}
    found = {}
    for role in AFTER:
        client.logout()
        if role in people:
            client.force_login(people[role])
        found[role] = {client.get(address).status_code, client.post(address, body).status_code}
    assert found == {role: {status} for role, status in AFTER.items()}
    assert AuditEvent.objects.filter(verb="bundle.exported").count() == 1


WANTING = [{}, {"reason": "Why"}, {"reason": "Why", "password": "wrong"}, {"reason": " ", "password": PASSWORD}]  # fmt: skip


def test_the_page_sends_a_zip_for_a_reason_and_the_password(client, coordinator, finish):
    study = finish()
    client.force_login(coordinator)
    address = f"/results/{study.slug}/bundle/"
    assert f'href="{address}"' in client.get(f"/results/{study.slug}/").content.decode()
    for body in WANTING:
        response = client.post(address, body)
        assert response.status_code == 400
        assert response["Content-Type"].startswith("text/html")
    assert not AuditEvent.objects.filter(verb="bundle.exported").exists()
    response = client.post(address, {"reason": "For the journal.", "password": PASSWORD})
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == f'attachment; filename="{study.slug}-bundle.zip"'
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert "SHA256SUMS" in archive.namelist()
    assert check_bundle(response.content, shown=shown_files).reproduced


def test_the_service_wants_a_reason_and_a_coordinator(finish, export, admin):
    study = finish()
    with pytest.raises(InvalidInput, match="needs a reason"):
        export(study, reason="  ")
    with pytest.raises(NotAllowed):
        export(study, actor=admin)


def test_the_page_tells_a_refusal_in_its_form(client, coordinator, finish):
    study = finish()
    with unguarded():
        Analysis.objects.update(table=None)
    client.force_login(coordinator)
    address = f"/results/{study.slug}/bundle/"
    response = client.post(address, {"reason": "Why", "password": PASSWORD})
    assert response.status_code == 409
    assert "There is no finished analysis" in response.content.decode()
    german = client.post(address, {"reason": "Why", "password": PASSWORD}, headers={"accept-language": "de"})  # fmt: skip
    assert "Auswertung" in german.content.decode()


# --- The commands ----------------------------------------------------------------------------------------------------


def test_the_commands_write_a_bundle_and_find_every_number_again(finish, coordinator, tmp_path, capsys):  # fmt: skip
    study, path = finish(), tmp_path / "out.zip"
    call_command("export_study", study.slug, str(path), "--as", coordinator.email.upper())
    fingerprint = re.search(r"fingerprint  ([0-9a-f]{64})", capsys.readouterr().out)[1]
    call_command("verify_bundle", str(path))
    out = capsys.readouterr().out
    assert out.rstrip().endswith("reproduced: yes")
    assert fingerprint in out
    assert "made here: yes, 20" in out
    event = AuditEvent.objects.get(verb="bundle.exported")
    assert event.data["reason"] == "Exported at the command line."


def test_a_changed_bundle_fails_the_command(finish, export, tmp_path, capsys):
    from tests.results.bundles import zipped

    files = unpacked(export(finish()).data)
    files["truth.csv"] = files["truth.csv"].replace(b",0,nevus", b",1,nevus", 1)
    path = tmp_path / "changed.zip"
    path.write_bytes(zipped(files))
    with pytest.raises(CommandError, match=r"reproduced: no \(\d+ faults\)"):
        call_command("verify_bundle", str(path))
    assert "truth.csv: its bytes are not those" in capsys.readouterr().out


WRONG = [
    ("nothing", "coordinator@example.org", "There is no study nothing"),
    ("", "nobody@example.org", "There is no account nobody@example.org"),
    ("", "admin@example.org", "Only the study's coordinators"),
]


def test_the_commands_say_what_is_not_there(finish, coordinator, tmp_path):
    study = finish()
    for slug, email, why in WRONG:
        with pytest.raises(CommandError, match=why):
            call_command("export_study", slug or study.slug, str(tmp_path / "x"), "--as", email)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_study", study.slug, str(tmp_path / "no" / "x"), "--as", coordinator.email)  # fmt: skip
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_bundle", str(tmp_path / "none.zip"))
