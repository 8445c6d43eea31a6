"""The pages of messages, as a browser without scripts sees them."""

import pytest
from django.core import mail

from readerstudy.reading.messaging import MOST_A_DAY
from readerstudy.reading.models import Message, MessageSeen
from readerstudy.reading.services import commit_readings
from readerstudy.studies.services import withdraw_reader
from tests.conftest import PASSWORD, make_user
from tests.german import DE, english_in
from tests.reading.factories import ids, item, open_study
from tests.reading.test_messages import answer, archive, send, write
from tests.signed_in import just_signed_in


def own(enrolment):
    return f"/reading/{enrolment.public_id}/messages/"


def listed(study):
    return f"/reading/progress/{study.slug}/messages/"


def staffs(enrolment):
    return f"{listed(enrolment.study)}{enrolment.public_id}/"


def text_of(response, status=200):
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def second(study):
    other = study.enrolments.get(user__email="second@example.org")
    other.user.set_password(PASSWORD)
    other.user.save()
    return other


@pytest.fixture
def begun(enrolment, client):
    just_signed_in(client, enrolment.user)
    return enrolment


@pytest.fixture
def staff(client, coordinator):
    just_signed_in(client, coordinator)
    return client


def test_a_reader_writes_and_the_mail_has_the_address_of_the_staffs_page(
    client, begun, django_capture_on_commit_callbacks
):
    page = text_of(client.get(own(begun)))
    assert "do not write about your answers to single cases" in page
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(own(begun), {"text": "<b>One</b>\r\ntwo"})
    assert response.headers["Location"] == own(begun)
    assert f"http://testserver{staffs(begun)}\n" in mail.outbox[0].body
    page = text_of(client.get(own(begun)))
    assert '<p class="prose">&lt;b&gt;One&lt;/b&gt;\ntwo</p>' in page
    assert "Your message is sent." in page


def test_a_coordinator_answers_and_the_mail_has_the_address_of_the_readers_page(
    staff, enrolment, now, django_capture_on_commit_callbacks
):
    write(enrolment, now)
    assert "SECRETWORDS" in text_of(staff.get(staffs(enrolment)))
    with django_capture_on_commit_callbacks(execute=True):
        response = staff.post(staffs(enrolment), {"text": "Yes."})
    assert response.headers["Location"] == staffs(enrolment)
    assert f"http://testserver{own(enrolment)}\n" in mail.outbox[0].body
    assert Message.objects.get(is_from_reader=False).text == "Yes."


def test_several_readers_are_written_to_from_the_list(staff, study, enrolment, second):
    page = text_of(staff.get(listed(study)))
    assert "No message is written yet." in page
    codes = [enrolment.code, second.code]
    refused = text_of(staff.post(listed(study), {"codes": codes, "text": " "}), 400)
    assert "Please write a message." in refused
    assert "Please choose at least one reader." in text_of(
        staff.post(listed(study), {"text": "Hello."}), 400
    )
    response = staff.post(listed(study), {"codes": codes, "text": "Hello."}, follow=True)
    assert "The message is sent to 2 readers." in text_of(response)
    assert Message.objects.count() == 2


def test_a_withdrawn_reader_is_offered_in_no_list_and_still_answered(
    staff, enrolment, second, coordinator, now
):
    write(enrolment, now)
    withdraw_reader(actor=coordinator, enrolment=enrolment, now=now)
    offered = staff.get(listed(second.study)).context["form"].fields["codes"].choices
    assert [code for code, _label in offered] == [second.code]
    assert staff.post(staffs(enrolment), {"text": "Thank you."}).status_code == 302


def test_no_reader_sees_anothers_messages(client, begun, second, coordinator, now):
    write(second, now)
    answer(coordinator, second, now, "SECRETWORDS for the second.")
    assert client.get(own(second)).status_code == 404
    assert client.post(own(second), {"text": "x"}).status_code == 404
    for address in (listed(begun.study), staffs(begun), staffs(second)):
        assert client.get(address).status_code == 404
    for address in (own(begun), "/reading/", f"/reading/{begun.public_id}/my-data.json"):
        assert "SECRETWORDS" not in text_of(client.get(address))


def test_a_foreign_coordinator_finds_no_page_and_staff_no_readers_page(
    client, enrolment, coordinator, admin, now
):
    write(enrolment, now)
    just_signed_in(client, make_user("coordinator", "other@example.org", "Other"))
    for address in (listed(enrolment.study), staffs(enrolment), own(enrolment)):
        assert client.get(address).status_code == 404
        assert client.post(address, {"text": "x"}).status_code == 404
    for user in (coordinator, admin):
        just_signed_in(client, user)
        assert client.get(own(enrolment)).status_code == 404
    client.logout()
    assert client.get(staffs(enrolment)).status_code == 302
    assert Message.objects.count() == 1


