"""An import is taken back, as long as no study is made on it."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from readerstudy.core.errors import Conflict, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.images.models import Case, Image, ImageSet
from readerstudy.images.services import delete_image_set
from readerstudy.intake.choices import ImportState
from readerstudy.intake.services import (
    apply_job,
    confirm_job,
    create_job,
    plan_job,
    undo_import,
)
from readerstudy.studies.models import Study
from readerstudy.truth.models import ReferenceStandard
from tests.images.test_services import stored_files
from tests.intake.archives import good_zip
from tests.intake.factories import make_job
from tests.studies.factories import make_study


@pytest.fixture
def applied(tmp_path, admin, now):
    """A job whose four photographs are imported."""
    job = make_job(good_zip(tmp_path / "a.zip"), admin=admin, now=now, name="Ward seven")
    plan_job(job_id=job.pk, clock=lambda: now)
    confirm_job(actor=admin, job=job, now=now)
    apply_job(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    return job


def test_rows_files_and_truth_are_gone_and_the_report_stays(
    applied, admin, now, django_capture_on_commit_callbacks
):
    assert len(stored_files()) == 8
    with django_capture_on_commit_callbacks(execute=True):
        undo_import(actor=admin, job=applied, now=now)
    applied.refresh_from_db()
    assert (applied.state, applied.image_set) == (ImportState.UNDONE, None)
    assert applied.report["totals"]["images"] == 4
    for model in (ImageSet, Case, Image, ReferenceStandard):
        assert not model.objects.exists()
    assert stored_files() == []
    assert AuditEvent.objects.filter(verb="import.undone").count() == 1


def test_the_same_archive_can_be_imported_again(applied, admin, now, tmp_path):
    undo_import(actor=admin, job=applied, now=now)
    content = good_zip(tmp_path / "b.zip").read_bytes()
    archive = ContentFile(content, name="ward.zip")
    again = create_job(actor=admin, name="Ward seven", is_synthetic=False, archive=archive, now=now)
    plan_job(job_id=again.pk, clock=lambda: now)
    again.refresh_from_db()
    assert again.state == ImportState.PLANNED


def test_a_study_even_a_draft_stands_in_the_way_and_is_named(applied, admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now, title="Nevi of the ward")
    Study.objects.filter(pk=study.pk).update(image_set=applied.image_set)
    with pytest.raises(Conflict, match=r"Nevi of the ward.*the import cannot be"):
        undo_import(actor=admin, job=applied, now=now)
    applied.refresh_from_db()
    assert applied.state == ImportState.APPLIED
    assert Image.objects.filter(case__image_set=applied.image_set).count() == 4
    assert len(stored_files(f"images/{applied.public_id}")) == 8


def test_only_admins_undo_and_only_once(applied, admin, coordinator, now):
    with pytest.raises(NotAllowed):
        undo_import(actor=coordinator, job=applied, now=now)
    undo_import(actor=admin, job=applied, now=now)
    with pytest.raises(Conflict, match="nothing to undo"):
        undo_import(actor=admin, job=applied, now=now)


def test_a_deleted_image_set_leaves_nothing_to_undo(applied, admin, now):
    delete_image_set(actor=admin, image_set=applied.image_set, now=now)
    with pytest.raises(Conflict, match="nothing to undo"):
        undo_import(actor=admin, job=applied, now=now)


def test_the_page_asks_first(client, applied, admin):
    client.force_login(admin)
    address = reverse("intake:undo", args=[applied.public_id])
    assert address in client.get(reverse("intake:job", args=[applied.public_id])).content.decode()
    assert "4 photographs, their files" in client.get(address).content.decode()
    assert ImageSet.objects.exists()
    text = client.post(address, follow=True).content.decode()
    assert "The import of ward.zip was undone." in text
    assert "The report stays" in text
    assert not ImageSet.objects.exists()


def test_the_page_says_which_study_stands_in_the_way(client, applied, admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now, title="Nevi of the ward")
    Study.objects.filter(pk=study.pk).update(image_set=applied.image_set)
    client.force_login(admin)
    address = reverse("intake:undo", args=[applied.public_id])
    text = client.get(address).content.decode()
    assert "Nevi of the ward" in text
    assert "button danger" not in text
    assert client.post(address).status_code == 409


def test_a_link_alone_undoes_nothing_and_others_are_not_even_asked(
    client, applied, coordinator, reader_user
):
    address = reverse("intake:undo", args=[applied.public_id])
    for user in (coordinator, reader_user):
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    client.logout()
    assert client.post(address).status_code == 302
    assert ImageSet.objects.count() == 1
