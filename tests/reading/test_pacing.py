"""Breaks between cases, never in the middle of one, and enough for a day."""

from datetime import timedelta

import pytest

from readerstudy.core.errors import Conflict, NotFound
from readerstudy.reading.conduct import update_conduct
from readerstudy.reading.conduct_choices import Pause
from readerstudy.reading.models import BreakEnd, Reading
from readerstudy.reading.order import order_state
from readerstudy.reading.pacing import break_cause, end_break, following_payload, pause_due
from readerstudy.reading.services import commit_readings
from readerstudy.studies.services import update_protocol
from tests.reading.factories import begin, begun_with, ids, item, open_study

MINUTE = timedelta(minutes=1)


def times(now, *minutes):
    return [now + minute * MINUTE for minute in minutes]


@pytest.mark.parametrize(
    ("minutes", "cases", "length", "cause"),
    [
        ((), 3, 25, None),
        ((0, 1), 3, 25, None),
        ((0, 1, 2), 3, 25, Pause.CASES),
        ((0, 9, 18, 24), 0, 25, None),
        ((0, 9, 18, 25), 0, 25, Pause.MINUTES),
        # Who was away for ten minutes has had a break.
        ((0, 1, 11, 12), 3, 25, None),
        ((0, 1, 10.9, 12), 3, 25, Pause.CASES),
        ((0, 9, 18, 25), 0, 0, None),
    ],
)
def test_a_break_is_due_after_so_many_cases_or_minutes_in_one_go(
    now, minutes, cases, length, cause
):
    answered = times(now, *minutes)
    assert break_cause(answered, after_cases=cases, after_minutes=length) == cause


@pytest.fixture
def paced_study(admin, coordinator, reader_user, now):
    """A begun enrolment whose breaks come after three cases, or as given."""

    def make(**conduct):
        fields = {"break_after_cases": 3, "break_after_minutes": 0, **conduct}
        return begun_with(admin=admin, coordinator=coordinator, user=reader_user, now=now, **fields)

    return make


def answer(enrolment, start, stop, now):
    batch = [item(position) for position in ids(enrolment)[start:stop]]
    commit_readings(actor=enrolment.user, answers=batch, now=now)


def due(enrolment, now):
    return pause_due(enrolment, order_state(enrolment, now=now))


def screen(enrolment, now):
    return following_payload(enrolment, now=now)


def test_the_next_case_is_held_back_until_the_reader_goes_on(paced_study, now):
    enrolment = paced_study()
    answer(enrolment, 0, 2, now)
    assert screen(enrolment, now)["pause"] is None
    answer(enrolment, 2, 3, now)
    held = screen(enrolment, now)
    assert (held["pause"], held["next"], held["ahead"], held["done"]) == ("cases", None, [], 3)
    assert held["last"]["id"] == ids(enrolment)[2]
    end_break(actor=enrolment.user, enrolment=enrolment, now=now)
    assert screen(enrolment, now)["next"]["id"] == ids(enrolment)[3]
    answer(enrolment, 3, 6, now)
    assert screen(enrolment, now)["pause"] == "cases"


def test_an_answer_that_was_given_is_stored_although_a_break_is_due(paced_study, now):
    enrolment = paced_study()
    answer(enrolment, 0, 5, now)
    assert Reading.objects.count() == 5


@pytest.mark.parametrize(("after", "skipped"), [(20, True), (60, False), (4000, False)])
def test_a_break_is_written_down_with_its_length(paced_study, now, after, skipped):
    enrolment = paced_study()
    answer(enrolment, 0, 3, now)
    later = now + timedelta(seconds=after)
    end_break(actor=enrolment.user, enrolment=enrolment, now=later)
    row = BreakEnd.objects.get()
    assert (row.cause, row.done, row.since, row.ended_at) == ("cases", 3, now, later)
    assert row.was_skipped is skipped


def test_a_second_press_of_the_key_is_no_second_break(paced_study, now):
    enrolment = paced_study()
    answer(enrolment, 0, 3, now)
    for _ in range(2):
        end_break(actor=enrolment.user, enrolment=enrolment, now=now)
    assert BreakEnd.objects.count() == 1