def test_a_thread_is_found_under_its_own_study_alone(staff, enrolment, admin, coordinator, now):
    email = "else@example.org"
    other = open_study(admin=admin, coordinator=coordinator, now=now, emails=[email], title="Else")
    assert staff.get(f"{listed(other)}{enrolment.public_id}/").status_code == 404
    assert staff.get(staffs(other.enrolments.get())).status_code == 200


def test_an_admin_reads_and_does_not_answer(client, enrolment, admin, now):
    write(enrolment, now)
    just_signed_in(client, admin)
    assert "SECRETWORDS" in text_of(client.get(staffs(enrolment)))
    for address in (listed(enrolment.study), staffs(enrolment)):
        assert "Send the message" not in text_of(client.get(address))
    assert client.post(staffs(enrolment), {"text": "x"}).status_code == 404
    body = {"codes": [enrolment.code], "text": "x"}
    assert client.post(listed(enrolment.study), body).status_code == 404
    assert Message.objects.count() == 1


def test_what_is_new_is_marked_until_the_thread_was_opened(client, begun, coordinator, second, now):
    study = begun.study
    write(second, now)
    send(coordinator, study, [begun.code], now)
    badge = '<span class="badge training">1 new</span>'
    assert badge in text_of(client.get("/reading/"))
    client.head(own(begun))
    client.post(own(begun), {"text": ""})
    assert not MessageSeen.objects.exists()
    assert '<span class="badge training">new</span>' in text_of(client.get(own(begun)))
    assert '<span class="badge training">new</span>' not in text_of(client.get(own(begun)))
    assert badge not in text_of(client.get("/reading/"))
    just_signed_in(client, coordinator)
    progress = f"/reading/progress/{study.slug}/"
    for address in (progress, listed(study)):
        assert badge in text_of(client.get(address))
    client.get(staffs(second))
    for address in (progress, listed(study)):
        assert badge not in text_of(client.get(address))


def test_the_limit_of_a_day_is_told_beside_the_form_and_keeps_what_was_written(client, begun):
    for number in range(MOST_A_DAY):
        assert client.post(own(begun), {"text": f"Number {number}"}).status_code == 302
    page = text_of(client.post(own(begun), {"text": "One too many"}), 400)
    assert "You have written 20 messages today; the next one can be written tomorrow." in page
    assert "One too many</textarea>" in page
    assert "A message has 1 to 4000 characters." in text_of(
        client.post(own(begun), {"text": "x" * 4001}), 400
    )


def test_an_archived_study_is_read_and_not_written_in(client, begun, coordinator, now):
    write(begun, now)
    archive(begun.study)
    page = text_of(client.get(own(begun)))
    assert "SECRETWORDS" in page
    assert "<textarea" not in page
    just_signed_in(client, coordinator)
    assert "<textarea" not in text_of(client.get(staffs(begun)))
    assert "no messages are written in it" in text_of(
        client.post(staffs(begun), {"text": "x"}), 409
    )


def test_the_pages_of_a_reader_lead_to_the_messages(client, begun, now):
    address = f'href="{own(begun)}"'
    for page in ("/reading/", f"/reading/{begun.public_id}/read/"):
        assert address in text_of(client.get(page))
    answers = [item(position) for position in ids(begun)]
    commit_readings(actor=begun.user, answers=answers, now=now)
    done = text_of(client.get(f"/reading/{begun.public_id}/read/"))
    assert "Thank you" in done
    assert address in done


def test_the_pages_are_german_for_germans(client, begun, coordinator, second, now):
    write(begun, now, "Frage")
    answer(coordinator, begun, now, "Antwort")
    page = text_of(client.get(own(begun), headers=DE))
    assert english_in(page) == []
    assert "Nachricht senden" in page
    refused = text_of(client.post(own(begun), {"text": "x" * 4001}, headers=DE), 400)
    assert "Eine Nachricht hat 1 bis 4000 Zeichen." in refused
    just_signed_in(client, coordinator)
    for address in (listed(begun.study), staffs(begun), staffs(second)):
        assert english_in(text_of(client.get(address, headers=DE))) == []


def test_the_lists_take_as_many_queries_for_thirty_threads_as_for_two(
    client, admin, coordinator, now, django_assert_max_num_queries
):
    emails = [f"reader{number}@example.org" for number in range(30)]
    study = open_study(admin=admin, coordinator=coordinator, now=now, cases=3, emails=emails)
    for enrolment in study.enrolments.all():
        write(enrolment, now)
        answer(coordinator, enrolment, now)
    just_signed_in(client, coordinator)
    with django_assert_max_num_queries(10):
        client.get(listed(study))
    with django_assert_max_num_queries(10):
        client.get(staffs(enrolment))
