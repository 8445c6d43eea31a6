"""Imports over the API: who may do what, and the same report as the page and the command give."""

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from readerstudy.core.clock import now as clock
from readerstudy.images.models import ImageSet
from readerstudy.intake import dry_run
from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob
from tests.images.test_services import stored_files
from tests.intake.archives import good_files, make_zip, manifest, photographs, rows

LIST = reverse("api:import-list")
BAD = {**good_files(), "manifest.csv": manifest([*rows(), "no.png,nevus,maybe", ",,"])}
ACTIONS = ["confirm", "pause", "resume", "retry", "undo", "mapping"]


@pytest.fixture
def post(client, admin, tmp_path, django_capture_on_commit_callbacks):
    """Uploads an archive; the tasks run at once."""

    def post(files=None, beside=None, **fields):
        client.force_login(admin)
        # Made once: a zip tells when it was made, and so its hash would.
        path = tmp_path / "ward.zip"
        if not path.exists():
            make_zip(path, good_files() if files is None else files)
        data = {"archive": SimpleUploadedFile("ward.zip", path.read_bytes()), **fields}
        if beside:
            data["manifest"] = SimpleUploadedFile("m.csv", beside)
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(LIST, data)

    return post


@pytest.fixture
def act(client, django_capture_on_commit_callbacks):
    """Does something to the import; the tasks run at once."""

    def act(action, public_id, body=None):
        with django_capture_on_commit_callbacks(execute=True):
            address = reverse(f"api:import-{action}", args=[public_id])
            return client.post(address, body or {}, content_type="application/json")

    return act


def test_from_the_upload_to_the_image_set_and_back(client, post, act):
    response = post(name="Ward seven")
    assert response.status_code == 201
    public_id = response.json()["id"]
    detail = client.get(reverse("api:import-detail", args=[public_id])).json()
    assert (detail["state"], detail["name"], detail["totals"]["images"]) == (
        "planned",
        "Ward seven",
        4,
    )
    assert act("confirm", public_id).status_code == 200
    detail = client.get(reverse("api:import-detail", args=[public_id])).json()
    assert (detail["state"], detail["image_set"]) == ("applied", ImageSet.objects.get().public_id)
    assert act("undo", public_id).json()["state"] == "undone"
    assert not ImageSet.objects.exists()
    assert [one["id"] for one in client.get(LIST).json()["results"]] == [public_id]


@pytest.mark.parametrize("files", [good_files(), BAD], ids=["good", "bad"])
def test_page_api_and_command_give_the_same_bytes(client, post, tmp_path, files):
    dry = post(files, dry_run="true")
    assert dry.status_code == 200
    assert not ImportJob.objects.exists()
    job = post(files).json()["id"]
    by_api = client.get(reverse("api:import-report", args=[job])).content
    by_page = client.get(reverse("intake:report", args=[job])).content
    printed = StringIO()
    try:
        call_command("import_images", tmp_path / "ward.zip", "--dry-run", "--json", stdout=printed)
    except CommandError:
        assert files is BAD
    assert dry.content.decode() == by_page.decode()
    assert by_api == by_page
    assert printed.getvalue().encode() == by_page
    assert by_page.endswith(b"}\n")


def test_a_dry_run_stores_nothing(post):
    body = post(BAD, dry_run="true").json()
    assert body["can_be_applied"] is False
    assert len(body["problems"]) >= 2
    assert (stored_files(), stored_files("imports")) == ([], [])


def test_a_dry_run_of_a_large_archive_is_for_a_worker(post, monkeypatch):
    monkeypatch.setattr(dry_run, "MAX_BYTES", 100)
    response = post(dry_run="true")
    assert response.status_code == 400
    [problem] = response.json()["problems"]
    assert (problem["code"], problem["field"]) == ("archive_too_large", "archive")
    assert "Import it without dry_run" in problem["message"]


def test_a_manifest_beside_the_archive_is_read(post):
    body = post(beside=manifest(rows(2)), dry_run="true").json()
    assert (body["manifest"], body["totals"]["images"]) == ("m.csv", 2)


def test_the_name_is_the_archives_where_none_is_given(post):
    assert post().json()["name"] == "ward"


def test_a_body_without_archive_is_told_at_its_field(client, admin):
    client.force_login(admin)
    response = client.post(LIST, {"name": "Set"})
    assert response.status_code == 400
    assert [one["field"] for one in response.json()["problems"]] == ["archive"]


def test_what_cannot_be_done_now_is_a_conflict(post, act):
    public_id = post().json()["id"]
    for action in ("pause", "resume", "retry", "undo"):
        assert act(action, public_id).status_code == 409


