"""One's own data, the admin's pages, and the page of a study."""

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from readerstudy.accounts.models import User
from readerstudy.core.models import AuditEvent
from readerstudy.privacy.models import ErasureRequest
from readerstudy.privacy.rules import privacy_of
from readerstudy.reading.services import commit_readings
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from tests.conftest import PASSWORD
from tests.german import DE, english_in
from tests.reading.factories import begin, ids, item, open_study
from tests.signed_in import just_signed_in
from tests.studies.factories import make_study


@pytest.fixture
def read(admin, coordinator, reader_user, now):
    study = open_study(
        admin=admin,
        coordinator=coordinator,
        now=now,
        emails=(reader_user.email, "second@example.org"),
    )
    enrolment = begin(study, reader_user, now=now)
    commit_readings(actor=reader_user, answers=[item(one) for one in ids(enrolment)[:4]], now=now)
    return enrolment


def opened(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_ones_own_data_are_complete_for_programs_and_for_people(read, client):
    just_signed_in(client, read.user)
    response = client.get("/privacy/my-data.zip")
    assert response["Content-Type"] == "application/zip"
    files = opened(response.content)
    data = json.loads(files["data.json"])
    assert data["account"]["email"] == read.user.email
    assert "password" not in data["account"]
    (study,) = data["studies_read"]
    assert study["enrolment"]["code"] == read.code
    assert [one["position"] for one in study["readings"]] == ids(read)[:4]
    assert data["consents"][0]["text"] == read.study.protocol.consent_en
    assert len(data["open_sessions"]) == 1
    assert {"consent.given", "enrolment.activated"} <= {one["verb"] for one in data["audit_trail"]}
    page = files["data.html"]
    for part in (read.user.email, read.code, *ids(read)[:4], "<h2>Consents</h2>"):
        assert part in page
    others = set(User.objects.exclude(pk=read.user_id).values_list("email", flat=True))
    assert not [mail for mail in others if mail in files["data.json"]]
    assert AuditEvent.objects.filter(verb="account.exported", actor=read.user).count() == 1


def test_what_people_wrote_cannot_become_a_page_of_its_own(read, client):
    User.objects.filter(pk=read.user_id).update(name="<script>alert(1)</script>")
    just_signed_in(client, read.user)
    page = opened(client.get("/privacy/my-data.zip").content)["data.html"]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def copied(client, person, **given):
    return client.post(f"/privacy/people/{person.public_id}/copy/", {"password": PASSWORD, **given})


@pytest.mark.parametrize("state", StudyState)
def test_an_admin_gets_no_answers_before_the_unblinding(read, admin, client, state):
    Study.objects.filter(pk=read.study_id).update(state=state)
    just_signed_in(client, admin)
    files = opened(copied(client, read.user).content)
    (study,) = json.loads(files["data.json"])["studies_read"]
    is_open = state in ("unblinded", "archived")
    assert len(study["readings"]) == (4 if is_open else 0)
    sentence = "admins may not see answers before the study is unblinded"
    assert (sentence in study.get("readings_left_out", "")) is not is_open
    assert (sentence in files["data.html"]) is not is_open
    just_signed_in(client, read.user)
    own = json.loads(opened(client.get("/privacy/my-data.zip").content)["data.json"])
    assert len(own["studies_read"][0]["readings"]) == 4


def test_a_session_left_open_copies_and_erases_nobody(read, admin, client):
    just_signed_in(client, admin)
    address = f"/privacy/people/{read.user.public_id}"
    assert client.get(f"{address}/copy/")["Content-Type"].startswith("text/html")
    for wrong in ("", "a guess"):
        refused = copied(client, read.user, password=wrong)
        assert (refused.status_code, refused["Content-Type"][:9]) == (400, "text/html")
        given = {"typed": "Rhea Reader", "reason": "request", "password": wrong}
        assert client.post(f"{address}/erase/", given).status_code == 400
    assert not AuditEvent.objects.filter(verb__in=("account.exported", "account.erased")).exists()
    assert User.objects.filter(email=read.user.email).exists()


def test_an_admin_has_the_same_for_whom_they_asked_it(read, admin, client, tmp_path):
    just_signed_in(client, admin)
    files = opened(copied(client, read.user).content)
    assert json.loads(files["data.json"])["studies_read"][0]["enrolment"]["code"] == read.code
    out = tmp_path / "data.zip"
    call_command("export_person", read.user.email.upper(), str(out), stdout=io.StringIO())
    data = json.loads(opened(out.read_bytes())["data.json"])
    assert data["account"]["name"] == read.user.name
    assert [one["position"] for one in data["studies_read"][0]["readings"]] == ids(read)[:4]
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_person", read.user.email, str(out))


@pytest.mark.parametrize("name", ["Rhea Reader", "李医生"])
def test_files_of_several_people_cannot_be_taken_for_one_another(read, admin, client, name):
    User.objects.filter(pk=read.user_id).update(name=name)
    just_signed_in(client, read.user)
    own = client.get("/privacy/my-data.zip")["Content-Disposition"]
    assert own == 'attachment; filename="my-data.zip"'
    just_signed_in(client, admin)
    named = copied(client, read.user)["Content-Disposition"]
    words = "data-rhea-reader" if name.isascii() else "data"
    assert named == f'attachment; filename="{words}-{read.user.public_id}.zip"'


def test_a_person_asks_for_the_erasure_and_takes_it_back(read, client):
    just_signed_in(client, read.user)
    page = client.get("/privacy/my-data/").content.decode()
    assert read.code in page
    assert "Ask for the erasure" in page
    assert client.post("/privacy/my-data/erasure/").status_code == 302
    assert "Take the request back" in client.get("/privacy/my-data/").content.decode()
    client.post("/privacy/my-data/erasure/", {"wanted": "no"})
    assert not ErasureRequest.objects.exists()


def test_an_admin_erases_with_name_and_reason(read, admin, client):
    just_signed_in(client, read.user)
    client.post("/privacy/my-data/erasure/")
    just_signed_in(client, admin)
    page = client.get("/privacy/people/?q=rhea").content.decode()
    assert "Requests for erasure" in page
    assert "second@example.org" not in page
    address = f"/privacy/people/{read.user.public_id}/erase/"
    given = {"reason": "request", "password": PASSWORD}
    wrong = client.post(address, {"typed": "Rhea", **given})
    assert wrong.status_code == 400
    assert "This is not the name of the account." in wrong.content.decode()
    assert client.post(address, {"typed": "Rhea Reader", **given}).status_code == 302
    assert client.get(address).status_code == 404
    assert "Rhea" not in client.get("/privacy/people/").content.decode()


def test_a_coordinator_sets_rule_and_day_and_others_read_them(admin, coordinator, client, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    address = f"/privacy/studies/{study.slug}/"
    just_signed_in(client, coordinator)
    given = {"at_withdrawal": "remove", "names_until": "2099-12-31"}
    assert client.post(address, given).status_code == 302
    assert privacy_of(study).at_withdrawal == "remove"
    assert "kept until Dec. 31, 2099" in client.get(address).content.decode()
    past = client.post(address, {**given, "names_until": "2001-01-01"})
    assert (
        "Choose a day in the future: the retention date must not have passed."
        in past.content.decode()
    )
    just_signed_in(client, admin)
    page = client.get(address).content.decode()
    assert "They are deleted" in page
    assert '<button class="button primary"' not in page


def test_the_pages_speak_german(read, admin, coordinator, client):
    own = f"/privacy/studies/{read.study.slug}/"
    person = f"/privacy/people/{read.user.public_id}"
    asked = (
        (read.user, "/privacy/my-data/"),
        (coordinator, own),
        (admin, "/privacy/people/"),
        (admin, f"{person}/erase/"),
        (admin, f"{person}/copy/"),
    )
    for user, address in asked:
        just_signed_in(client, user)
        assert english_in(client.get(address, headers=DE).content.decode()) == []
