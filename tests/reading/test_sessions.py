"""Several sessions: in order, each after its washout, by the server's clock; repeats are shown to nobody."""

import json
import uuid
from datetime import timedelta

import pytest

from readerstudy.core.audit import first_broken_event
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from readerstudy.core.models import AuditEvent
from readerstudy.reading.gaps import Gaps, Span, gaps_of, session_gaps
from readerstudy.reading.models import Reading
from readerstudy.reading.order import order_state
from readerstudy.reading.reach import shown_position_for
from readerstudy.reading.selectors import current_readings, positions_of, primary_readings
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import RepeatWhen
from readerstudy.studies.models import Position, SessionOpening, StudyCase
from readerstudy.studies.services import open_session_early, update_design, withdraw_reader
from tests.conftest import make_user
from tests.reading.factories import BIOPSY, NONE, begin, item, open_study
from tests.unguarded import unguarded

CASES = 12
DAY = timedelta(days=1)


@pytest.fixture
def make(admin, coordinator, reader_user, now):
    """The enrolment of a reader who has begun, in a study of 12 cases with this design."""

    def do(**design):
        def choose(study):
            update_design(actor=coordinator, study=study, now=now, **design)

        study = open_study(
            admin=admin,
            coordinator=coordinator,
            now=now,
            cases=CASES,
            emails=(reader_user.email,),
            before_lock=choose,
        )
        return begin(study, reader_user, now=now)

    return do


@pytest.fixture
def enrolment(make):
    """Half of the cases come again in a second session, 28 days later."""
    return make(repeat_percent=50)


def read(enrolment, count, *, now, **fields):
    order = order_state(enrolment, now=now)
    unread = [place.public_id for place in order.places if not place.version][:count]
    return commit_readings(
        actor=enrolment.user, answers=[item(one, **fields) for one in unread], now=now
    )


def test_the_first_session_is_open_and_nothing_of_the_second_is_ahead(enrolment, now):
    read(enrolment, CASES - 2, now=now)
    order = order_state(enrolment, now=now)
    assert len(order.upcoming) == 2
    assert {place.session for place in order.upcoming} == {1}
    assert order.opens_at is None
    assert (order.progress.done, order.progress.total) == (10, 18)


def test_the_second_session_opens_28_days_after_the_last_first_answer(enrolment, now):
    read(enrolment, CASES - 1, now=now)
    done = now + 3 * DAY
    commit = read(enrolment, 1, now=done)[0]
    opens = done + 28 * DAY
    assert commit.order.next_unread is None
    assert commit.order.opens_at == opens
    for moment in (done, opens - timedelta(seconds=1)):
        order = order_state(enrolment, now=moment)
        assert (order.opens_at, order.next_unread, order.upcoming) == (opens, None, [])
    order = order_state(enrolment, now=opens)
    assert order.opens_at is None
    assert order.next_unread.session == 2


def test_the_server_refuses_an_answer_before(enrolment, now):
    read(enrolment, CASES, now=now)
    with pytest.raises(Conflict) as refused:
        read(enrolment, 1, now=now + 28 * DAY - timedelta(seconds=1))
    assert refused.value.code == "session_not_open"
    assert Reading.objects.count() == CASES
    read(enrolment, 6, now=now + 28 * DAY)
    assert order_state(enrolment, now=now + 28 * DAY).progress.is_complete


def test_answers_of_two_sessions_cannot_be_sent_together(enrolment, now):
    with pytest.raises(Conflict, match="next session opens on"):
        read(enrolment, CASES + 1, now=now)
    assert not Reading.objects.exists()


def test_a_changed_last_answer_does_not_put_off_the_second_session(enrolment, now):
    last = read(enrolment, CASES, now=now)[-1].reading.position.public_id
    later = now + 2 * DAY
    answers = [item(last, decision=NONE)]
    commit_readings(actor=enrolment.user, answers=answers, revise=True, now=later)
    assert order_state(enrolment, now=later).opens_at == now + 28 * DAY


def test_a_case_withdrawn_from_the_first_session_is_not_waited_for(enrolment, now):
    read(enrolment, CASES - 1, now=now)
    last = positions_of(enrolment)[CASES - 1]
    StudyCase.objects.filter(pk=last.study_case_id).update(withdrawn_at=now)
    assert order_state(enrolment, now=now).opens_at == now + 28 * DAY
    places = list(enrolment.positions.filter(session__number=1).values_list("number", flat=True))
    assert places == list(range(1, CASES + 1))


def test_during_the_washout_no_photograph_is_shown_but_those_of_the_session_just_read(
    enrolment, now
):
    read(enrolment, CASES, now=now)
    for place in order_state(enrolment, now=now).places:
        if place.session == 1:
            assert shown_position_for(enrolment.user, place.public_id, now=now).pk == place.pk
        else:
            with pytest.raises(NotFound):
                shown_position_for(enrolment.user, place.public_id, now=now)


