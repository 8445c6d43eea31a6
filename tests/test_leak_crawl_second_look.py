"""Where cases are shown twice: facts, further images and further answers are told to nobody but the reader, in time."""

import pytest

from readerstudy.images.models import Case
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import QuestionKind, Revision
from readerstudy.studies.models import Position
from readerstudy.studies.question_drafts import Asked
from readerstudy.studies.services import set_questions, update_protocol
from readerstudy.truth.services import Truth, record_reference_standards
from tests.conftest import make_user
from tests.crawled import TRUTH, leaks, pages_of
from tests.images.factories import make_image_set
from tests.reading.factories import begin, ids, item
from tests.signed_in import just_signed_in
from tests.studies.factories import advance, invite, make_study

pytestmark = pytest.mark.long

REMARK = "REMARK-OF-THE-READER"
QUESTIONS = [
    Asked(QuestionKind.TEXT, "Remarks?", "Anmerkungen?"),
    Asked(QuestionKind.SINGLE, "Diagnosis?", "Diagnose?", (("Nevus", "Nävus"), ("Other", "Andere"))),
]  # fmt: skip
READING = ("reader", "second", "nobody")
ROLES = ("reader", "second", "coordinator", "stranger", "admin", "nobody")


def open_twice(admin, coordinator, now, emails):
    """A study that shows each of four cases twice: three images a case, a fact of its own, further questions, truth."""
    images = make_image_set(admin=admin, now=now, cases=4, images_per_case=3, name="Twice")
    truths = []
    for number, case in enumerate(Case.objects.filter(image_set=images)):
        Case.objects.filter(pk=case.pk).update(site=f"FACT-OF-{number}-ALONE")
        truths.append((case, Truth(number % 2 == 1, TRUTH[number % 2], TRUTH[2])))
    record_reference_standards(actor=admin, truths=truths, now=now)

    study = make_study(admin=admin, coordinator=coordinator, now=now, title="Twice")
    fields = {"has_second_level": True, "revision": Revision.NONE}
    update_protocol(actor=coordinator, study=study, now=now, **fields)
    set_questions(actor=coordinator, study=study, questions=QUESTIONS, now=now)
    for email in emails:
        invite(study, coordinator=coordinator, now=now, email=email)
    return advance(study, "reading", coordinator=coordinator, now=now)


@pytest.fixture
def people(admin, coordinator, reader_user, now):
    """One reader has answered the first case once; the other one has begun and answered nothing."""
    second = make_user("reader", "second@example.org", "Second")
    study = open_twice(admin, coordinator, now, (reader_user.email, second.email))
    begin(study, second, now=now)
    enrolment = begin(study, reader_user, now=now)
    given = item(ids(enrolment)[0], further_answers={"1": REMARK, "2": 1})
    commit_readings(actor=reader_user, answers=[given], now=now)
    stranger = make_user("coordinator", "stranger@example.org", "Stranger")
    return {
        "reader": reader_user,
        "second": second,
        "coordinator": coordinator,
        "stranger": stranger,
        "admin": admin,
        "nobody": None,
    }


def first_position():
    """The position that has been answered once."""
    return Position.objects.get(readings__isnull=False)


def facts():
    """The fact of each case, by the case's key."""
    return dict(Case.objects.values_list("pk", "site"))


def may_know(role):
    """The facts that the role is shown: the reader's that of the case that is to be answered a second time."""
    return {facts()[first_position().study_case.case_id]} if role == "reader" else set()


def own_data():
    """What the reader downloads of what they have given themselves."""
    return f"/reading/{first_position().enrolment.public_id}/my-data.json"


def is_of_an_image_set(page):
    return page.address.startswith(("/image-sets/", "/api/v1/image-sets/"))


def told(pages, words):
    return {word for _address, word in leaks(pages, words)}


@pytest.mark.parametrize("role", ROLES)
def test_facts_further_images_and_answers_are_told_to_nobody_else(client, people, role):
    pages = pages_of(client, people[role])
    assert len(pages) > 100
    assert [(page.address, page.status) for page in pages if page.status >= 500] == []
    assert leaks(pages, TRUTH) == []
    remarks = {address for address, _word in leaks(pages, {REMARK})}
    assert remarks == ({own_data()} if role == "reader" else set())
    shown = {page.address for page in pages if page.status == 200}
    further = {address for address in shown if "/reading/image/" in address and address.endswith("/1/")}  # fmt: skip
    first = f"/reading/image/{first_position().public_id}/1/"
    assert further == ({first} if role == "reader" else set())
    # Staff choose the cases of their studies from the image sets, and see them there.
    elsewhere = [page for page in pages if role in READING or not is_of_an_image_set(page)]
    assert told(elsewhere, facts().values()) == may_know(role)


def status_of(client, address):
    """The status of an image that is looked at to its end."""
    response = client.get(address)
    assert not response.streaming or b"".join(response)
    return response.status_code


def test_before_the_first_answer_there_is_no_further_image(client, people):
    just_signed_in(client, people["second"])
    own = Position.objects.filter(enrolment__user=people["second"]).first().public_id
    assert status_of(client, f"/reading/image/{own}/") == 200
    assert status_of(client, f"/reading/image/{own}/1/") == 404
    just_signed_in(client, people["reader"])
    first = first_position().public_id
    numbers = range(4)
    found = [status_of(client, f"/reading/image/{first}/{number}/") for number in numbers]
    assert found == [404, 200, 200, 404]
