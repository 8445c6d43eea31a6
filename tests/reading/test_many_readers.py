"""Studies of many readers: pages of them, found by their words, and written to together."""

import re

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from readerstudy.core.audit import first_fault
from readerstudy.core.models import AuditEvent, AuditHead
from readerstudy.core.verifying import verify_trail
from readerstudy.reading import message_forms
from readerstudy.reading.models import Message
from readerstudy.reading.services import commit_readings
from readerstudy.studies import finding
from tests.conftest import PASSWORD
from tests.german import DE, english_in
from tests.reading.factories import begin, ids, item, open_study
from tests.reading.test_messages import write

MANY = 7


@pytest.fixture
def many(admin, coordinator, now, monkeypatch):
    """A study of seven readers with passwords, five on a page."""
    monkeypatch.setattr(finding, "READERS_ON_A_PAGE", 5)
    monkeypatch.setattr(message_forms, "LISTED", 5)
    emails = [f"reader{number}@example.org" for number in range(MANY)]
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=3, emails=emails)
    for number, enrolment in enumerate(study.enrolments.select_related("user").order_by("pk")):
        enrolment.user.name = f"Name{number} Übel"
        enrolment.user.set_password(PASSWORD)
        enrolment.user.save()
    return study


@pytest.fixture
def staff(client, coordinator):
    client.force_login(coordinator)
    return client


def codes_in(response):
    assert response.status_code == 200
    return re.findall(r'<th scope="row">(?:<a [^>]*>|<code>)?(R-\w+)', response.content.decode())


def codes_of(study):
    return set(study.enrolments.values_list("code", flat=True))


def addresses(study):
    return [
        f"/reading/progress/{study.slug}/",
        f"/reading/progress/{study.slug}/messages/",
        f"/studies/{study.slug}/readers/",
    ]


@pytest.fixture
def written(many, now):
    """Everybody has written."""
    for enrolment in many.enrolments.select_related("user"):
        write(enrolment, now)
    return many


def test_every_reader_stands_on_one_page(staff, written):
    for address in addresses(written):
        first, last = staff.get(address), staff.get(f"{address}?page=2")
        assert [len(codes_in(first)), len(codes_in(last))] == [5, 2]
        assert {*codes_in(first), *codes_in(last)} == codes_of(written)
        assert 'href="?page=2"' in first.content.decode()


def test_readers_are_found_by_name_code_group_and_institution(staff, written):
    one = written.enrolments.select_related("user", "rank_group", "institution").get(user__name__startswith="Name3")  # fmt: skip
    for address in addresses(written):
        for words in ("name3", one.code.lower(), " Name3 "):
            assert codes_in(staff.get(address, {"q": words})) == [one.code]
        for words in (one.rank_group.name, one.institution.name[:4]):
            assert len(codes_in(staff.get(address, {"q": words}))) == 5
        page = staff.get(address, {"q": one.institution.name, "page": 2})
        assert len(codes_in(page)) == 2
        assert "q=" in re.search(r'rel="prev" href="([^"]+)"', page.content.decode())[1]
        for words in ("x" * 5000, "' OR 1=1 --"):
            nobody = staff.get(address, {"q": words})
            assert codes_in(nobody) == []
            assert 'type="search"' in nobody.content.decode()


def test_a_sign_and_a_search_go_together_and_the_tiles_tell_of_everybody(staff, many, now):
    one = begin(many, many.enrolments.select_related("user").first().user, now=now)
    commit_readings(actor=one.user, answers=[item(ids(one)[0])], now=now)
    page = staff.get(addresses(many)[0], {"sign": "not_started", "q": "name"})
    assert len(codes_in(page)) == 5
    assert (page.context["page"].paginator.count, page.context["cockpit"].readers) == (6, 7)
    text = page.content.decode()
    assert '<input type="hidden" name="sign" value="not_started">' in text
    assert 'href="?sign=not_started&amp;q=name&amp;page=2"' in text
    assert codes_in(staff.get(addresses(many)[0], {"sign": "not_started", "q": one.code})) == []


def test_few_readers_need_neither_pages_nor_a_search(staff, study):
    for address in addresses(study):
        text = staff.get(address).content.decode()
        assert 'type="search"' not in text
        assert "?page=" not in text


def test_all_readers_are_written_to_at_once(staff, many):
    address = addresses(many)[1]
    page = staff.get(address)
    text = page.content.decode()
    assert text.count('name="codes"') == 5
    assert "The first 5 of 7 readers are listed." in text
    body = {"text": "Hello.", "everybody": "on", "number": "7"}
    told = staff.post(address, body, follow=True).content.decode()
    assert "The message is sent to 7 readers." in told
    assert Message.objects.values("enrolment").distinct().count() == 7


def test_all_who_are_found_are_written_to_and_nobody_else(staff, many):
    address = addresses(many)[1] + "?q=Name"
    assert staff.post(address + "3", {"text": "x", "everybody": "on", "number": "7"}).status_code == 400  # fmt: skip
    one = many.enrolments.get(user__name__startswith="Name3")
    other = many.enrolments.get(user__name__startswith="Name4")
    assert staff.post(address + "3", {"text": "x", "codes": [other.code]}).status_code == 400
    assert staff.post(address + "3", {"text": "x", "codes": [one.code]}).status_code == 302
    assert list(Message.objects.values_list("enrolment", flat=True)) == [one.pk]


def test_nobody_is_written_to_where_the_readers_are_others_than_the_page_told(staff, many):
    address = addresses(many)[1]
    for number in ("6", "", "x"):
        refused = staff.post(address, {"text": "Hello.", "everybody": "on", "number": number})
        assert refused.status_code == 400
    assert "There are other readers now" in refused.content.decode()
    nobody = staff.post(address, {"text": "Hello."})
    assert "Please choose at least one reader." in nobody.content.decode()
    assert not Message.objects.exists()


def test_the_pages_of_many_are_german_for_germans(staff, written):
    for address in addresses(written):
        for query in ("", "?q=nobody"):
            assert english_in(staff.get(address + query, headers=DE).content.decode()) == []


def test_messages_to_many_make_one_step_of_the_trail(
    staff, many, coordinator, django_capture_on_commit_callbacks, django_assert_max_num_queries
):
    before = AuditHead.objects.get().sequence
    body = {"text": "Hello.", "everybody": "on", "number": "7"}
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(addresses(many)[1], body)
    events = AuditEvent.objects.filter(sequence__gt=before, verb="message.sent")
    assert [one.sequence for one in events] == list(range(before + 1, before + 8))
    assert first_fault() is None
    assert verify_trail().faults == ()


def test_many_mails_go_out_over_one_connection(
    staff, many, monkeypatch, django_capture_on_commit_callbacks
):
    lines = []
    send = EmailBackend.send_messages
    monkeypatch.setattr(
        EmailBackend, "send_messages", lambda line, mails: lines.append(line) or send(line, mails)
    )
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(addresses(many)[1], {"text": "Hello.", "everybody": "on", "number": "7"})
    assert len(mail.outbox) == 7
    assert len(set(map(id, lines))) == 1