def test_nobody_ends_anothers_break(paced_study, now):
    enrolment = paced_study()
    answer(enrolment, 0, 3, now)
    other = enrolment.study.enrolments.exclude(pk=enrolment.pk).get().user
    with pytest.raises(NotFound):
        end_break(actor=other, enrolment=enrolment, now=now)


def test_no_break_comes_after_the_last_case(paced_study, now):
    enrolment = paced_study(break_after_cases=12)
    answer(enrolment, 0, 12, now)
    assert screen(enrolment, now)["pause"] is None


def test_the_day_has_its_limit_and_the_next_one_begins_anew(paced_study, now):
    enrolment = paced_study(break_after_cases=0, cases_per_day=4)
    answer(enrolment, 0, 4, now)
    assert due(enrolment, now).cause == Pause.DAY
    with pytest.raises(Conflict):
        end_break(actor=enrolment.user, enrolment=enrolment, now=now)
    assert due(enrolment, now + timedelta(days=1)) is None


def test_the_pages_offer_the_break_and_go_on(client, paced_study, now):
    enrolment = paced_study()
    answer(enrolment, 0, 3, now)
    client.force_login(enrolment.user)
    read = f"/reading/{enrolment.public_id}/read/"
    page = client.get(read).content.decode()
    assert "Time for a break?" in page
    assert f'href="/reading/{enrolment.public_id}/messages/"' in page
    assert "<fieldset" in client.get(f"{read}?change=last").content.decode()
    response = client.post(f"/reading/{enrolment.public_id}/go-on/")
    assert response.headers["Location"] == read
    assert ids(enrolment)[3] in client.get(read).content.decode()


def test_the_api_says_why_no_case_follows(client, paced_study, now):
    enrolment = paced_study()
    client.force_login(enrolment.user)
    address = f"/api/v1/enrolments/{enrolment.public_id}/next-position/"
    assert client.get(address).json()["pause"] is None
    answer(enrolment, 0, 3, now)
    body = client.get(address).json()
    assert (body["pause"], body["next"]) == ("cases", None)


def test_no_break_comes_between_the_two_answers_to_a_case(admin, coordinator, reader_user, now):
    def choose(study):
        update_protocol(
            actor=coordinator, study=study, now=now, has_second_level=True, revision="none"
        )
        update_conduct(actor=coordinator, study=study, now=now, break_after_cases=2, break_after_minutes=0)  # fmt: skip

    study = open_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        emails=(reader_user.email,),
        before_lock=choose,
    )
    enrolment = begin(study, reader_user, now=now)
    causes = []
    for position in ids(enrolment)[:2]:
        for level in (1, 2):
            answers = [item(position, level=level)]
            commit_readings(actor=reader_user, answers=answers, now=now)
            found = due(enrolment, now)
            causes.append(found and found.done)
    assert causes == [None, None, None, 2]


def test_it_is_told_after_which_case_the_next_break_comes(paced_study, now):
    enrolment = paced_study()
    assert screen(enrolment, now)["pause_after"] == 3
    answer(enrolment, 0, 2, now)
    assert (screen(enrolment, now)["pause_after"], screen(enrolment, now)["pause_in"]) == (3, None)
    # Who is away begins anew.
    assert screen(enrolment, now + 11 * MINUTE)["pause_after"] == 5
    answer(enrolment, 2, 3, now)
    assert screen(enrolment, now)["pause_after"] is None
    end_break(actor=enrolment.user, enrolment=enrolment, now=now)
    assert screen(enrolment, now)["pause_after"] == 6


def test_it_is_told_in_how_many_seconds_an_answer_brings_a_break(paced_study, now):
    enrolment = paced_study(break_after_cases=0, break_after_minutes=25)
    assert screen(enrolment, now)["pause_in"] == 25 * 60
    answer(enrolment, 0, 1, now)
    later = screen(enrolment, now + 5 * MINUTE)
    assert (later["pause_after"], later["pause_in"]) == (None, 20 * 60)


def test_the_limit_of_a_day_comes_before_a_break_that_is_further_off(paced_study, now):
    enrolment = paced_study(break_after_cases=5, cases_per_day=4)
    answer(enrolment, 0, 1, now)
    assert screen(enrolment, now)["pause_after"] == 4
