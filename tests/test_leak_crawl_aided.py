"""The aid, the answers of the practice and the messages are told to whom they are meant for, when it is time, and to nobody else."""

import pytest

from inference.aid import aid_for
from inference.choices import AidForm
from readerstudy.images.models import Case
from readerstudy.reading.messaging import write_to_coordinators
from readerstudy.reading.models import PracticeAnswer
from readerstudy.reading.practice import practice_state
from readerstudy.reading.practising import answer_practice
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import DesignKind
from readerstudy.studies.models import Position
from readerstudy.studies.services import set_practice
from readerstudy.truth.services import Truth, record_reference_standards
from tests.conftest import make_user
from tests.crawled import TRUTH, leaks, pages_of, scores, told
from tests.images.factories import make_image_set
from tests.reading.aided import open_aided
from tests.reading.factories import BIOPSY, answer, begin, ids, item
from tests.studies.factories import invite, make_study

pytestmark = pytest.mark.long

ROLES = ("reader", "second", "coordinator", "stranger", "admin", "nobody")
MESSAGE = "MESSAGE-TO-THE-COORDINATORS"
PRACTICE_TRUTH = ("PRACTISED-MELANOMA", "PRACTISED-NEVUS")
AID = {"form": AidForm.NUMBER, "label_en": "THE-AID-IS-SHOWN", "label_de": "THE-AID-IS-SHOWN"}


def truths_of(name, words):
    cases = Case.objects.filter(image_set__name=name).order_by("pk")
    return [(case, Truth(number % 2 == 1, words[number % 2], TRUTH[2])) for number, case in enumerate(cases)]  # fmt: skip


def aided_study(admin, coordinator, now, emails):
    """Every case is answered alone and then with the aid, after a practice on two cases of another set."""
    make_image_set(admin=admin, now=now, cases=4, name="Aided")
    practice = make_image_set(admin=admin, now=now, cases=2, name="Practised", first=50)
    for name, words in (("Aided", TRUTH), ("Practised", PRACTICE_TRUTH)):
        record_reference_standards(actor=admin, truths=truths_of(name, words), now=now)
    study = make_study(admin=admin, coordinator=coordinator, now=now, title="Aided")
    for email in emails:
        invite(study, coordinator=coordinator, now=now, email=email)
    set_practice(actor=coordinator, study=study, image_set=practice, pass_percent=0, now=now)
    design = {"kind": DesignKind.SEQUENTIAL, "aided_percent": 100}
    return open_aided(study, admin=admin, coordinator=coordinator, now=now, design=design, aid=AID)


def practise(enrolment, now, cases):
    """So many of the two cases of the practice are answered, and so told."""
    for _ in range(cases):
        state = practice_state(enrolment)
        answer_practice(
            actor=enrolment.user,
            enrolment=enrolment,
            case_id=state.next.public_id,
            practice_round=state.number,
            answer=answer(BIOPSY),
            now=now,
        )


@pytest.fixture
def people(admin, coordinator, reader_user, now, settings):
    """One reader has practised, answered the first case alone and written; the other is half-way in the practice."""
    settings.INFERENCE_BATCH_SIZE, settings.INFERENCE_PROVIDER = 2, "cpu"
    second = make_user("reader", "second@example.org", "Second")
    study = aided_study(admin, coordinator, now, (reader_user.email, second.email))
    practise(begin(study, second, now=now), now, cases=1)
    enrolment = begin(study, reader_user, now=now)
    practise(enrolment, now, cases=2)
    commit_readings(actor=reader_user, answers=[item(ids(enrolment)[0])], now=now)
    write_to_coordinators(
        actor=reader_user, enrolment=enrolment, text=MESSAGE, link=lambda one: one.code, now=now
    )
    stranger = make_user("coordinator", "stranger@example.org", "Stranger")
    return {
        "reader": reader_user,
        "second": second,
        "coordinator": coordinator,
        "stranger": stranger,
        "admin": admin,
        "nobody": None,
    }


def addresses_with(pages, word):
    return {address for address, _word in leaks(pages, {word})}


@pytest.mark.parametrize("role", ROLES)
def test_aid_practice_and_messages_are_told_to_nobody_else(client, people, role):
    pages = pages_of(client, people[role])
    assert len(pages) > 100
    assert [(page.address, page.status) for page in pages if page.status >= 500] == []
    assert leaks(pages, TRUTH) == []
    assert [page.address for page in pages if told(page) & scores()] == []
    # Admins read what is written in every study and do not answer.
    assert bool(addresses_with(pages, MESSAGE)) == (role in {"reader", "coordinator", "admin"})
    # What a case of the practice is, is told with the answer to it, and on no page afterwards.
    assert PracticeAnswer.objects.count() == len(PRACTICE_TRUTH) + 1
    assert leaks(pages, PRACTICE_TRUTH) == []
    # Staff know the heading; a reader sees it with the case that was answered, and with that alone.
    assert bool(addresses_with(pages, AID["label_en"])) == (
        role in {"reader", "coordinator", "admin"}
    )


def test_the_aid_of_the_answered_case_alone_is_told_to_its_reader(client, people):
    enrolment = Position.objects.get(readings__isnull=False).enrolment
    shown = aid_for(ids(enrolment)[0], language="en")
    client.force_login(people["reader"])
    body = client.get(f"/api/v1/enrolments/{enrolment.public_id}/next-position/").json()
    assert body["next"]["aid"]["text"] == shown.text
    assert body["ahead"] == []
    assert all(set(one) == {"id", "number", "image_url"} for one in body["images_ahead"])
