"""A study of twelve cases in reading, its reader's enrolment, begun, and the screen of the first case."""

import pytest

from tests.conftest import make_user, sign_in
from tests.reading.factories import begin, open_study
from tests.reading.screen import ready


@pytest.fixture
def study(admin, coordinator, reader_user, now):
    return open_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        emails=(reader_user.email, "second@example.org"),
    )


@pytest.fixture
def enrolment(study, reader_user, now):
    return begin(study, reader_user, now=now)


@pytest.fixture
def reading(admin, coordinator, now):
    user = make_user("reader", "rhea@example.org", "Rhea Reader")
    study = open_study(
        admin=admin, coordinator=coordinator, now=now, emails=(user.email,), pixels=True
    )
    return begin(study, user, now=now)


@pytest.fixture
def screen(page, live_server, reading):
    """The page of the first case, ready for an answer."""
    sign_in(page, live_server.url, "rhea@example.org")
    page.goto(f"{live_server.url}/reading/{reading.public_id}/read/")
    ready(page, 1)
    return page
