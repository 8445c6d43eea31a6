"""A refused import is put right where it stands: another name, another manifest, other columns. Nothing is lost."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import ImageSet
from readerstudy.intake.choices import ImportState
from readerstudy.intake.correcting import KEPT, remove_refused_imports
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.models import ImportJob
from readerstudy.intake.services import (
    confirm_job,
    map_job,
    rename_job,
    replace_manifest,
    retry_job,
)
from tests.images.test_services import stored_files
from tests.intake.archives import good_files, make_zip, manifest, rows
from tests.intake.factories import make_job

GERMAN = "Aufnahme;Befund;Alter"
GERMAN_ROWS = [
    f"photo{number}.png;{name};5{number}" for number, name in enumerate(["Nävus", "Melanom"] * 2)
]
ANSWERS = ManifestMapping(
    {"image": "Aufnahme", "diagnosis": "Befund", "malignant": "", "age": "Alter"}
)
CLASSES = ManifestMapping({}, {"Nävus": "benign", "Melanom": "malignant"})


@pytest.fixture
def act(django_capture_on_commit_callbacks, admin, now):
    """Calls a service; what it sends to the workers is done at once. Gives the job as it is then."""

    def call(service, job, **said):
        with django_capture_on_commit_callbacks(execute=True):
            service(actor=admin, job=job, now=now, **said)
        job.refresh_from_db()
        return job

    return call


@pytest.fixture
def checked(tmp_path, admin, now, django_capture_on_commit_callbacks):
    """The job of an archive with these files, once its check is done."""

    def make(files, name="Set"):
        with django_capture_on_commit_callbacks(execute=True):
            path = make_zip(tmp_path / "a.zip", files)
            job = make_job(path, admin=admin, now=now, name=name)
        job.refresh_from_db()
        return job

    return make


@pytest.fixture
def refused(checked):
    """An import with one photograph that is not in its archive."""
    return checked({**good_files(), "manifest.csv": manifest([*rows(), "no.png,nevus,0"])})


def codes(job):
    return [one["code"] for one in job.report["problems"]]


def test_the_second_of_two_imports_of_one_name_is_renamed_and_stored(checked, act):
    first, second = checked(good_files()), checked(good_files())
    act(confirm_job, first)
    act(confirm_job, second)
    assert (second.state, codes(second)) == (ImportState.REFUSED, ["name_taken"])
    with pytest.raises(InvalidInput, match="already an image set with the name Set"):
        act(rename_job, second, name="Set")
    act(rename_job, second, name=" Set two ")
    assert second.state == ImportState.PLANNED
    act(confirm_job, second)
    assert sorted(ImageSet.objects.values_list("name", flat=True)) == ["Set", "Set two"]
    assert AuditEvent.objects.filter(verb="import.renamed").count() == 1


def test_a_name_that_was_not_refused_is_changed_without_another_check(checked, act):
    job = checked(good_files())
    act(rename_job, job, name="Ward")
    assert (job.name, job.state, job.attempt) == ("Ward", ImportState.PLANNED, 1)


def german(checked, act, lines=GERMAN_ROWS):
    """An import whose columns are asked for and said."""
    content = "\n".join([GERMAN, *lines]).encode()
    job = checked({**good_files(), "manifest.csv": content})
    assert job.state == ImportState.ASKED
    return act(map_job, job, mapping=ANSWERS)


def test_a_wrong_column_is_put_right_after_the_refusal(checked, act):
    job = german(checked, act)
    act(map_job, job, mapping=CLASSES)
    assert job.state == ImportState.PLANNED
    act(map_job, job, mapping=ManifestMapping({"age": "Befund"}))
    assert job.state == ImportState.REFUSED
    act(map_job, job, mapping=ManifestMapping({"age": "Alter"}))
    assert job.state == ImportState.PLANNED


def test_answers_and_archive_outlive_a_refusal_and_the_manifest_is_corrected(checked, act):
    job = german(checked, act, [*GERMAN_ROWS, "fehlt.png;Nävus;60"])
    act(map_job, job, mapping=CLASSES)
    assert (job.state, codes(job)) == (ImportState.REFUSED, ["image_missing"])
    right = ContentFile("\n".join([GERMAN, *GERMAN_ROWS]).encode(), name="C:\\liste 2.csv")
    act(replace_manifest, job, manifest=right)
    assert (job.state, job.manifest_name) == (ImportState.PLANNED, "liste 2.csv")
    assert job.report["classes"] == {"Nävus": "benign", "Melanom": "malignant"}
    act(confirm_job, job)
    assert job.image_set.cases.count() == 4
    assert stored_files("imports") == []


def test_of_several_corrected_manifests_only_the_last_is_kept(refused, act):
    for name in ("one.csv", "two.csv"):
        act(replace_manifest, refused, manifest=ContentFile(manifest(), name=name))
    assert refused.manifest_name == "two.csv"
    assert len([name for name in stored_files("imports") if name.endswith(".csv")]) == 1


def test_a_manifest_that_is_refused_changes_nothing(refused, act, settings):
    settings.IMPORT_MAX_FILE_BYTES = 10
    with pytest.raises(InvalidInput, match=r"m\.csv has \d+ bytes"):
        act(replace_manifest, refused, manifest=ContentFile(manifest(), name="m.csv"))
    refused.refresh_from_db()
    assert (refused.state, bool(refused.manifest)) == (ImportState.REFUSED, False)


def test_only_admins_correct_and_nothing_that_is_at_work_or_done(refused, coordinator, admin, now):
    file = ContentFile(manifest(), name="m.csv")
    for state in (ImportState.APPLYING, ImportState.APPLIED):
        ImportJob.objects.update(state=state)
        with pytest.raises(Conflict, match="at work or done"):
            rename_job(actor=admin, job=refused, name="New", now=now)
        with pytest.raises(Conflict, match="at work or done"):
            replace_manifest(actor=admin, job=refused, manifest=file, now=now)
    with pytest.raises(NotAllowed):
        rename_job(actor=coordinator, job=refused, name="New", now=now)
    with pytest.raises(NotAllowed):
        replace_manifest(actor=coordinator, job=refused, manifest=file, now=now)
    assert not [name for name in stored_files("imports") if name.endswith(".csv")]


def test_a_refused_import_is_kept_for_a_week(
    refused, checked, now, django_capture_on_commit_callbacks
):
    waiting = checked(good_files(), name="Other")
    assert remove_refused_imports(now=now + KEPT) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_refused_imports(now=now + KEPT + timedelta(seconds=1)) == 1
    assert list(ImportJob.objects.all()) == [waiting]
    assert not [name for name in stored_files("imports") if refused.public_id in name]


def test_a_check_that_fails_after_answers_is_checked_again_and_not_imported(
    checked, act, admin, now
):
    job = german(checked, act)
    map_job(actor=admin, job=job, mapping=CLASSES, now=now)
    ImportJob.objects.update(state=ImportState.FAILED, heartbeat_at=None)
    act(retry_job, job)
    assert job.state == ImportState.PLANNED
    assert not ImageSet.objects.exists()


def test_the_page_of_a_refused_import_offers_what_puts_it_right(client, admin, refused):
    client.force_login(admin)
    text = client.get(reverse("intake:job", args=[refused.public_id])).content.decode()
    for address in ("mapping", "rename", "manifest"):
        assert f'action="{reverse(f"intake:{address}", args=[refused.public_id])}"' in text
    assert "Until Jan. 22, 2026 the import is kept." in text


def test_the_forms_of_the_page_correct_and_tell_what_is_wrong(
    client, admin, refused, django_capture_on_commit_callbacks
):
    client.force_login(admin)
    rename = reverse("intake:rename", args=[refused.public_id])
    replace = reverse("intake:manifest", args=[refused.public_id])
    for address in (rename, replace):
        answer = client.post(address, {})
        assert answer.status_code == 400
        assert "This field is required" in answer.content.decode()
    assert client.post(rename, {"name": "Ward"}).status_code == 302
    file = SimpleUploadedFile("right.csv", manifest(), "text/csv")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(replace, {"manifest": file}).status_code == 302
    refused.refresh_from_db()
    assert (refused.name, refused.state) == ("Ward", ImportState.PLANNED)


def test_a_form_that_comes_too_late_leads_to_the_import(client, admin, refused):
    client.force_login(admin)
    ImportJob.objects.update(state=ImportState.APPLYING)
    address = reverse("intake:rename", args=[refused.public_id])
    answer = client.post(address, {"name": "Ward"}, follow=True)
    assert "has moved on meanwhile" in answer.content.decode()


def test_over_the_api(client, admin, refused, django_capture_on_commit_callbacks):
    client.force_login(admin)
    name = reverse("api:import-name", args=[refused.public_id])
    answer = client.post(name, {"name": "Ward"}, content_type="application/json")
    assert (answer.status_code, answer.json()["name"]) == (200, "Ward")
    assert client.post(name, {}, content_type="application/json").status_code == 400
    address = reverse("api:import-manifest", args=[refused.public_id])
    assert client.post(address, {}).status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        file = SimpleUploadedFile("right.csv", manifest(), "text/csv")
        answer = client.post(address, {"manifest": file})
    assert (answer.status_code, answer.json()["manifest_name"]) == (200, "right.csv")
    refused.refresh_from_db()
    assert refused.state == ImportState.PLANNED
