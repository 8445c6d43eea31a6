"""The cockpit tells who needs what and never how right anybody is; reminders are few."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.reading.cockpit import cockpit_of
from readerstudy.reading.matrix import matrix_of
from readerstudy.reading.models import Reminder
from readerstudy.reading.quality import Sign
from readerstudy.reading.reminding import remind, remindable_readers
from readerstudy.reading.services import commit_readings
from readerstudy.studies.models import StudyCase
from readerstudy.studies.services import close_study, withdraw_reader
from tests.conftest import make_user
from tests.reading.factories import ids, item, open_study

TEXTS = {"en": "Please go on.", "de": "Bitte machen Sie weiter."}


@pytest.fixture
def second(study, now):
    """The other reader's enrolment, not begun."""
    return study.enrolments.get(user__email="second@example.org")


@pytest.fixture
def staff(client, coordinator):
    """The coordinator's browser."""
    client.force_login(coordinator)
    return client


@pytest.fixture
def sending(study, coordinator, now, django_capture_on_commit_callbacks):
    """Reminds these readers, and lets the mails go."""

    def commit(codes):
        with django_capture_on_commit_callbacks(execute=True):
            send(coordinator, study, codes, now)

    return commit


def answered(enrolment, count, now):
    answers = [item(position) for position in ids(enrolment)[:count]]
    commit_readings(actor=enrolment.user, answers=answers, now=now)


def send(actor, study, codes, now, texts=TEXTS):
    def link(token):
        return f"https://example.org/{token or 'sign-in'}"

    return remind(actor=actor, study=study, codes=codes, texts=texts, link=link, now=now)


def signs(cockpit):
    return {line.progress.enrolment.code: set(line.signs) for line in cockpit.lines}


def test_readers_are_told_apart_by_what_they_need(study, enrolment, second, now):
    answered(enrolment, 3, now)
    soon = cockpit_of(study, now=now)
    assert signs(soon) == {enrolment.code: set(), second.code: {Sign.NOT_STARTED}}
    late = cockpit_of(study, now=now + timedelta(days=8))
    assert signs(late)[enrolment.code] == {Sign.STALLED}
    assert (soon.done, soon.total, soon.readers) == (3, 24, 2)
    assert soon.counts[Sign.NOT_STARTED] == 1


def test_a_finished_reader_and_a_withdrawn_one_need_nothing(
    study, enrolment, second, coordinator, now
):
    answered(enrolment, 12, now)
    withdraw_reader(actor=coordinator, enrolment=second, now=now)
    cockpit = cockpit_of(study, now=now)
    assert signs(cockpit) == {enrolment.code: {Sign.FINISHED}, second.code: set()}
    assert (cockpit.readers, cockpit.end.missing, cockpit.end.day) == (1, 0, None)


def test_the_matrix_has_a_cell_for_every_reader_and_case(
    study, enrolment, second, coordinator, now
):
    answered(enrolment, 5, now)
    case = StudyCase.objects.filter(study=study).first()
    matrix = matrix_of(study)
    assert (len(matrix.readers), len(matrix.cases)) == (2, 12)
    assert (len(matrix.answered), len(matrix.open)) == (5, 19)
    assert sum(done for _case, done, _asked in matrix.by_case) == 5
    assert {asked for _case, _done, asked in matrix.by_case} == {2}
    StudyCase.objects.filter(pk=case.pk).update(withdrawn_at=now)
    withdraw_reader(actor=coordinator, enrolment=second, now=now)
    assert (matrix_of(study).readers, len(matrix_of(study).cases)) == ((enrolment.code,), 11)


@pytest.mark.parametrize("name", ["progress", "matrix", "reminders"])
def test_no_page_of_the_cockpit_tells_of_truth_or_how_right_anybody_is(
    staff, study, enrolment, now, name
):
    answered(enrolment, 3, now)
    told = staff.get(reverse(f"reading:{name}", args=[study.slug])).content.decode()
    assert not re.search(
        r"accura|sensitiv|specific|AUC|malignan|biopsy|SECRET", told, re.IGNORECASE
    )
    assert not re.search(
        r"melanoma(?![ -]or[ -]nevus)", told, re.IGNORECASE
    )  # the study's own title


def test_pages_take_as_many_queries_for_thirty_readers_as_for_two(
    client, admin, coordinator, now, django_assert_max_num_queries
):
    emails = [f"reader{number}@example.org" for number in range(30)]
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=3, emails=emails)
    client.force_login(coordinator)
    for page, most in (("progress", 13), ("matrix", 9), ("reminders", 13)):
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"reading:{page}", args=[study.slug])).status_code == 200


def test_only_the_chosen_sign_is_listed(staff, study, enrolment, second, now):
    answered(enrolment, 1, now)
    page = staff.get(reverse("reading:progress", args=[study.slug]) + "?sign=not_started")
    rows = re.findall(r'<th scope="row">(.*?)</th>', page.content.decode())
    assert rows == [second.code]
    everybody = staff.get(reverse("reading:progress", args=[study.slug]) + "?sign=nonsense")
    assert enrolment.code in everybody.content.decode()


