"""Nothing a reader receives tells of the case: no name, no truth, nobody else; and no image out of turn."""

import uuid

import pytest

from readerstudy.images.models import Image
from readerstudy.reading.selectors import PREFETCH
from readerstudy.reading.services import commit_readings
from readerstudy.studies.services import close_study, withdraw_reader
from tests.conftest import make_user
from tests.reading.factories import BIOPSY, begin, ids, item, open_study


@pytest.fixture
def seen(admin, coordinator, reader_user, now):
    """A begun enrolment over images that can be looked at."""
    study = open_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        emails=(reader_user.email, "second@example.org"),
        pixels=True,
    )
    return begin(study, reader_user, now=now)


def content_of(response):
    return b"".join(response) if response.streaming else response.content


def status(client, position):
    response = client.get(f"/reading/image/{position}/")
    content_of(response)
    return response.status_code


def test_an_image_is_shown_only_within_the_window_of_prefetch(client, seen, now):
    order = ids(seen)
    client.force_login(seen.user)
    commit_readings(actor=seen.user, answers=[item(position) for position in order[:2]], now=now)
    reachable = [status(client, position) for position in order]
    assert reachable == [200] * (2 + 1 + PREFETCH) + [404] * (12 - 3 - PREFETCH)


def test_an_image_is_shown_to_its_reader_alone(client, seen, coordinator, admin):
    position = ids(seen)[0]
    second = seen.study.enrolments.exclude(pk=seen.pk).get().user
    for user in (second, coordinator, admin, make_user("reader", "x@example.org", "X")):
        client.force_login(user)
        assert status(client, position) == 404
    client.logout()
    assert status(client, position) == 302


def test_there_are_no_images_before_the_consent(client, seen):
    other = seen.study.enrolments.exclude(pk=seen.pk).get()
    client.force_login(other.user)
    assert status(client, ids(other)[0]) == 404


def test_there_are_no_images_once_the_study_is_closed(client, seen, coordinator, now):
    client.force_login(seen.user)
    close_study(actor=coordinator, study=seen.study, now=now)
    assert status(client, ids(seen)[0]) == 404


def test_there_are_no_images_for_a_withdrawn_reader(client, seen, coordinator, now):
    client.force_login(seen.user)
    withdraw_reader(actor=coordinator, enrolment=seen, now=now)
    assert status(client, ids(seen)[0]) == 404


def test_an_image_is_kept_by_no_cache_and_has_no_name(client, seen):
    client.force_login(seen.user)
    response = client.get(f"/reading/image/{ids(seen)[0]}/")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Disposition"] == 'inline; filename="case.webp"'
    assert response.headers["Content-Type"] == "image/webp"
    assert content_of(response)[8:12] == b"WEBP"


def forbidden_words(enrolment):
    """Whatever is known of the cases, the models of the database tell; none of it may come through."""
    cases = enrolment.study.study_cases.select_related("case")
    words = {"melanoma-", "SECRET", "nevus\n", "histopathology", "malignan", "second@example.org"}
    for row in cases:
        words |= {row.case.public_id, row.case.patient_ref, row.case.lesion_ref}
    for image in Image.objects.filter(case__in=[row.case_id for row in cases]):
        words |= {image.public_id, image.original_name, image.sha256, str(image.file)}
    others = enrolment.study.enrolments.exclude(pk=enrolment.pk)
    words |= {position for other in others for position in ids(other)}
    return words - {""}


def responses(client, enrolment):
    order = ids(enrolment)
    for page in ("consent", "instructions", "read"):
        yield client.get(f"/reading/{enrolment.public_id}/{page}/")
    yield client.get("/reading/")
    yield client.get(f"/api/v1/enrolments/{enrolment.public_id}/next-position/")
    for position in (order[0], order[7]):
        yield client.post(
            "/api/v1/readings/",
            {"position": position, "decision": BIOPSY, "confidence": 2},
            content_type="application/json",
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
    yield client.get(f"/reading/image/{order[0]}/")


def test_no_page_payload_or_header_tells_of_the_case(client, seen):
    words = forbidden_words(seen)
    assert len(words) > 60
    client.force_login(seen.user)
    for response in responses(client, seen):
        told = str(response.headers) + content_of(response).decode(errors="replace")
        assert [word for word in words if word in told] == []


def test_no_position_beyond_the_window_is_told(client, seen):
    committed = 1
    beyond = ids(seen)[committed + 1 + PREFETCH :]
    client.force_login(seen.user)
    for response in responses(client, seen):
        told = content_of(response).decode(errors="replace")
        assert [position for position in beyond if position in told] == []
