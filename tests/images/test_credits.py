"""Whom the pages with photographs name, image by image, and that the reading screen names nobody."""

import re

import pytest
from django.urls import reverse

from readerstudy.images.credits import asks_for_attribution, credited
from readerstudy.images.models import Image
from tests.images.factories import make_image_set
from tests.reading.factories import begin, ids, open_study


@pytest.mark.parametrize(
    ("licence", "attribution", "expected"),
    [
        ("CC BY 4.0", "The clinic", True),
        ("CC BY-NC 4.0", "", True),
        ("CC BY-SA 4.0", "The clinic", True),
        ("All rights reserved", "", True),
        ("", "The clinic", True),
        ("", "", False),
        ("CC0 1.0", "ISIC Archive", False),
        ("CC-0", "", False),
        ("cc0", "", False),
        ("Public Domain Mark 1.0", "Somebody", False),
    ],
)
def test_every_licence_but_a_dedication_to_the_public_asks_for_attribution(
    licence, attribution, expected
):
    assert asks_for_attribution(licence=licence, attribution=attribution) is expected


def test_each_source_has_one_number_in_the_order_of_the_images():
    sources = [("CC BY 4.0", "A"), ("CC0 1.0", "B"), ("CC BY 4.0", "C"), ("CC BY 4.0", "A")]
    images = [Image(licence=licence, attribution=attribution) for licence, attribution in sources]
    found = credited(images)
    assert [one.attribution for one in found.credits] == ["A", "C"]
    assert [credit.number if credit else None for _image, credit in found.images] == [1, None, 2, 1]


@pytest.fixture
def mixed(admin, now):
    """Three images: two sources that ask to be named, one that does not."""
    image_set = make_image_set(admin=admin, now=now, cases=3)
    images = Image.objects.filter(case__image_set=image_set).order_by("pk")
    sources = [("CC BY 4.0", "Hospital A"), ("CC BY-NC 4.0", "Hospital B"), ("CC0 1.0", "Archive")]
    for image, (licence, attribution) in zip(images, sources, strict=True):
        image.licence, image.attribution = licence, attribution
        image.save()
    return image_set


def test_the_page_of_an_image_set_names_the_source_below_each_image(client, coordinator, mixed):
    client.force_login(coordinator)
    text = client.get(reverse("images:detail", args=[mixed.public_id])).content.decode()
    items = text.split("<li")
    for image in Image.objects.all():
        [shown] = [item for item in items if f"{image.public_id}/thumbnail/" in item]
        number = re.search(r'href="#credit-(\d)"', shown)
        assert bool(number) == (image.licence != "CC0 1.0")
        if number:
            [source] = [item for item in items if f'id="credit-{number.group(1)}"' in item]
            assert f"{image.licence} · {image.attribution}" in source


def test_the_cards_of_the_list_name_the_sources_of_their_thumbnails(client, coordinator, mixed):
    client.force_login(coordinator)
    text = client.get(reverse("images:list")).content.decode()
    assert "CC BY 4.0 · Hospital A" in text
    assert "CC BY-NC 4.0 · Hospital B" in text
    assert "Archive" not in text


def test_a_licence_without_attribution_says_that_none_was_given(client, coordinator, mixed):
    Image.objects.update(licence="CC BY 4.0", attribution="")
    client.force_login(coordinator)
    text = client.get(reverse("images:detail", args=[mixed.public_id])).content.decode()
    assert "CC BY 4.0 · (no attribution was given)" in text


def test_the_reading_screen_names_nobody(client, admin, coordinator, reader_user, now):
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=3, pixels=True)
    Image.objects.update(licence="CC BY 4.0", attribution="SECRETSOURCE")
    enrolment = begin(study, reader_user, now=now)
    client.force_login(reader_user)
    pages = ["reading:read", "reading:instructions", "reading:consent"]
    addresses = [reverse("reading:home"), *(reverse(p, args=[enrolment.public_id]) for p in pages)]
    for address in addresses:
        text = client.get(address, follow=True).content.decode()
        assert "SECRETSOURCE" not in text, address
        assert "CC BY" not in text, address


def test_what_the_reading_screen_fetches_names_nobody(client, admin, coordinator, reader_user, now):
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=3, pixels=True)
    Image.objects.update(licence="CC BY 4.0", attribution="SECRETSOURCE")
    position = ids(begin(study, reader_user, now=now))[0]
    client.force_login(reader_user)
    response = client.get(reverse("reading:image", args=[position]))
    assert response.status_code == 200
    assert b"SECRETSOURCE" not in response.getvalue()
    assert "SECRETSOURCE" not in str(response.headers)
