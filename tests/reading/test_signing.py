"""The reader's signature under all that they answered."""

import hashlib
from datetime import timedelta

import pytest

from readerstudy.accounts.reauthentication import Confirmation
from readerstudy.core.errors import Conflict, InvalidInput, NotFound
from readerstudy.core.models import AuditEvent
from readerstudy.reading.conduct import update_conduct, verify_conduct
from readerstudy.reading.models import Attestation, Reading
from readerstudy.reading.services import commit_reading, commit_readings
from readerstudy.reading.signing import readings_sha256, sign_readings
from readerstudy.studies.services import close_study, unblind_study
from tests.conftest import PASSWORD
from tests.reading.factories import answer, begin, ids, item, open_study
from tests.unguarded import overwrite


@pytest.fixture
def finished(enrolment, now):
    """A reader who has read all cases."""
    answers = [item(position) for position in ids(enrolment)]
    commit_readings(actor=enrolment.user, answers=answers, now=now)
    return enrolment


def sign(enrolment, now, *, password=PASSWORD, language="en", actor=None):
    return sign_readings(
        actor=actor or enrolment.user,
        enrolment=enrolment,
        given=Confirmation(password=password),
        language=language,
        now=now,
    )


def test_name_time_text_and_readings_are_signed(finished, now):
    signed = sign(finished, now)
    assert signed.printed_name == "Rhea Reader"
    assert signed.signed_at == now
    assert signed.text.startswith("I read these cases myself, independently")
    assert signed.text_sha256 == hashlib.sha256(signed.text.encode()).hexdigest()
    assert (signed.readings, signed.readings_sha256) == (12, readings_sha256(finished))
    event = AuditEvent.objects.get(verb="readings.signed")
    assert event.data["readings_sha256"] == signed.readings_sha256


def test_the_german_text_is_signed_in_german(finished, now):
    signed = sign(finished, now, language="de")
    assert (signed.language, signed.text[:15]) == ("de", "Ich habe diese ")


def test_the_hash_is_over_every_answer(finished, now):
    before = readings_sha256(finished)
    commit_reading(
        actor=finished.user,
        position_id=ids(finished)[-1],
        answer=answer(confidence=1),
        attempt=item("x")[2],
        revise=True,
        now=now,
    )
    assert readings_sha256(finished) != before


def test_a_wrong_password_signs_nothing(finished, now):
    with pytest.raises(InvalidInput) as refused:
        sign(finished, now, password="wrong")
    assert refused.value.field == "password"
    assert not Attestation.objects.exists()


def test_who_has_not_read_all_has_nothing_to_sign(enrolment, now):
    commit_readings(actor=enrolment.user, answers=[item(ids(enrolment)[0])], now=now)
    with pytest.raises(Conflict):
        sign(enrolment, now)


def test_nobody_signs_twice_or_for_another(finished, now, coordinator):
    with pytest.raises(NotFound):
        sign(finished, now, actor=coordinator)
    sign(finished, now)
    with pytest.raises(Conflict):
        sign(finished, now)
    assert Attestation.objects.count() == 1


def test_after_signing_no_answer_is_changed(finished, now):
    sign(finished, now)
    with pytest.raises(Conflict) as refused:
        commit_reading(
            actor=finished.user,
            position_id=ids(finished)[-1],
            answer=answer(confidence=1),
            attempt=item("x")[2],
            revise=True,
            now=now,
        )
    assert refused.value.code == "signed"
    assert Reading.objects.count() == 12


def test_what_was_read_can_be_signed_after_the_close(client, finished, coordinator, now):
    close_study(actor=coordinator, study=finished.study, now=now)
    finished.refresh_from_db()
    client.force_login(finished.user)
    assert f"/reading/{finished.public_id}/sign/" in client.get("/reading/").content.decode()
    assert sign(finished, now).readings == 12
    assert "This study is closed." in client.get("/reading/").content.decode()


def test_after_unblinding_nothing_is_signed_any_more(finished, coordinator, now):
    close_study(actor=coordinator, study=finished.study, now=now)
    unblind_study(actor=coordinator, study=finished.study, reason="Done.", now=now)
    finished.refresh_from_db()
    with pytest.raises(Conflict):
        sign(finished, now)


def test_verification_finds_readings_that_are_not_the_signed_ones(finished, now):
    sign(finished, now)
    section = finished.study.versions.get().manifest["sections"]["conduct"]
    assert list(verify_conduct(finished.study, section)) == []
    # Past the guard of the rows, as somebody with a database shell would.
    later = now + timedelta(seconds=1)
    _store_time(later)
    assert list(verify_conduct(finished.study, section)) == [
        f"The readings of {finished.code} are not those that were signed."
    ]


def _store_time(later):
    overwrite("UPDATE reading_reading SET received_at = %s", later)


def test_the_finished_page_asks_for_the_signature_and_then_no_more(client, finished):
    client.force_login(finished.user)
    read, page = (f"/reading/{finished.public_id}/{name}/" for name in ("read", "sign"))
    assert f'autofocus href="{page}"' in client.get(read).content.decode()
    assert page in client.get("/reading/").content.decode()
    assert "I read these cases myself" in client.get(page).content.decode()
    wrong = client.post(page, {"password": "wrong"})
    assert wrong.status_code == 400
    assert "This is not your password." in wrong.content.decode()
    assert client.post(page, {"password": PASSWORD}).headers["Location"] == read
    text = client.get(read).content.decode()
    assert "there is nothing left to do" in text
    assert "your certificate of participation" in text
    assert "?change=last" not in text
    assert client.get(page).headers["Location"] == read


def test_a_study_without_a_signature_asks_for_none(admin, coordinator, reader_user, now, client):
    def choose(study):
        update_conduct(actor=coordinator, study=study, now=now, asks_attestation=False)

    study = open_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        emails=(reader_user.email,),
        before_lock=choose,
        cases=2,
    )
    enrolment = begin(study, reader_user, now=now)
    answers = [item(position) for position in ids(enrolment)]
    commit_readings(actor=enrolment.user, answers=answers, now=now)
    client.force_login(reader_user)
    text = client.get(f"/reading/{enrolment.public_id}/read/").content.decode()
    assert "/sign/" not in text
    with pytest.raises(Conflict):
        sign(enrolment, now)


def test_the_coordinator_sees_who_has_signed(client, finished, coordinator, now):
    client.force_login(coordinator)
    address = f"/reading/progress/{finished.study.slug}/"
    assert client.get(address).content.decode().count("<time") == 1
    sign(finished, now)
    assert client.get(address).content.decode().count("<time") == 2
