"""Nobody learns before unblinding what they must not: every address is asked for, with every id, by every role."""

import re

import pytest
from django.core.files.base import ContentFile

from inference.models import Score
from readerstudy.images.models import Case, Image
from readerstudy.intake.services import create_job, plan_job
from readerstudy.reading.services import commit_readings
from readerstudy.studies.models import Study
from readerstudy.studies.services import close_study, unblind_study
from readerstudy.truth.services import Truth, record_reference_standards
from tests.conftest import make_user
from tests.crawl import crawl
from tests.images.factories import make_image_set
from tests.inference.factories import make_model, run_all
from tests.intake.archives import good_zip
from tests.reading.factories import begin, ids, item
from tests.studies.factories import advance, invite, make_study

TRUTH = ("TRUTHMELANOMA", "TRUTHNEVUS", "TRUTHHISTOLOGY")
ROLES = ("nobody", "reader", "second", "coordinator", "stranger", "foreign_reader", "admin")


def study_with_all(*, admin, coordinator, now, title, emails, answered=4, cases=4):
    """A study in reading with truth, so many answers of each reader and finished runs, on a set of its own."""
    images = make_image_set(admin=admin, now=now, cases=cases, name=title)
    truths = [
        (case, Truth(number % 2 == 1, TRUTH[number % 2], TRUTH[2]))
        for number, case in enumerate(Case.objects.filter(image_set=images))
    ]
    record_reference_standards(actor=admin, truths=truths, now=now)
    study = make_study(admin=admin, coordinator=coordinator, now=now, title=title)
    for email in emails:
        invite(study, coordinator=coordinator, now=now, email=email)
    advance(study, "reading", coordinator=coordinator, now=now)
    model = make_model(admin=admin, now=now, runs=2, name=f"CNN for {title}")
    run_all(coordinator, model, study, now)
    for enrolment in study.enrolments.all():
        begin(study, enrolment.user, now=now)
        answers = [item(position) for position in ids(enrolment)[:answered]]
        commit_readings(actor=enrolment.user, answers=answers, now=now)
    return study


@pytest.fixture
def people(admin, coordinator, reader_user, now, tmp_path, settings):  # noqa: PLR0917 (fixtures)
    settings.INFERENCE_BATCH_SIZE, settings.INFERENCE_PROVIDER = 2, "cpu"
    stranger = make_user("coordinator", "stranger@example.org", "Stranger")
    common = {"admin": admin, "now": now}
    emails = (reader_user.email, "second@example.org")
    study = study_with_all(coordinator=coordinator, title="The study", emails=emails, **common)
    study_with_all(coordinator=stranger, title="Another", emails=("foreign@example.org",), **common)
    job = create_job(
        actor=admin,
        name="Third set",
        is_synthetic=False,
        archive=ContentFile(good_zip(tmp_path / "a.zip").read_bytes(), name="SECRET-ARCHIVE.zip"),
        now=now,
    )
    plan_job(job_id=job.pk, clock=lambda: now)
    others = {one.user.email: one.user for one in study.enrolments.select_related("user")}
    foreign = Study.objects.get(title="Another").enrolments.get().user
    return {
        "nobody": None,
        "reader": reader_user,
        "second": others["second@example.org"],
        "coordinator": coordinator,
        "stranger": stranger,
        "foreign_reader": foreign,
        "admin": admin,
    }


def pages_of(client, user):
    client.logout()
    if user:
        client.force_login(user)
    return list(crawl(client))


def names():
    """What only admins may know: where images came from and whose they are."""
    rows = Image.objects.values_list("original_name", "case__patient_ref", "case__lesion_ref")
    return {"archive-of-the-ward", "SECRET-ARCHIVE"} | {
        name for row in rows for name in row if name
    }


def scores():
    """Every score and raw output, to three decimals."""
    values = list(Score.objects.values_list("value", flat=True))
    values += [number for row in Score.objects.values_list("outputs", flat=True) for number in row]
    return {f"{value:.3f}" for value in values}


def told(page):
    """The numbers with three and more decimals that stand on a page."""
    return {f"{float(number):.3f}" for number in re.findall(r"-?\d\.\d{3,}", page.text)}


def leaks(pages, words):
    return sorted({(page.address, word) for page in pages for word in words if word in page.text})


@pytest.mark.parametrize("role", ROLES)
def test_before_unblinding_no_address_fails_or_tells_truth_scores_or_names(client, people, role):
    pages = pages_of(client, people[role])
    assert len(pages) > 500
    assert [(page.address, page.status) for page in pages if page.status >= 500] == []
    assert leaks(pages, TRUTH) == []
    hidden = scores()
    assert len(hidden) > 10
    assert [page.address for page in pages if told(page) & hidden] == []
    if role != "admin":
        assert leaks(pages, names()) == []


def test_nobody_is_shown_nothing_but_the_way_in(client, people):
    open_to_all = {
        page.address.split("?")[0] for page in pages_of(client, None) if page.status == 200
    }
    # The schema describes the software, not what is stored.
    assert open_to_all <= {"/", "/account/sign-in/", "/healthz", "/readyz", "/api/v1/schema/"}


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


@pytest.fixture
def unblind(now, django_capture_on_commit_callbacks):
    """Closes and unblinds a study; its analysis is computed, as after a commit."""

    def do(title, actor):
        study = Study.objects.get(title=title)
        with django_capture_on_commit_callbacks(execute=True):
            close_study(actor=actor, study=study, now=now)
            unblind_study(actor=actor, study=study, reason="Done.", now=now)

    return do


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