def test_a_paused_import_goes_on(client, act, admin, job):
    client.force_login(admin)
    assert act("pause", job.public_id).json()["paused_at"]
    response = act("resume", job.public_id)
    assert (response.status_code, response.json()["paused_at"]) == (200, None)


def test_an_import_without_report_says_so(client, admin, job):
    client.force_login(admin)
    response = client.get(reverse("api:import-report", args=[job.public_id]))
    assert response.status_code == 409
    assert "not checked yet" in response.json()["message"]


def test_a_checked_import_can_be_discarded(client, post):
    public_id = post().json()["id"]
    address = reverse("api:import-detail", args=[public_id])
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_answers_that_fit_nothing_are_all_told(post, act):
    public_id = post().json()["id"]
    response = act("mapping", public_id, {"columns": {"diagnosis": "Dx?", "shoe": "image"}})
    assert response.status_code == 400
    assert {one["code"] for one in response.json()["problems"]} == {
        "unknown_column",
        "unknown_field",
    }
    assert act("mapping", public_id, {"classes": {"nevus": "fine"}}).status_code == 400


def test_questions_are_answered_and_dry_run_page_and_command_ask_the_same(
    client, post, act, tmp_path
):
    lines = [f"photo{n}.png,{'Wartz' if n % 2 else 'Spotz'}" for n in range(4)]
    files = {"list.csv": "\n".join(["image,diagnosis", *lines]).encode(), **photographs(4)}
    dry = post(files, dry_run="true")
    public_id = post(files).json()["id"]
    report = client.get(reverse("api:import-report", args=[public_id]))
    assert report.content == dry.content
    asked = {one["value"] for one in report.json()["questions"]}
    assert asked == {"Wartz", "Spotz"}
    assert act("confirm", public_id).status_code == 409
    answers = {"classes": {"Wartz": "malignant", "Spotz": "left out"}}
    assert act("mapping", public_id, answers).status_code == 200
    detail = client.get(reverse("api:import-detail", args=[public_id])).json()
    assert (detail["state"], detail["totals"]["images"]) == ("planned", 2)
    by_api = client.get(reverse("api:import-report", args=[public_id])).content
    (tmp_path / "map.json").write_text(json.dumps(answers))
    printed = StringIO()
    call_command(
        "import_images",
        tmp_path / "ward.zip",
        "--dry-run",
        "--json",
        map=tmp_path / "map.json",
        stdout=printed,
    )
    assert printed.getvalue().encode() == by_api


@pytest.fixture
def job(admin):
    return ImportJob.objects.create(
        name="Set",
        archive="imports/a.zip",
        archive_name="ward.zip",
        created_by=admin,
        created_at=clock(),
        queued_at=clock(),
    )


@pytest.mark.parametrize(
    ("role", "statuses"),
    [("coordinator", (403, 404)), ("reader_user", (404, 404)), (None, (401, 401))],
)
def test_imports_are_for_admins(client, request, job, role, statuses):
    listed, one = statuses
    if role:
        client.force_login(request.getfixturevalue(role))
    assert client.get(LIST).status_code == listed
    archive = SimpleUploadedFile("a.zip", b"")
    assert client.post(LIST, {"archive": archive}).status_code == listed
    for name in ("detail", "report"):
        address = reverse(f"api:import-{name}", args=[job.public_id])
        assert client.get(address).status_code == one
    assert client.delete(reverse("api:import-detail", args=[job.public_id])).status_code == one
    for name in ACTIONS:
        address = reverse(f"api:import-{name}", args=[job.public_id])
        assert client.post(address, {}, content_type="application/json").status_code == one
    assert ImportJob.objects.get().state == ImportState.UPLOADED


def test_the_list_tells_the_totals_without_reading_the_reports(
    client, post, django_assert_max_num_queries
):
    told = post(name="Ward seven").json()
    unchecked = ImportJob.objects.create(
        name="Later", archive_name="later.zip", created_by_id=ImportJob.objects.get().created_by_id,
        created_at=clock(),
    )  # fmt: skip
    with django_assert_max_num_queries(20) as asked:
        listed = {one["id"]: one for one in client.get(LIST).json()["results"]}
    detail = client.get(reverse("api:import-detail", args=[told["id"]])).json()
    assert listed[told["id"]] == detail
    assert detail["totals"]["images"] > 0
    assert listed[unchecked.public_id]["totals"] is None
    statements = [one["sql"] for one in asked if "intake_importjob" in one["sql"]]
    assert not any('"intake_importjob"."preview"' in sql for sql in statements)
