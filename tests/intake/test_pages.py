"""The pages of an import."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from readerstudy.core.clock import now as clock
from readerstudy.images.models import ImageSet
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob
from readerstudy.intake.steps import steps_of
from tests.intake.archives import good_files, make_zip, manifest, rows


@pytest.fixture
def post_upload(client, tmp_path, admin, django_capture_on_commit_callbacks):
    """Uploads an archive as the form does; the tasks run at once."""

    def post(files, beside=None, **fields):
        client.force_login(admin)
        content = make_zip(tmp_path / "a.zip", files).read_bytes()
        data = {"archive": SimpleUploadedFile("ward.zip", content, "application/zip"), **fields}
        if beside:
            data["manifest"] = SimpleUploadedFile("m.csv", beside, "text/csv")
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("intake:upload"), data)

    return post


def text_of(client, response_or_url):
    response = client.get(response_or_url)
    assert response.status_code == 200
    return response.content.decode()


def test_from_the_form_to_the_image_set(client, post_upload, django_capture_on_commit_callbacks):
    response = post_upload(good_files(), name="Ward seven", is_synthetic="on")
    job = ImportJob.objects.get()
    assert response.url == reverse("intake:job", args=[job.public_id])
    text = text_of(client, response.url)
    assert "Import 4 images" in text
    assert "htmx" not in text
    assert not ImageSet.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("intake:confirm", args=[job.public_id]))
    image_set = ImageSet.objects.get()
    assert (image_set.name, image_set.is_synthetic) == ("Ward seven", True)
    text = text_of(client, response.url)
    assert reverse("images:detail", args=[image_set.public_id]) in text
    assert text.count("/thumbnail/") == 4


def test_problems_are_shown_with_their_places_and_as_csv(client, post_upload):
    files = {**good_files(), "manifest.csv": manifest([*rows(), "no.png,nevus,maybe"])}
    response = post_upload(files, name="Set")
    text = text_of(client, response.url)
    assert "There is no image no.png in the archive." in text
    assert "“maybe” is not understood" in text
    assert "Import 4 images" not in text
    job = ImportJob.objects.get()
    response = client.get(reverse("intake:problems", args=[job.public_id]))
    assert response.headers["Content-Disposition"].startswith("attachment")
    lines = response.content.decode().splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("problem,manifest.csv,6,image,image_missing,")


def test_more_problems_than_a_page_can_show_are_counted(client, post_upload):
    lines = [f"no{number}.png,nevus,0" for number in range(250)]
    response = post_upload({"manifest.csv": manifest(lines)}, name="Set")
    text = text_of(client, response.url)
    assert "and 249 more like it" in text
    assert "<td>2-251</td>" in text
    assert "the first 200 of 250" in text
    # Once for the group, and one by one.
    assert text.count("There is no image") == 1 + 200


def test_a_manifest_beside_the_archive_and_the_archives_name(post_upload):
    post_upload(good_files(), beside=manifest(rows(2)))
    job = ImportJob.objects.get()
    assert (job.name, job.manifest_name) == ("ward", "m.csv")
    assert job.report["totals"]["images"] == 2


def test_patients_that_nobody_names_are_not_stated(client, post_upload):
    response = post_upload(good_files(), name="Set")
    assert "<dt>Patients</dt><dd>not stated</dd>" in text_of(client, response.url)
    report = client.get(reverse("intake:report", args=[ImportJob.objects.get().public_id]))
    assert json.loads(report.content)["totals"]["patients"] is None


def test_a_diagnosis_that_contradicts_its_column_is_asked_before_anything_can_be_imported(
    client, post_upload, django_capture_on_commit_callbacks
):
    lines = ["photo0.png,basal cell carcinoma,0", "photo1.png,nevus,0"]
    files = {**good_files(), "manifest.csv": manifest(lines, "image,diagnosis,melanoma")}
    page = post_upload(files, name="Set").url
    text = text_of(client, page)
    assert "The column melanoma says benign in 1 row" in text
    job = ImportJob.objects.get()
    confirm = reverse("intake:confirm", args=[job.public_id])
    assert confirm not in text
    client.post(reverse("intake:mapping", args=[job.public_id]), {"column_image": "image"})
    assert ImportJob.objects.get().state == ImportState.ASKED
    answers = {"column_image": "image", "column_diagnosis": "diagnosis", "class_0": "malignant"}
    answers["column_malignant"] = "melanoma"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("intake:mapping", args=[job.public_id]), answers)
    assert ImportJob.objects.get().state == ImportState.PLANNED
    assert confirm in text_of(client, page)


def test_a_name_that_is_taken_is_told_at_its_field(client, post_upload, admin, now):
    ImageSet.objects.create(
        name="Set", source_name="a", source_sha256="0", created_by=admin, created_at=now
    )
    response = post_upload(good_files(), name="Set")
    assert response.status_code == 400
    assert "already an image set with the name Set" in response.content.decode()
    assert not ImportJob.objects.exists()


def test_an_upload_without_an_archive_is_told(client, admin):
    client.force_login(admin)
    response = client.post(reverse("intake:upload"), {"name": "Set"})
    assert response.status_code == 400
    assert "This field is required" in response.content.decode()


@pytest.fixture
def job(admin):
    return ImportJob.objects.create(
        name="Set",
        archive="imports/a.zip",
        archive_name="ward.zip",
        created_by=admin,
        created_at=clock(),
        queued_at=clock(),
        done=3,
        total=9,
    )


def test_a_running_import_asks_again_every_second(client, admin, job):
    client.force_login(admin)
    address = reverse("intake:job-progress", args=[job.public_id])
    text = text_of(client, reverse("intake:job", args=[job.public_id]))
    assert "htmx-2.min.js" in text
    assert "&quot;includeIndicatorStyles&quot;" not in text
    assert '"includeIndicatorStyles":false' in text
    response = client.get(address)
    assert f'hx-get="{address}"' in response.content.decode()
    assert "3 of 9 images" in response.content.decode()
    assert "HX-Refresh" not in response.headers


@pytest.mark.parametrize("state", ["planned", "refused", "applied", "failed"])
def test_a_finished_import_has_the_page_loaded_again(client, admin, job, state):
    ImportJob.objects.update(state=state)
    client.force_login(admin)
    response = client.get(reverse("intake:job-progress", args=[job.public_id]))
    assert response.headers["HX-Refresh"] == "true"
    assert "hx-get" not in response.content.decode()


def test_an_interrupted_import_can_be_tried_again(
    client, admin, job, django_capture_on_commit_callbacks
):
    client.force_login(admin)
    address = reverse("intake:job", args=[job.public_id])
    again = f'action="{reverse("intake:retry", args=[job.public_id])}"'
    assert again not in text_of(client, address)
    long_ago = clock() - timedelta(minutes=5)
    ImportJob.objects.update(created_at=long_ago, queued_at=long_ago, heartbeat_at=long_ago)
    assert again in text_of(client, address)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("intake:retry", args=[job.public_id])).status_code == 302
    job.refresh_from_db()
    # The file of this job does not exist, and that is what the page then tells.
    assert job.state == ImportState.FAILED
    assert "No such file" in text_of(client, address)


def test_an_import_that_failed_can_be_discarded(client, admin, job):
    ImportJob.objects.update(state="failed", error="The disk is full.")
    client.force_login(admin)
    assert "Discard this import" in text_of(client, reverse("intake:job", args=[job.public_id]))
    response = client.post(reverse("intake:discard", args=[job.public_id]), follow=True)
    assert "was discarded" in response.content.decode()
    assert not ImportJob.objects.exists()


PAGES = ["job", "job-progress", "problems", "report"]
ACTIONS = ["confirm", "pause", "resume", "retry", "discard"]
FORMS = ["mapping", "rename", "manifest"]


@pytest.mark.parametrize(
    ("role", "statuses"),
    [("coordinator", (403, 404)), ("reader_user", (404, 404)), (None, (302, 302))],
)
def test_imports_are_for_admins(client, request, job, role, statuses):
    upload, status = statuses
    if role:
        client.force_login(request.getfixturevalue(role))
    assert client.get(reverse("intake:upload")).status_code == upload
    for name in PAGES:
        assert client.get(reverse(f"intake:{name}", args=[job.public_id])).status_code == status
    for name in (*ACTIONS, *FORMS):
        assert client.post(reverse(f"intake:{name}", args=[job.public_id])).status_code == status
    assert ImportJob.objects.filter(state=ImportState.UPLOADED).exists()


def test_a_link_alone_changes_nothing(client, admin, job):
    client.force_login(admin)
    for name in ACTIONS:
        assert client.get(reverse(f"intake:{name}", args=[job.public_id])).status_code == 405
    for name in FORMS:
        response = client.get(reverse(f"intake:{name}", args=[job.public_id]))
        assert response.url == reverse("intake:job", args=[job.public_id])
    assert ImportJob.objects.get().state == ImportState.UPLOADED


@pytest.mark.parametrize("name", ACTIONS)
def test_a_button_of_a_page_that_is_a_moment_old_leads_to_the_import(client, admin, job, name):
    ImportJob.objects.update(state="applied")
    client.force_login(admin)
    response = client.post(reverse(f"intake:{name}", args=[job.public_id]), follow=True)
    assert response.redirect_chain == [(reverse("intake:job", args=[job.public_id]), 302)]
    assert "has moved on meanwhile" in response.content.decode()


def test_the_pages_ask_the_database_a_few_times(client, post_upload, django_assert_max_num_queries):
    response = post_upload(good_files(12), name="Set")
    with django_assert_max_num_queries(6):
        client.get(response.url)
    with django_assert_max_num_queries(6):
        client.get(reverse("intake:upload"))


def test_a_paused_import_says_how_far_it_is_and_can_go_on(client, admin, job):
    client.force_login(admin)
    address = reverse("intake:job", args=[job.public_id])
    assert "Pause</button>" in text_of(client, address)
    client.post(reverse("intake:pause", args=[job.public_id]))
    text = text_of(client, address)
    assert "Paused at 3 of 9 images" in text
    assert "Go on</button>" in text
    assert "Discard this import" in text
    assert "htmx" not in text
    client.post(reverse("intake:resume", args=[job.public_id]))
    assert "Pause</button>" in text_of(client, address)


def test_a_paused_import_is_asked_for_until_its_worker_has_stopped(client, admin, job):
    ImportJob.objects.update(heartbeat_at=clock(), paused_at=clock())
    client.force_login(admin)
    address = reverse("intake:job-progress", args=[job.public_id])
    assert "HX-Refresh" not in client.get(address).headers
    ImportJob.objects.update(heartbeat_at=None)
    assert client.get(address).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("state", "done", "at"),
    [
        ("uploaded", 0, "Check"),
        ("asked", 1, "Answer questions"),
        ("planned", 2, "Look at the report"),
        ("applying", 3, "Import"),
        ("applied", 4, None),
        ("failed", 0, "Check"),
    ],
)
def test_the_steps_say_where_an_import_is(job, state, done, at):
    job.state, job.mapping = state, {"columns": {"age": "Alter"}}
    steps = steps_of(job)
    assert [one.is_done for one in steps] == [number < done for number in range(4)]
    assert next((str(one.label) for one in steps if one.is_current), None) == at


def test_where_nothing_was_asked_no_answers_are_ticked(job):
    job.state = "planned"
    assert [(str(one.label), one.is_done) for one in steps_of(job)] == [
        ("Check", True),
        ("Look at the report", False),
        ("Import", False),
    ]


def test_an_undone_import_has_no_steps(job):
    job.state = "undone"
    assert steps_of(job) == []


def test_progress_is_told_without_reading_the_report(client, admin, job, django_assert_num_queries):
    client.force_login(admin)
    address = reverse("intake:job-progress", args=[job.public_id])
    with django_assert_num_queries(3) as captured:
        client.get(address)
    assert not any('"report"' in query["sql"] for query in captured.captured_queries)
