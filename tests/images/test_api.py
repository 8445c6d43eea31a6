"""Image sets in the API."""

import json

import pytest
from django.urls import reverse

from tests.images.factories import make_image_set
from tests.truth.factories import record_truth


@pytest.fixture
def image_set(admin, now):
    image_set = make_image_set(admin=admin, now=now, cases=3, images_per_case=2)
    record_truth(admin=admin, image_set=image_set, now=now)
    return image_set


def test_the_list_has_counts(client, coordinator, image_set):
    client.force_login(coordinator)
    [found] = client.get(reverse("api:image-set-list")).json()["results"]
    assert (found["id"], found["name"]) == (image_set.public_id, "Clinic")
    assert (found["cases"], found["images"]) == (3, 6)
    assert found["is_training_set"] is False


def test_the_detail_has_facts_and_neither_truth_nor_names(client, admin, image_set):
    client.force_login(admin)
    body = client.get(reverse("api:image-set-detail", args=[image_set.public_id])).json()
    assert body["facts"]["min_age"] == 40
    assert body["facts"]["licences"] == ["CC BY 4.0"]
    text = json.dumps(body)
    for secret in ("melanoma", "nevus", "malignant", "SECRET", "archive-of-the-ward", "histo"):
        assert secret not in text


def test_readers_find_nothing(client, reader_user, image_set):
    client.force_login(reader_user)
    assert client.get(reverse("api:image-set-list")).json()["results"] == []
    response = client.get(reverse("api:image-set-detail", args=[image_set.public_id]))
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_strangers_are_turned_away(client, image_set):
    assert client.get(reverse("api:image-set-list")).status_code == 401


@pytest.mark.parametrize("cases", [1, 8])
def test_the_list_asks_the_database_a_few_times(
    client, admin, now, cases, django_assert_max_num_queries
):
    for number in range(cases):
        make_image_set(admin=admin, now=now, cases=1, name=f"Set {number}")
    client.force_login(admin)
    with django_assert_max_num_queries(4):
        client.get(reverse("api:image-set-list"))
