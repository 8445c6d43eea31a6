"""The pages of image sets and their files."""

import io
import re

import pytest
from django.urls import reverse
from PIL import Image as Picture

from readerstudy.images.models import Image, ImageSet
from readerstudy.studies.models import Study
from tests.images.factories import make_image_set
from tests.truth.factories import record_truth

EVERY_PAGE = ["list", "detail", "file", "thumbnail", "overlap", "delete"]


@pytest.fixture
def image_set(admin, now):
    image_set = make_image_set(admin=admin, now=now, cases=3)
    record_truth(admin=admin, image_set=image_set, now=now)
    return image_set


def addresses(image_set):
    image = Image.objects.filter(case__image_set=image_set).first()
    return {
        "list": reverse("images:list"),
        "detail": reverse("images:detail", args=[image_set.public_id]),
        "file": reverse("images:file", args=[image.public_id]),
        "thumbnail": reverse("images:thumbnail", args=[image.public_id]),
        "overlap": reverse("images:overlap", args=[image_set.public_id]),
        "delete": reverse("images:delete", args=[image_set.public_id]),
    }


def status_of(client, address):
    response = client.get(address)
    if response.streaming:
        # Read to its end, a response closes its file by itself, and the test keeps its database connection.
        response.getvalue()
    return response.status_code


def text_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("admin", {"delete": 200}),
        ("coordinator", {"delete": 403}),
        ("reader_user", dict.fromkeys(EVERY_PAGE, 404)),
        (None, dict.fromkeys(EVERY_PAGE, 302)),
    ],
)
def test_who_sees_what(client, request, image_set, role, expected):
    if role:
        client.force_login(request.getfixturevalue(role))
    found = {name: status_of(client, url) for name, url in addresses(image_set).items()}
    assert found == {**dict.fromkeys(found, 200), **expected}


def test_the_list_shows_counts_thumbnails_and_the_synthetic_mark(client, coordinator, admin, now):
    make_image_set(admin=admin, now=now, cases=6, name="Made up", is_synthetic=True)
    client.force_login(coordinator)
    text = text_of(client, reverse("images:list"))
    assert "Made up" in text
    assert "6 cases" in text
    assert "Synthetic" in text
    assert text.count("/thumbnail/") == 4


def test_an_empty_list_says_what_to_do(client, admin):
    client.force_login(admin)
    assert "Import a zip or tar archive" in text_of(client, reverse("images:list"))


def test_the_detail_page_tells_facts_and_nothing_of_the_truth(client, coordinator, image_set):
    client.force_login(coordinator)
    text = text_of(client, addresses(image_set)["detail"])
    assert "40 to 42 years" in text
    assert "CC BY 4.0" in text
    assert "The clinic" in text
    for secret in (
        "melanoma",
        "nevus",
        "malignant",
        "histopathology",
        "SECRET",
        "archive-of-the-ward",
    ):
        assert secret not in text


def test_original_names_are_for_admins(client, admin, image_set):
    client.force_login(admin)
    text = text_of(client, addresses(image_set)["detail"])
    for name in ("melanoma-0-1.png", "SECRET-PATIENT-0", "archive-of-the-ward.zip"):
        assert name in text
    # The names were given by people; the diagnoses of the reference standard still are nowhere.
    assert "histopathology" not in text
    assert "nevus" not in text


def test_images_stand_in_the_order_of_random_ids(client, admin, image_set):
    client.force_login(admin)
    text = text_of(client, addresses(image_set)["detail"])
    found = re.findall(r'src="[^"]*/images/(\w+)/thumbnail/"', text)
    cases = Image.objects.order_by("case__public_id").values_list("public_id", flat=True)
    assert found == list(cases)


def test_files_are_sent_bare(client, coordinator, image_set):
    client.force_login(coordinator)
    for kind in ("file", "thumbnail"):
        response = client.get(addresses(image_set)[kind])
        content = response.getvalue()
        assert Picture.open(io.BytesIO(content)).size == (64, 48)
        assert response.headers["Content-Type"] == "image/webp"
        headers = str(response.headers)
        assert "melanoma" not in headers
        assert "photo" not in headers
        assert "no-store" in headers


def test_an_image_set_is_deleted_after_a_question(client, admin, image_set):
    client.force_login(admin)
    address = addresses(image_set)["delete"]
    assert "3 images are deleted" in text_of(client, address)
    assert ImageSet.objects.exists()
    response = client.post(address, follow=True)
    assert "was deleted" in response.content.decode()
    assert not ImageSet.objects.exists()


def test_an_image_set_in_use_is_not_deleted(client, admin, image_set, coordinator, now):
    Study.objects.create(
        slug="s", title="S", image_set=image_set, seed="ab", created_by=coordinator, created_at=now
    )
    client.force_login(admin)
    address = addresses(image_set)["delete"]
    assert "cannot be deleted" in text_of(client, address)
    assert client.post(address).status_code == 409
    assert ImageSet.objects.exists()


@pytest.mark.parametrize("which", ["list", "detail"])
def test_a_page_asks_the_database_as_often_for_many_as_for_few(
    client, admin, now, which, django_assert_max_num_queries
):
    counts = []
    client.force_login(admin)
    for size, name in ((1, "Few"), (12, "Many")):
        image_set = make_image_set(admin=admin, now=now, cases=size, name=name)
        with django_assert_max_num_queries(13) as captured:
            client.get(addresses(image_set)[which])
        counts.append(len(captured))
    assert counts[0] == counts[1]
