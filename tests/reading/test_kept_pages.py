"""What pages of a large study keep tells what counting anew would tell: the matrix, and the sessions of the readers."""

import json

import pytest
from django.core.cache import cache

from readerstudy.reading.matrix import matrix_of
from readerstudy.reading.services import commit_readings
from readerstudy.reading.sittings import sittings_of
from readerstudy.studies import kept
from readerstudy.studies.models import Study, StudyCase
from readerstudy.studies.services import update_design, withdraw_reader
from tests.reading.factories import begin, ids, item, open_study

OF = {
    "matrix": lambda study: [
        part if isinstance(part, tuple) else part.tolist()
        for part in vars(matrix_of(study)).values()
    ],
    "sessions": sittings_of,
}


@pytest.fixture
def study(admin, coordinator, reader_user, now):
    """Two readers, who read half of the cases again."""

    def choose(study):
        update_design(actor=coordinator, study=study, now=now, repeat_percent=50)

    emails = (reader_user.email, "second@example.org")
    return open_study(
        admin=admin, coordinator=coordinator, now=now, emails=emails, before_lock=choose
    )


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """Every study is a large one."""
    monkeypatch.setattr(kept, "KEPT_FROM", 0)


@pytest.fixture
def look(study):
    """What is told now, and that it is what is told without anything kept."""

    def do(tell):
        fresh = Study.objects.select_related("protocol", "design").get(pk=study.pk)
        found = tell(fresh)
        held = {name: cache.get(kept.key_of(study, name)) for name in ("places-1", "sittings-1")}
        cache.clear()
        assert tell(fresh) == found
        for name, one in held.items():
            # As Redis holds it.
            cache.set(kept.key_of(study, name), json.loads(json.dumps(one)))
        return found

    return do


def answer(enrolment, now, count):
    done = enrolment.positions.filter(readings__isnull=False).count()
    answers = [item(one) for one in ids(enrolment)[done : done + count]]
    commit_readings(actor=enrolment.user, answers=answers, now=now)


@pytest.mark.parametrize("name", OF)
def test_it_goes_with_answers_withdrawn_cases_and_readers_who_leave(  # noqa: PLR0917 (fixtures)
    study, enrolment, coordinator, now, look, name
):  # fmt: skip
    second = begin(study, study.enrolments.get(user__email="second@example.org").user, now=now)
    tell = OF[name]
    seen = [look(tell)]
    answer(enrolment, now, 12)
    seen.append(look(tell))
    answer(second, now, 12)
    seen.append(look(tell))
    again = second.positions.filter(session__number=2).first()
    StudyCase.objects.filter(pk=again.study_case_id).update(withdrawn_at=now)
    seen.append(look(tell))
    withdraw_reader(actor=coordinator, enrolment=second, now=now)
    seen.append(look(tell))
    assert len({str(one) for one in seen}) == len(seen)


def test_the_second_look_at_the_matrix_reads_no_answer(
    study, enrolment, now, django_assert_num_queries
):
    matrix_of(study)
    with django_assert_num_queries(5) as queries:
        matrix_of(study)
    assert not any("reading_reading" in one["sql"] for one in queries.captured_queries)