def test_in_the_second_session_the_photographs_of_the_first_are_gone(enrolment, now):
    read(enrolment, CASES, now=now)
    later = now + 28 * DAY
    read(enrolment, 1, now=later)
    first, *_, last = order_state(enrolment, now=later).places
    with pytest.raises(NotFound):
        shown_position_for(enrolment.user, first.public_id, now=later)
    assert last.session == 2
    assert shown_position_for(enrolment.user, last.public_id, now=later).pk == last.pk


def test_once_the_second_session_is_open_the_answers_of_the_first_are_final(enrolment, now):
    last = read(enrolment, CASES, now=now)[-1].reading.position.public_id
    later = now + 28 * DAY
    assert order_state(enrolment, now=later).last_read is None
    answers = [item(last, decision=NONE)]
    with pytest.raises(Conflict) as refused:
        commit_readings(actor=enrolment.user, answers=answers, revise=True, now=later)
    assert refused.value.code == "not_revisable"


class TestOverride:
    def test_a_coordinator_opens_a_session_to_one_reader_with_a_reason(
        self, enrolment, coordinator, now
    ):
        read(enrolment, CASES, now=now)
        early = now + 5 * DAY
        open_session_early(
            actor=coordinator, enrolment=enrolment, session=2, reason=" Parental leave. ", now=early
        )
        assert order_state(enrolment, now=early - timedelta(seconds=1)).opens_at == early
        assert order_state(enrolment, now=early).next_unread.session == 2
        event = AuditEvent.objects.get(verb="enrolment.session_opened_early")
        assert {"code": enrolment.code, "session": 2}.items() <= event.data.items()
        assert "leave" not in str(event.data)
        assert first_broken_event() is None

    def test_it_still_waits_for_the_session_before(self, enrolment, coordinator, now):
        open_session_early(
            actor=coordinator, enrolment=enrolment, session=2, reason="Leave.", now=now
        )
        read(enrolment, CASES - 1, now=now)
        assert order_state(enrolment, now=now).next_unread.session == 1
        read(enrolment, 1, now=now + DAY)
        assert order_state(enrolment, now=now + DAY).next_unread.session == 2

    @pytest.mark.parametrize(
        ("session", "reason", "field"),
        [(2, " ", "reason"), (1, "Leave.", "session"), (3, "Leave.", "session")],
    )
    def test_what_cannot_be_is_refused(  # noqa: PLR0917 (fixtures)
        self, enrolment, coordinator, now, session, reason, field
    ):
        with pytest.raises(InvalidInput) as refused:
            open_session_early(
                actor=coordinator, enrolment=enrolment, session=session, reason=reason, now=now
            )
        assert refused.value.field == field
        assert not SessionOpening.objects.exists()

    def test_once_and_for_readers_who_take_part(self, enrolment, coordinator, now):
        opened = {"actor": coordinator, "enrolment": enrolment, "session": 2, "reason": "Leave."}
        open_session_early(**opened, now=now)
        with pytest.raises(Conflict, match=r"open to .* already"):
            open_session_early(**opened, now=now)
        withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)
        with pytest.raises(Conflict, match="is withdrawn"):
            open_session_early(**opened, now=now)

    def test_only_the_studys_coordinators_may(self, enrolment, admin, now):
        stranger = make_user("coordinator", "stranger@example.org", "Stranger")
        for actor in (admin, stranger, enrolment.user):
            with pytest.raises(NotAllowed):
                open_session_early(
                    actor=actor, enrolment=enrolment, session=2, reason="Leave.", now=now
                )
        assert not SessionOpening.objects.exists()


