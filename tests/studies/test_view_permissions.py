"""Who may see and change what of a study, page by page."""

import re

import pytest
from django.urls import reverse

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.studies.choices import StudyState
from tests.studies.factories import activate, advance, make_person
from tests.studies.pages import page, text

OPEN_TO_OVERSEERS = ("detail", "protocol", "design", "order", "readers", "manifest")
OPEN_TO_STAFF = ("transition", "invite", "roster", "copy")


@pytest.fixture
def people(admin, coordinator, reader_user, study_with_readers, now):
    advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    own_reader = activate(study_with_readers.enrolments.first(), now=now).user
    stranger = make_person("stranger@example.org", SiteRole.COORDINATOR)
    return {
        "coordinator": coordinator,
        "admin": admin,
        "foreign coordinator": stranger,
        "reader": own_reader,
        "foreign reader": reader_user,
        "nobody": None,
    }


def expected(role, name):
    if role == "nobody":
        return 302
    if role == "coordinator" or (role == "admin" and name in OPEN_TO_OVERSEERS):
        return 200
    return 404


@pytest.mark.parametrize("name", [*OPEN_TO_OVERSEERS, *OPEN_TO_STAFF, "withdraw"])
@pytest.mark.parametrize(
    "role", ["coordinator", "admin", "foreign coordinator", "reader", "foreign reader", "nobody"]
)
def test_every_page_is_open_to_those_it_is_for(client, people, study_with_readers, name, role):
    if people[role]:
        client.force_login(people[role])
    more = [study_with_readers.enrolments.last().public_id] if name == "withdraw" else []
    response = client.get(page(name, study_with_readers, *more))
    assert response.status_code == expected(role, name)


@pytest.mark.parametrize(
    "name",
    ["protocol", "questions", "design", *OPEN_TO_STAFF, "withdraw", "invite-again", "open-session"],
)
@pytest.mark.parametrize(
    "role", ["admin", "foreign coordinator", "reader", "foreign reader", "nobody"]
)
def test_nobody_but_the_coordinators_changes_anything(
    client, people, study_with_readers, name, role
):
    if people[role]:
        client.force_login(people[role])
    enrolment = study_with_readers.enrolments.last()
    more = [enrolment.public_id] if name in ("withdraw", "invite-again", "open-session") else []
    response = client.post(page(name, study_with_readers, *more), {"to": "closed"})
    assert response.status_code == (302 if role == "nobody" else 404)
    study_with_readers.refresh_from_db()
    assert study_with_readers.state == StudyState.READING
    assert User.objects.filter(invitations__isnull=False).count() == 3


@pytest.mark.parametrize(
    ("role", "of_list", "of_create"),
    [
        ("coordinator", 200, 200),
        ("admin", 200, 403),
        ("foreign coordinator", 200, 200),
        ("reader", 404, 404),
        ("nobody", 302, 302),
    ],
)
def test_list_and_new_study_are_for_the_staff(client, people, role, of_list, of_create):
    if people[role]:
        client.force_login(people[role])
    assert client.get(reverse("studies:list")).status_code == of_list
    assert client.get(reverse("studies:create")).status_code == of_create


def test_a_coordinator_does_not_see_the_studies_of_others(client, people):
    client.force_login(people["foreign coordinator"])
    assert "Three readers" not in text(client.get(reverse("studies:list")))


def test_unknown_and_foreign_look_the_same(client, people, study_with_readers):
    client.force_login(people["foreign coordinator"])
    foreign = client.get(page("detail", study_with_readers))
    unknown = client.get(reverse("studies:detail", args=["unknown"]))
    assert foreign.status_code == unknown.status_code == 404
    pages = [re.sub('(value|nonce)="[^"]+"', "", text(one)) for one in (foreign, unknown)]
    assert pages[0].replace(study_with_readers.slug, "unknown") == pages[1]
