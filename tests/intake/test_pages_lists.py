"""Where imports are found again, and what their pages tell of files and values."""

import pytest
from django.urls import reverse

from readerstudy.intake import views
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.models import ImportJob
from readerstudy.intake.selectors import groups_in
from readerstudy.intake.services import confirm_job, map_job, plan_job, undo_import
from tests.intake.archives import good_files, make_zip, manifest, rows
from tests.intake.factories import make_job
from tests.intake.photographs import png


@pytest.fixture
def checked(tmp_path, admin, now, django_capture_on_commit_callbacks):
    """An import of these files, once its check is done."""

    def make(files, name="Set"):
        with django_capture_on_commit_callbacks(execute=True):
            job = make_job(make_zip(tmp_path / "a.zip", files), admin=admin, now=now, name=name)
        job.refresh_from_db()
        return job

    return make


@pytest.fixture
def imported(checked, admin, now, django_capture_on_commit_callbacks):
    """An import that is stored."""

    def make(name="Set"):
        job = checked(good_files(), name)
        with django_capture_on_commit_callbacks(execute=True):
            confirm_job(actor=admin, job=job, now=now)
        job.refresh_from_db()
        return job

    return make


def text_of(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def test_imports_that_are_done_or_undone_are_listed_a_page_at_a_time(
    client, admin, now, imported, monkeypatch
):
    monkeypatch.setattr(views, "FINISHED_ON_A_PAGE", 1)
    undone = imported("Undone")
    undo_import(actor=admin, job=undone, now=now)
    stored = imported("Stored")
    client.force_login(admin)
    texts = [text_of(client, "intake:upload", page=number) for number in (1, 2)]
    for job in (stored, undone):
        address = reverse("intake:job", args=[job.public_id])
        assert sum(f'href="{address}"' in text for text in texts) == 1
    assert "Page 1 of 2" in texts[0]


def test_the_image_sets_page_leads_admins_to_its_import(client, admin, coordinator, imported):
    job = imported()
    address = reverse("intake:job", args=[job.public_id])
    client.force_login(admin)
    text = text_of(client, "images:detail", job.image_set.public_id)
    assert f'href="{address}"' in text
    assert reverse("intake:undo", args=[job.public_id]) in text
    client.force_login(coordinator)
    assert address not in text_of(client, "images:detail", job.image_set.public_id)


def test_original_names_stand_with_the_ids_of_their_cases_and_sources_once(client, admin, imported):
    image_set = imported().image_set
    source = "A long sentence that names everybody who took part."
    for case in image_set.cases.all():
        case.images.update(licence="CC-BY-4.0", attribution=source)
    client.force_login(admin)
    text = text_of(client, "images:detail", image_set.public_id)
    for case in image_set.cases.all():
        assert f"<td><code>{case.public_id}</code></td>" in text
    # Once below the thumbnails, once as a source of the whole set.
    assert text.count(source) == 2


def test_a_problem_without_a_row_tells_its_files():
    def one(file, row=None):
        return {"code": "unlisted_image", "column": "", "message": "m", "file": file, "row": row}

    group = {"kind": "warning", "file": "", "column": "", "code": "unlisted_image", "count": 2}
    report = {"groups": [group], "warnings": [one("a.png"), one("b.png"), one("m.csv", 2)]}
    assert groups_in(report, "warning")[0]["files"] == ["a.png", "b.png"]


def test_the_page_names_the_file_of_a_photograph_that_no_row_names(client, admin, checked):
    job = checked({**good_files(), "extra.png": png(99)})
    client.force_login(admin)
    text = text_of(client, "intake:job", job.public_id)
    assert '<td class="file">extra.png</td>' in text
    assert "All 4 photographs, as they would be imported." in text


def test_photographs_of_a_preview_name_their_source_once(client, admin, checked):
    header = "image,diagnosis,malignant,licence,attribution"
    lines = [f"{line},CC-BY-4.0,Ward seven" for line in rows()]
    job = checked({**good_files(), "manifest.csv": manifest(lines, header)})
    client.force_login(admin)
    preview = text_of(client, "intake:job", job.public_id).split("<h2>Preview</h2>")[1]
    assert preview.count("[1] CC-BY-4.0 · Ward seven") == 1
    assert preview.count("CC-BY-4.0 [1]") == 4


def test_questions_show_values_of_columns_and_rows_of_diagnoses(client, admin, checked, now):
    lines = ["Datei;Befund;Jahre", *(f"photo{n}.png;Nävus;5{n}" for n in range(3))]
    content = "\n".join([*lines, "photo3.png;Spinaliom;70"]).encode()
    job = checked({**good_files(), "manifest.csv": content})
    client.force_login(admin)
    text = text_of(client, "intake:job", job.public_id)
    assert "Datei: photo0.png · photo1.png · photo2.png</option>" in text
    assert "Befund: Nävus · Spinaliom</option>" in text
    said = {"image": "Datei", "diagnosis": "Befund", "malignant": "", "age": "Jahre"}
    map_job(actor=admin, job=job, mapping=ManifestMapping(said), now=now)
    plan_job(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    assert job.report["class_rows"] == {"Nävus": 3, "Spinaliom": 1}
    text = text_of(client, "intake:job", job.public_id)
    assert "3 rows." in text
    assert "1 row." in text


def test_while_an_archive_is_checked_again_the_last_report_is_not_shown(
    client, admin, checked, now
):
    job = checked(good_files())
    map_job(actor=admin, job=job, mapping=ManifestMapping({}, {"nevus": "benign"}), now=now)
    client.force_login(admin)
    text = text_of(client, "intake:job", job.public_id)
    assert "<h2>Report</h2>" not in text
    assert "Being checked" in text
    job.refresh_from_db()
    assert (job.state, job.report, job.preview) == ("uploaded", {}, [])


def test_an_import_knows_at_once_how_many_photographs_it_has(admin, checked, now):
    job = confirm_job(actor=admin, job=checked(good_files()), now=now)
    assert ImportJob.objects.values_list("done", "total").get(pk=job.pk) == (0, 4)
