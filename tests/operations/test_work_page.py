"""The page of the background work: what admins see of it and do with what was given up."""

import os
from datetime import timedelta

import pytest
from django.urls import reverse

from readerstudy.core.clock import now as clock
from readerstudy.core.models import AuditEvent
from readerstudy.operations import services
from readerstudy.operations.models import DeadLetter, WorkerBeat
from readerstudy.operations.parking import UNREADABLE
from readerstudy.operations.selectors import PAGE_SIZE
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis
from readerstudy.results.recovery import give_up_analysis
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.results.unblinded import read_study, unblinded

TASK = "readerstudy.results.tasks.run_analysis_task"


def letter(task=TASK, **kwargs):
    return DeadLetter.objects.create(
        task=task, kwargs=kwargs, reason="OperationalError", tries=4, parked_at=clock()
    )


@pytest.fixture
def open_page(client, admin):
    client.force_login(admin)
    return lambda **query: client.get(reverse("operations:work"), query).content.decode()


def test_a_site_without_a_worker_says_so(open_page):
    page = open_page()
    assert "No worker was heard of" in page
    assert "Nothing: all work was done" in page


def test_workers_that_live_and_that_went_silent_are_told_apart(open_page):
    for name, seconds in (("celery@here", 10), ("celery@gone", 200)):
        at = clock() - timedelta(seconds=seconds)
        WorkerBeat.objects.create(name=name, queues="default,gpu", heard_of_at=at)
    rows = {name: row for row in open_page().split("<tr>") for name in ("celery@here", "celery@gone") if name in row}  # fmt: skip
    assert "at work" in rows["celery@here"]
    assert "not heard of for more than 90 seconds" in rows["celery@gone"]
    assert "default, gpu" in rows["celery@here"]


@pytest.fixture
def given_up(admin, coordinator, now):
    """An analysis that was given up, and its dead letter."""
    study = read_study(admin=admin, coordinator=coordinator, now=now, cases=4, runs=1, emails=("a@example.org", "b@example.org"))  # fmt: skip
    analysis = unblinded(study, coordinator=coordinator, now=now).analyses.get()
    give_up_analysis(analysis_id=analysis.pk, sentence="It was given up.", now=now)
    return analysis, letter(analysis_id=analysis.pk)


def test_what_was_given_up_is_sent_again_and_done(
    open_page, client, admin, given_up, django_capture_on_commit_callbacks
):
    analysis, parked = given_up
    assert f"analysis_id={analysis.pk}" in open_page()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("operations:requeue", args=[parked.public_id]))
    assert Analysis.objects.get(pk=analysis.pk).state == AnalysisState.DONE
    page = open_page()
    assert "It was sent again." in page
    assert "Nothing: all work was done" in page
    event = AuditEvent.objects.get(verb="dead_letter.requeued")
    assert event.actor == admin


def test_what_cannot_be_sent_again_is_said_and_can_be_dropped(open_page, client, admin):
    parked = letter(UNREADABLE)
    client.post(reverse("operations:requeue", args=[parked.public_id]))
    assert "Nothing is known of this message: it can be dropped only." in open_page()
    client.post(reverse("operations:drop", args=[parked.public_id]))
    assert "It was dropped." in open_page()
    client.post(reverse("operations:drop", args=[parked.public_id]))
    assert f"The dead letter {parked.public_id} was dropped already." in open_page()
    assert AuditEvent.objects.get(verb="dead_letter.dropped").actor == admin


def test_many_are_told_fifty_at_a_time(open_page):
    for number in range(PAGE_SIZE + 1):
        letter(analysis_id=number)
    assert open_page().count("analysis_id=") == PAGE_SIZE
    assert open_page(page="2").count("analysis_id=") == 1
    assert open_page(page="nonsense").count("analysis_id=") == PAGE_SIZE


def test_others_have_no_such_page(client, coordinator, reader_user):
    parked = letter()
    for user in (coordinator, reader_user):
        client.force_login(user)
        assert client.get(reverse("operations:work")).status_code == 404
        assert client.post(reverse("operations:drop", args=[parked.public_id])).status_code == 404
    parked.refresh_from_db()
    assert parked.settled_at is None


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_admin_sends_work_again_by_keyboard_in_both_languages(page, live_server, admin):
    letter(analysis_id=1)
    letter(UNREADABLE)
    WorkerBeat.objects.create(name="celery@here", queues="default", heard_of_at=clock())
    sign_in(page, live_server.url, admin)
    page.get_by_role("link", name="Operations").click()
    page.get_by_role("heading", name="Operations", level=1).wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Drop").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("It was dropped.").wait_for()
    page.locator("button[value=de]").click()
    page.get_by_role("heading", name="Betrieb", level=1).wait_for()
    page.get_by_role("button", name="Dunkel").click()
    page.set_viewport_size({"width": 640, "height": 900})
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=os.environ["SCREENSHOTS"] + "/work.png", full_page=True)


def test_work_that_cannot_be_sent_waits_as_given_up_again(
    client, admin, given_up, monkeypatch, django_capture_on_commit_callbacks
):
    _analysis, parked = given_up
    client.force_login(admin)
    monkeypatch.setattr(services, "send_with", lambda *_: False)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("operations:requeue", args=[parked.public_id]))
    parked.refresh_from_db()
    assert (parked.settled_at, parked.settled_how) == (None, "")