@pytest.mark.parametrize("name", ["progress", "matrix", "reminders"])
@pytest.mark.parametrize("role", ["reader", "coordinator", ""])
def test_strangers_find_no_cockpit(client, study, name, role):
    if role:
        client.force_login(make_user(role, f"other-{role}@example.org", "Other"))
    response = client.get(reverse(f"reading:{name}", args=[study.slug]))
    assert response.status_code == (404 if role else 302)


def test_a_reminder_goes_out_in_the_readers_language_with_an_address(
    study, enrolment, second, sending
):
    second.user.language = "de"
    second.user.save()
    sending([enrolment.code, second.code])
    sent = {message.to[0]: message for message in mail.outbox}
    assert set(sent) == {enrolment.user.email, second.user.email}
    assert sent[enrolment.user.email].body == "Please go on.\n\nhttps://example.org/sign-in\n"
    german = sent[second.user.email]
    assert german.subject.startswith("Eine Erinnerung")
    # Who has no password yet gets a new invitation.
    assert re.fullmatch(
        r"Bitte machen Sie weiter\.\n\nhttps://example\.org/(?!sign-in)\S+\n", german.body
    )
    assert AuditEvent.objects.filter(verb="reader.reminded").count() == 2


def test_reminders_are_at_most_three_and_three_days_apart(study, enrolment, coordinator, now):
    for number in range(3):
        moment = now + timedelta(days=3 * number)
        send(coordinator, study, [enrolment.code], moment)
        with pytest.raises(Conflict, match="cannot be reminded now"):
            send(coordinator, study, [enrolment.code], moment + timedelta(days=2.9))
    with pytest.raises(Conflict, match="3 reminders were sent; that is all"):
        send(coordinator, study, [enrolment.code], now + timedelta(days=300))
    assert Reminder.objects.count() == 3


def test_nobody_is_reminded_where_one_of_them_cannot_be(study, enrolment, second, coordinator, now):
    answered(enrolment, 12, now)
    with pytest.raises(Conflict, match=f"{enrolment.code} has finished"):
        send(coordinator, study, [second.code, enrolment.code], now)
    assert not Reminder.objects.exists()


def test_reminders_are_for_coordinators_of_open_studies(study, enrolment, coordinator, admin, now):
    for stranger in (admin, enrolment.user):
        with pytest.raises(NotAllowed):
            send(stranger, study, [enrolment.code], now)
    with pytest.raises(InvalidInput, match="No reader is chosen"):
        send(coordinator, study, [], now)
    with pytest.raises(InvalidInput, match="1 to 2000 characters"):
        send(coordinator, study, [enrolment.code], now, texts={**TEXTS, "de": "  "})
    close_study(actor=coordinator, study=study, now=now)
    with pytest.raises(Conflict, match="not open for reading"):
        send(coordinator, study, [enrolment.code], now)


def test_the_page_chooses_who_has_not_started_or_has_stopped(
    staff, study, enrolment, second, django_capture_on_commit_callbacks
):
    answered(enrolment, 1, timezone.now())
    address = reverse("reading:reminders", args=[study.slug])
    form = staff.get(address).context["form"]
    codes = [code for code, _label in form.fields["readers"].choices]
    assert sorted(codes) == sorted([enrolment.code, second.code])
    assert second.code in form.fields["readers"].initial
    with django_capture_on_commit_callbacks(execute=True):
        response = staff.post(
            address, {"readers": [second.code], "text_en": "Go on.", "text_de": "Weiter."}
        )
    assert response.status_code == 302
    assert [message.to for message in mail.outbox] == [[second.user.email]]
    again = staff.get(address)
    assert [one.enrolment.code for one in again.context["refused"]] == [second.code]
    refused = staff.post(
        address, {"readers": [second.code], "text_en": "Go on.", "text_de": "Weiter."}
    )
    assert refused.status_code == 400
    assert len(mail.outbox) == 1


def test_who_can_be_reminded_is_listed_with_the_reason_why_not(
    study, enrolment, second, coordinator, now
):
    send(coordinator, study, [second.code], now)
    listed = {one.enrolment.code: one.reason for one in remindable_readers(study, now=now)}
    assert listed[enrolment.code] == ""
    assert "less than 3 days ago" in listed[second.code]


def test_as_many_readers_are_drawn_on_a_page_as_a_browser_can_lay_out(
    staff, study, enrolment, now, monkeypatch
):
    answered(enrolment, 5, now)
    monkeypatch.setattr("readerstudy.reading.matrix.MOST_CELLS", 12)
    address = reverse("reading:matrix", args=[study.slug])
    pages = [staff.get(address), staff.get(address + "?page=2")]
    assert sum(page.context["on_page"] for page in pages) == 5
    for page in pages:
        drawn = page.context["answered"] + page.context["open"]
        # Every page begins with its first row, and has the twelve cases of one reader.
        assert re.findall(r"M\d+ (\d+)h", drawn) == ["0"] * 12
        assert sum(done for _case, done, _asked in page.context["matrix"].by_case) == 5
    assert "Page 2 of 2" in pages[1].content.decode()