class TestWhatAReaderSees:
    @pytest.fixture
    def waiting(self, client, make, monkeypatch, now):
        """A reader who has just completed the first session, signed in, at a moment that is told."""
        enrolment = make(repeat_percent=50)
        read(enrolment, CASES, now=now)
        client.force_login(enrolment.user)
        self.moment = now
        for module in ("api", "views"):
            monkeypatch.setattr(f"readerstudy.reading.{module}.now", lambda: self.moment)
        return enrolment

    def test_the_home_page_and_the_screen_say_from_when_on(self, client, waiting, now):
        opens = f'<time datetime="{(now + 28 * DAY).isoformat()}">'
        for address in ("/reading/", f"/reading/{waiting.public_id}/read/"):
            response = client.get(address)
            assert response.status_code == 200
            page = response.content.decode()
            assert opens in page
            assert "next session opens on" in page
            assert "Continue with case" not in page

    def test_the_api_gives_no_next_position_and_refuses_an_answer(self, client, waiting, now):
        place = order_state(waiting, now=now).places[CASES]
        address = f"/api/v1/enrolments/{waiting.public_id}/next-position/"
        body = client.get(address).json()
        assert (body["next"], body["ahead"]) == (None, [])
        assert body["opens_at"].startswith((now + 28 * DAY).date().isoformat())
        given = {"position": place.public_id, "decision": BIOPSY, "confidence": 3}
        refused = client.post(
            "/api/v1/readings/",
            json.dumps(given),
            content_type="application/json",
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
        assert refused.status_code == 409
        assert refused.json()["code"] == "session_not_open"
        self.moment = now + 28 * DAY
        body = client.get(address).json()
        assert body["next"]["id"] == place.public_id
        assert body["opens_at"] is None

    def test_nothing_tells_a_repeat(self, client, make, now):
        enrolment = make(repeat_percent=50, repeat_when=RepeatWhen.SAME_SESSION)
        client.force_login(enrolment.user)
        address = f"/api/v1/enrolments/{enrolment.public_id}/next-position/"
        told = {}
        for position in positions_of(enrolment):
            body = client.get(address).json()
            assert set(body["next"]) == {"id", "number", "image_url"}
            page = client.get(f"/reading/{enrolment.public_id}/read/").content.decode()
            assert "repeat" not in page.lower()
            told[position.pk] = body["next"]["id"]
            read(enrolment, 1, now=now)
        repeats = Position.objects.exclude(repeat_of=None)
        assert repeats.count() == 6
        for repeat in repeats:
            assert told[repeat.pk] == repeat.public_id != repeat.repeat_of.public_id


class TestPrimaryReadings:
    def test_repeats_in_the_same_session_are_left_out(self, make, now):
        enrolment = make(repeat_percent=25, repeat_when=RepeatWhen.SAME_SESSION)
        read(enrolment, CASES + 3, now=now)
        assert current_readings(enrolment.study).count() == 15
        primary = primary_readings(enrolment.study)
        assert primary.count() == 12
        assert not primary.exclude(position__repeat_of=None).exists()

    def test_repeats_in_a_later_session_are_left_out(self, enrolment, now):
        read(enrolment, CASES, now=now, decision=NONE)
        read(enrolment, 6, now=now + 28 * DAY, decision=BIOPSY)
        assert set(primary_readings(enrolment.study).values_list("decision", flat=True)) == {NONE}
        assert primary_readings(enrolment.study).count() == CASES

    def test_the_first_answer_of_a_sequential_position_counts_and_an_aided_one_does_not(
        self, make, now
    ):
        enrolment = make()
        read(enrolment, CASES, now=now)
        first, second = positions_of(enrolment)[:2]
        with unguarded(), unguarded():
            Position.objects.filter(pk=first.pk).update(arm="sequential")
            Position.objects.filter(pk=second.pk).update(arm="aided")
        counted = set(primary_readings(enrolment.study).values_list("position_id", flat=True))
        assert counted == set(positions_of(enrolment).values_list("pk", flat=True)) - {second.pk}


def test_a_page_with_two_sessions_takes_few_queries(
    client, enrolment, django_assert_max_num_queries
):
    client.force_login(enrolment.user)
    for address, most in ((f"/reading/{enrolment.public_id}/read/", 12), ("/reading/", 9)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


class TestGaps:
    def test_they_are_counted_from_the_last_first_answer_to_the_next_first_one(
        self, client, enrolment, coordinator, now
    ):
        read(enrolment, CASES - 1, now=now - DAY)
        last = read(enrolment, 1, now=now)[0].reading.position.public_id
        revised = [item(last, decision=NONE)]
        commit_readings(actor=enrolment.user, answers=revised, revise=True, now=now + DAY)
        assert session_gaps(enrolment.study) == []
        opened = {"actor": coordinator, "enrolment": enrolment, "session": 2, "reason": "Leave."}
        open_session_early(**opened, now=now + DAY)
        read(enrolment, 1, now=now + 12 * DAY)
        read(enrolment, 5, now=now + 13 * DAY)
        assert session_gaps(enrolment.study) == [Gaps(2, 1, 12.0, 12.0, 12.0, 1)]
        client.force_login(coordinator)
        page = client.get(f"/studies/{enrolment.study.slug}/design/").content.decode()
        assert "Breaks between the sessions" in page
        assert "12.0" in page
        withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)
        assert session_gaps(enrolment.study) == []

    def test_they_are_summed_up_over_readers_and_by_session(self, now):
        spans = [
            Span(reader, session, now + (days - 1) * DAY, now + days * DAY)
            for reader, ends in ((1, (0, 29, 60)), (2, (0, 31, 61)), (3, (0, 21, 52)), (4, (0,)))
            for session, days in enumerate(ends, start=1)
        ]
        assert gaps_of(spans, washout_days=28) == [
            Gaps(2, 3, 20.0, 28.0, 30.0, 1),
            Gaps(3, 3, 29.0, 30.0, 30.0, 0),
        ]


def test_sessions_are_looked_up_and_never_joined_to_all_readings(
    make, django_assert_max_num_queries, now
):
    enrolment = make()
    with django_assert_max_num_queries(3) as asked:
        order_state(enrolment, now=now)
    found = [one["sql"] for one in asked if "reading_reading" in one["sql"]]
    assert found
    assert not any('JOIN "studies_session"' in sql for sql in found)
