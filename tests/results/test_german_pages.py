"""The pages of a study that real services made are German too: those of single readers and cases, and reports."""

import pytest
from django.urls import reverse

from readerstudy.results.report.checklists import CHECKLISTS
from readerstudy.results.shown import TOPICS
from tests.german import DE, english_words, known_english, texts_of
from tests.results.unblinded import EMAILS, read_study, unblinded

# What people wrote, and titles of publications, are as they are.
WRITTEN = (
    "CNN for The study",
    "The study",
    "The panel is complete.",
    "The clinic (CC BY 4.0)",
    *(one.citation for one in CHECKLISTS),
)


@pytest.fixture
def study(admin, coordinator, now, settings, django_capture_on_commit_callbacks):
    settings.INFERENCE_BATCH_SIZE, settings.INFERENCE_PROVIDER = 2, "cpu"
    study = read_study(admin=admin, coordinator=coordinator, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        unblinded(study, coordinator=coordinator, now=now)
    return study


def english_of(texts):
    texts = [_without_written(text) for text in texts]
    return list(dict.fromkeys([*english_words(texts), *known_english(texts)]))


def _without_written(text):
    for written in WRITTEN:
        text = text.replace(written, "")
    return text


def pages_of(study):
    """Every page of results of the study's staff."""
    case, reader = study.study_cases.first().public_id, study.enrolments.first().code
    of_study = ("dashboard", "explore", "readers", "cases", "bundle", "report", "report-checklists")
    yield from (reverse(f"results:{name}", args=[study.slug]) for name in of_study)
    yield from (reverse("results:topic", args=[study.slug, one.name]) for one in TOPICS)
    yield reverse("results:case", args=[study.slug, case])
    yield reverse("results:reader", args=[study.slug, reader])
    yield reverse("results:report-html", args=[study.slug, "de"])
    # Nobody is left, or no malignant case.
    yield reverse("results:explore", args=[study.slug]) + "?institution=nowhere&truth=benign"


def english_on(client, user, pages):
    """Page → what is English on it, for the user."""
    client.force_login(user)
    found = {}
    for page in pages:
        answer = client.get(page, headers=DE)
        assert answer.status_code == 200, page
        found[page] = english_of(texts_of(answer.content.decode()))
    return {page: texts for page, texts in found.items() if texts}


def test_every_page_of_results_is_german(client, coordinator, study):
    enrolment = study.enrolments.get(user__email=EMAILS[0])
    own = reverse("results:own-report", args=[enrolment.public_id])
    assert english_on(client, coordinator, pages_of(study)) == {}
    assert english_on(client, enrolment.user, [own]) == {}
