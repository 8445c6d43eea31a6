"""Studies and readers learn nothing of each other, and after unblinding those who may see results do."""

import pytest

from readerstudy.studies.models import Study
from readerstudy.studies.services import close_study, unblind_study
from tests.crawled import TRUTH, leaks, make_people, pages_of, scores, told
from tests.reading.factories import ids


@pytest.fixture
def people(admin, coordinator, reader_user, now, tmp_path, settings):  # noqa: PLR0917 (fixtures)
    return make_people(
        admin=admin, coordinator=coordinator, reader_user=reader_user, now=now, tmp_path=tmp_path, settings=settings
    )  # fmt: skip


@pytest.fixture
def unblind(now, django_capture_on_commit_callbacks):
    """Closes and unblinds a study; its analysis is computed, as after a commit."""

    def do(title, actor):
        study = Study.objects.get(title=title)
        with django_capture_on_commit_callbacks(execute=True):
            close_study(actor=actor, study=study, now=now)
            unblind_study(actor=actor, study=study, reason="Done.", now=now)

    return do


def test_nobody_is_shown_nothing_but_the_way_in(client, people):
    open_to_all = {
        page.address.split("?")[0] for page in pages_of(client, None) if page.status == 200
    }
    # The schema describes the software, not what is stored.
    ways_in = {"/", "/account/sign-in/", "/healthz", "/readyz", "/api/v1/schema/"}
    ways_in |= {"/account/password/reset/", "/account/hospital/cancelled/"}
    assert open_to_all <= {*ways_in, "/robots.txt", "/.well-known/security.txt"}


@pytest.mark.parametrize(
    ("role", "unknown"), [("stranger", "The study"), ("coordinator", "Another")]
)
def test_a_coordinator_learns_nothing_of_anothers_study(client, people, role, unknown):
    study = Study.objects.get(title=unknown)
    words = {study.public_id, f"/{study.slug}/"}
    words |= set(study.enrolments.values_list("public_id", flat=True))
    words |= set(study.enrolments.values_list("code", flat=True))
    pages = [page for page in pages_of(client, people[role]) if page.status == 200]
    assert leaks(pages, words) == []


@pytest.mark.parametrize(("role", "other"), [("reader", "second"), ("second", "foreign_reader")])
def test_a_reader_learns_nothing_of_another_reader(client, people, role, other):
    words = {people[other].email}
    for enrolment in people[other].enrolments.all():
        words |= {enrolment.code, *ids(enrolment)}
    pages = [page for page in pages_of(client, people[role]) if page.status == 200]
    assert leaks(pages, words) == []


def test_the_crawl_would_see_a_leak_for_after_unblinding_it_does(client, people, unblind):
    unblind("The study", people["coordinator"])
    pages = pages_of(client, people["coordinator"])
    assert leaks(pages, TRUTH[:2])
    assert [page for page in pages if told(page) & scores()]
    assert leaks(pages_of(client, people["stranger"]), TRUTH) == []


def test_an_analysis_that_could_not_be_made_breaks_no_page(client, people, unblind):
    unblind("Another", people["stranger"])
    pages = pages_of(client, people["stranger"])
    assert [(page.address, page.status) for page in pages if page.status >= 500] == []
    assert any("could not be computed" in page.text or "failed" in page.text for page in pages)
