"""The washout calendar: who waits for which session until when, as a page and as calendar files."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from readerstudy.reading.order import order_state
from readerstudy.reading.services import commit_readings
from readerstudy.reading.sittings import sittings_of
from readerstudy.studies.services import open_session_early, update_design, withdraw_reader
from tests.conftest import make_user
from tests.reading.factories import begin, item, open_study

DAY = timedelta(days=1)


@pytest.fixture
def enrolment(admin, coordinator, reader_user, now):
    """A reader of two, who reads twelve cases and half of them again 28 days later."""

    def choose(study):
        update_design(actor=coordinator, study=study, now=now, repeat_percent=50)

    emails = (reader_user.email, "second@example.org")
    study = open_study(
        admin=admin, coordinator=coordinator, now=now, emails=emails, before_lock=choose
    )
    return begin(study, reader_user, now=now)


def read(enrolment, count, *, now):
    order = order_state(enrolment, now=now)
    unread = [place.public_id for place in order.places if not place.version][:count]
    commit_readings(actor=enrolment.user, answers=[item(one) for one in unread], now=now)


def own(enrolment):
    [found] = sittings_of(enrolment.study, reader=enrolment.code)
    return found


def test_nothing_is_waited_for_before_the_session_is_complete(enrolment, now):
    read(enrolment, 11, now=now)
    assert (own(enrolment).opens_at, own(enrolment).is_waited_for) == (None, False)


def test_the_calendar_says_what_the_order_says(enrolment, now):
    read(enrolment, 12, now=now)
    found = own(enrolment)
    assert found.opens_at == order_state(enrolment, now=now).opens_at == now + 28 * DAY
    assert (found.session, found.done, found.total, found.is_waited_for) == (2, 0, 6, True)
    read(enrolment, 1, now=now + 28 * DAY)
    assert not own(enrolment).is_waited_for
    read(enrolment, 5, now=now + 29 * DAY)
    assert own(enrolment).completed_at == now + 29 * DAY


def test_a_session_that_was_opened_early_is_open(enrolment, coordinator, now):
    read(enrolment, 12, now=now)
    open_session_early(
        actor=coordinator, enrolment=enrolment, session=2, reason="Leave.", now=now + DAY
    )
    assert own(enrolment).opens_at == now + DAY


def test_all_readers_but_the_withdrawn_are_in_four_queries(
    enrolment, coordinator, now, django_assert_max_num_queries
):
    study = enrolment.study
    assert study.design.washout_days == 28
    with django_assert_max_num_queries(4):
        assert len(sittings_of(study)) == 2
    second = study.enrolments.exclude(pk=enrolment.pk).get()
    withdraw_reader(actor=coordinator, enrolment=second, reason="Left.", now=now)
    assert [one.reader for one in sittings_of(study)] == [enrolment.code]


def test_the_page_and_the_file_are_for_the_staff(client, enrolment, coordinator, now):
    read(enrolment, 12, now=now)
    client.force_login(coordinator)
    page = client.get(f"/reading/progress/{enrolment.study.slug}/washout/").content.decode()
    assert enrolment.code in page
    assert "the session before is not complete" in page
    file = client.get(f"/reading/progress/{enrolment.study.slug}/washout.ics")
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert event.decoded("dtstart") == now + 28 * DAY
    assert event["summary"] == f"{enrolment.code}: Session 2 of {enrolment.study.title} opens"
    stranger = make_user("coordinator", "stranger@example.org", "Stranger")
    for user in (enrolment.user, stranger):
        client.force_login(user)
        for ending in ("washout/", "washout.ics"):
            address = f"/reading/progress/{enrolment.study.slug}/{ending}"
            assert client.get(address).status_code == 404


def test_a_readers_own_file_bears_no_code(client, enrolment, now):
    client.force_login(enrolment.user)
    address = f"/reading/{enrolment.public_id}/next-session.ics"
    assert client.get(address).status_code == 404
    read(enrolment, 12, now=now)
    file = client.get(address)
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert event["summary"] == f"Session 2 of {enrolment.study.title} opens"
    assert enrolment.code not in file.content.decode()
    client.force_login(make_user("reader", "other@example.org", "Other"))
    assert client.get(address).status_code == 404
