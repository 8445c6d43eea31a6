"""A study of twelve cases in reading, and its reader's enrolment, begun."""

import pytest

from tests.reading.factories import begin, open_study


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
