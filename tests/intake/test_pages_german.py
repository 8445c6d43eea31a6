"""The pages of an import in German; what is stored and sent stays English."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from readerstudy.intake.models import ImportJob
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from tests.german import DE, english_in, texts_of
from tests.intake.archives import make_zip, manifest, photographs, rows
from tests.intake.photographs import png
from tests.studies.factories import make_study

HEADER = "image,diagnosis,malignant,age,sex,fitzpatrick,patient_id,lesion_id"
LINES = [
    "photo0.png,nevus,0,200,f,9,P1,L1",
    "photo1.png,melanoma,1,40,unicorn,2,P1,L1",
    "photo2.png,nevus,0,41,m,2,P2,L2",
    "photo2.png,nevus,0,41,m,2,P2,L2",
    "copy.png,nevus,0,50,m,2,P3,L3",
    "wrong.jpg,nevus,0,50,m,2,P4,L4",
    "text.png,nevus,0,50,m,2,P5,L5",
    "no.png,,perhaps,,,,,",
    "photo3.png,melanoma,1,41,m,2,P2,L2,more",
    "1956-03-14.png,nevus,0,50,m,2,P6,L6",
]


def faulty_files():
    return {
        "manifest.csv": manifest(LINES, HEADER),
        **photographs(4),
        "copy.png": png(seed=0),
        "wrong.jpg": png(seed=5),
        "text.png": b"no photograph",
        "1956-03-14.png": png(seed=6),
        "unlisted.png": png(seed=7),
        "empty.png": b"",
        "more.zip": b"PK",
        "../outside.png": png(seed=8),
    }


@pytest.fixture
def upload(client, tmp_path, admin, django_capture_on_commit_callbacks):
    def post(files):
        client.force_login(admin)
        content = make_zip(tmp_path / "a.zip", files).read_bytes()
        archive = SimpleUploadedFile("ward.zip", content, "application/zip")
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("intake:upload"), {"archive": archive, "name": "Set"})
        return ImportJob.objects.get()

    return post


def page(client, name, job, headers=None):
    response = client.get(reverse(f"intake:{name}", args=[job.public_id]), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    "files",
    [
        faulty_files(),
        {
            key: content
            for key, content in faulty_files().items()
            if key not in ("more.zip", "../outside.png")
        },
        {"manifest.csv": b"", **photographs(1)},
        {"one.csv": manifest(), "two.csv": manifest(), **photographs(4)},
        {"manifest.csv": manifest(["photo0.png,melanoma"], "image,diagnosis"), **photographs(1)},
        {"manifest.csv": manifest(["photo0.png,x"], "one,two"), **photographs(1)},
    ],
    ids=["refused entries", "faulty rows", "empty manifest", "two manifests", "good", "asked"],
)
def test_the_report_of_an_import_shows_no_english_sentence(client, upload, files):
    job = upload(files)
    text = page(client, "job", job, DE)
    assert english_in(text) == []
    told = [*job.report["problems"], *job.report["warnings"]]
    shown = texts_of(text)
    assert [one["message"] for one in told if one["message"] in shown] == []
    assert len(shown) > 20


def test_the_english_page_shows_the_sentences_as_they_are_stored(client, upload):
    job = upload({**faulty_files(), "more.zip": b"PK"})
    shown = texts_of(page(client, "job", job))
    told = [*job.report["problems"], *job.report["warnings"]]
    assert len(told) > 2
    assert [one["message"] for one in told if one["message"] not in shown] == []


def test_what_is_stored_and_sent_is_the_same_in_every_language(client, upload):
    job = upload(faulty_files())
    for name in ("report", "problems"):
        assert page(client, name, job, DE) == page(client, name, job)
    assert json.loads(page(client, "report", job, DE)) == job.report
    address = reverse("api:import-detail", args=[job.public_id])
    assert client.get(address, headers=DE).content == client.get(address).content


@pytest.fixture
def imported(client, upload, django_capture_on_commit_callbacks):
    job = upload({"manifest.csv": manifest(rows(4)), **photographs(4)})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("intake:confirm", args=[job.public_id]))
    job.refresh_from_db()
    return job


def test_an_import_that_cannot_be_undone_says_why_in_german(
    client, imported, admin, coordinator, now
):
    job, study = imported, make_study(admin=admin, coordinator=coordinator, now=now)
    Study.objects.filter(pk=study.pk).update(image_set=job.image_set)
    assert study.state == StudyState.DRAFT
    text = page(client, "undo", job, DE)
    assert "Solange es auf Set eine Studie gibt" in text
    assert english_in(text) == []
    response = client.post(reverse("intake:undo", args=[job.public_id]), headers=DE)
    assert response.status_code == 409
    assert english_in(response.content.decode()) == []


def test_mistakes_in_forms_are_told_in_german_beside_their_fields(client, upload, admin):
    job = upload({"manifest.csv": manifest(["photo0.png,x"], "one,two"), **photographs(1)})
    name = "x" * 200
    response = client.post(
        reverse("intake:rename", args=[job.public_id]), {"name": f" {name} {name}"}, headers=DE
    )
    assert response.status_code == 400
    assert english_in(response.content.decode()) == []
