import pytest
from django.urls import reverse

from readerstudy.accounts.choices import SiteRole
from tests.studies.factories import activate, advance, make_person


def get(client, name, *arguments, **query):
    return client.get(reverse(f"api:{name}", args=arguments), query)


@pytest.fixture
def reading(coordinator, study_with_readers, now):
    return advance(study_with_readers, "reading", coordinator=coordinator, now=now)


@pytest.fixture
def own(reading, now):
    """The enrolment of a reader who has begun."""
    return activate(reading.enrolments.first(), now=now)


def test_a_study_is_told_by_an_allow_list(client, coordinator, reading):
    client.force_login(coordinator)
    body = get(client, "study-detail", reading.slug).json()
    assert set(body) == {
        "id", "slug", "title", "summary", "state", "is_synthetic", "cases", "readers",
        "created_at", "protocol", "questions", "lock_sha256",
    }  # fmt: skip
    assert body["state"] == "reading"
    assert (body["cases"], body["readers"]) == (4, 3)
    assert body["lock_sha256"] == reading.versions.get().sha256
    assert body["protocol"]["confidence_levels"] == 5


def test_an_enrolment_is_told_by_its_code(client, own):
    client.force_login(own.user)
    body = get(client, "enrolment-detail", own.public_id).json()
    assert body == {
        "id": own.public_id,
        "study": "three-readers",
        "code": own.code,
        "rank_group": "Resident",
        "institution": "University Hospital A",
        "years_of_experience": None,
        "state": "active",
    }


def test_a_draft_is_known_to_its_staff_alone(client, admin, coordinator, study_with_readers):
    reader = study_with_readers.enrolments.first()
    for user, status in ((coordinator, 200), (admin, 200), (reader.user, 404)):
        client.force_login(user)
        assert get(client, "study-detail", study_with_readers.slug).status_code == status
    assert get(client, "enrolment-list").json()["count"] == 0
    assert get(client, "enrolment-detail", reader.public_id).status_code == 404


def people(request):
    return {
        "coordinator": request.getfixturevalue("coordinator"),
        "admin": request.getfixturevalue("admin"),
        "foreign coordinator": make_person("stranger@example.org", SiteRole.COORDINATOR),
        "reader": request.getfixturevalue("own").user,
        "foreign reader": request.getfixturevalue("reader_user"),
    }


@pytest.mark.parametrize(
    ("role", "studies", "own_rows", "of_study", "another"),
    [
        ("coordinator", 1, 0, 200, 200),
        ("admin", 1, 0, 200, 200),
        ("foreign coordinator", 0, 0, 404, 404),
        ("reader", 1, 1, 404, 404),
        ("foreign reader", 0, 0, 404, 404),
    ],
)
def test_everybody_sees_what_is_theirs(  # noqa: PLR0917 (a row of the table above)
    request, client, reading, role, studies, own_rows, of_study, another
):
    client.force_login(people(request)[role])
    other = reading.enrolments.last()
    assert get(client, "study-list").json()["count"] == studies
    assert get(client, "study-detail", reading.slug).status_code == (200 if studies else 404)
    assert get(client, "enrolment-list").json()["count"] == own_rows
    assert get(client, "enrolment-list", study=reading.slug).status_code == of_study
    assert get(client, "enrolment-detail", other.public_id).status_code == another


def test_the_staff_gets_all_enrolments_of_a_study_without_names(client, coordinator, reading):
    client.force_login(coordinator)
    response = get(client, "enrolment-list", study=reading.slug)
    assert {row["code"] for row in response.json()["results"]} == set(
        reading.enrolments.values_list("code", flat=True)
    )
    assert "@" not in response.content.decode()


def test_strangers_get_nothing(client, reading):
    for name, *arguments in (
        ("study-list",),
        ("study-detail", reading.slug),
        ("enrolment-list",),
        ("enrolment-detail", reading.enrolments.first().public_id),
    ):
        assert get(client, name, *arguments).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_changed_over_the_api(client, coordinator, reading, method):
    client.force_login(coordinator)
    for name, argument in (
        ("study-detail", reading.slug),
        ("enrolment-detail", reading.enrolments.first().public_id),
    ):
        assert getattr(client, method)(reverse(f"api:{name}", args=[argument])).status_code == 405


def test_refusals_have_a_code_and_a_sentence(client, coordinator, db):
    client.force_login(coordinator)
    body = get(client, "study-detail", "unknown").json()
    assert (body["code"], body["message"]) == ("not_found", "There is no such study.")


def test_lists_take_few_queries(client, coordinator, reading, django_assert_max_num_queries):
    client.force_login(coordinator)
    with django_assert_max_num_queries(4):
        get(client, "study-list")
    with django_assert_max_num_queries(5):
        get(client, "enrolment-list", study=reading.slug)
