import hashlib
import json
import re

import pytest
from django.urls import reverse

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.accounts.selectors import open_invitation
from readerstudy.core.canonical import sha256_of
from readerstudy.core.clock import now as current_time
from readerstudy.core.models import AuditEvent
from readerstudy.studies.choices import StudyState
from readerstudy.studies.forms import ProtocolForm
from readerstudy.studies.models import Study
from tests.studies.factories import activate, advance, invite, make_image_set, make_person

PASSWORD = "correct horse battery"


def page(name, study, *arguments):
    return reverse(f"studies:{name}", args=[study.slug, *arguments])


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


def text(response):
    return response.content.decode()


# --- List and new study --------------------------------------------------------------------------------


def test_an_empty_list_tells_what_to_do(client, admin, coordinator):
    for user, words in ((coordinator, "Make a study on an image set"), (admin, "Import an image")):
        client.force_login(user)
        assert words in text(client.get(reverse("studies:list")))


def test_the_list_shows_state_cases_and_readers(signed_in, study_with_readers):
    shown = text(signed_in.get(reverse("studies:list")))
    for words in ("Three readers", "Draft", "4 cases", "3 readers", "Synthetic"):
        assert words in shown


def test_a_coordinator_makes_a_study_and_goes_on_to_its_protocol(
    signed_in, admin, coordinator, now
):
    image_set = make_image_set(admin=admin, now=now)
    assert "4 cases" in text(signed_in.get(reverse("studies:create")))

    given = {"title": "Nevi", "summary": "", "image_set": image_set.pk}
    response = signed_in.post(reverse("studies:create"), given)

    study = Study.objects.get()
    assert response.url == page("protocol", study)
    assert (study.title, study.created_by) == ("Nevi", coordinator)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"title": " "}, "title"), ({"image_set": "999"}, "image_set"), ({"title": "\x00"}, "title")],
)
def test_a_study_that_cannot_be_is_told_at_its_field(signed_in, admin, now, given, field):
    image_set = make_image_set(admin=admin, now=now)
    good = {"title": "Nevi", "image_set": image_set.pk}
    response = signed_in.post(reverse("studies:create"), {**good, **given})
    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert not Study.objects.exists()


def test_without_an_image_set_the_page_says_who_imports_one(signed_in):
    assert "Ask an admin" in text(signed_in.get(reverse("studies:create")))


# --- Overview ------------------------------------------------------------------------------------------


def test_the_overview_of_a_draft_tells_what_is_missing(signed_in, study):
    shown = text(signed_in.get(page("detail", study)))
    assert "Next: Lock the protocol" in shown
    assert "The study has no readers; invite at least one." in shown
    assert page("transition", study) not in shown


def test_the_overview_offers_the_one_next_step(signed_in, coordinator, study_with_readers, now):
    study = study_with_readers
    assert page("transition", study) in text(signed_in.get(page("detail", study)))
    locked = advance(study, "locked", coordinator=coordinator, now=now)
    shown = text(signed_in.get(page("detail", study)))
    assert "Next: Open for reading" in shown
    assert locked.versions.get().sha256 in shown
    assert "The panel is complete." in shown


def test_an_admin_looks_on_and_takes_no_step(client, admin, study_with_readers):
    client.force_login(admin)
    shown = text(client.get(page("detail", study_with_readers)))
    assert "Only the study" in shown
    assert page("transition", study_with_readers) not in shown


def test_an_archived_study_has_no_next_step(signed_in, study):
    Study.objects.update(state=StudyState.ARCHIVED)
    assert "Next:" not in text(signed_in.get(page("detail", study)))
    assert signed_in.get(page("transition", study)).status_code == 409


# --- Protocol ------------------------------------------------------------------------------------------


def protocol_data(study, **changes):
    given = ProtocolForm.initial_of(study)
    given["rank_groups"] = "\n".join(given["rank_groups"])
    given["institutions"] = "\n".join(given["institutions"])
    return {**given, **changes}


def test_the_form_saved_as_it_stands_changes_nothing(signed_in, study):
    before, events = ProtocolForm.initial_of(study), AuditEvent.objects.count()
    assert signed_in.get(page("protocol", study)).status_code == 200
    browser = {
        name: str(value).replace("\n", "\r\n") for name, value in protocol_data(study).items()
    }
    assert signed_in.post(page("protocol", study), browser).status_code == 302
    after = ProtocolForm.initial_of(Study.objects.get())
    assert after == before
    assert AuditEvent.objects.count() == events


def test_a_browsers_line_breaks_are_no_other_wording(signed_in, study):
    browser = protocol_data(study, consent_en="One.\r\n\r\nTwo.")
    assert signed_in.post(page("protocol", study), browser).status_code == 302
    assert Study.objects.get().protocol.consent_en == "One.\n\nTwo."


def test_title_groups_and_institutions_are_saved(signed_in, study):
    given = protocol_data(
        study, title="Other", rank_groups=" One \r\n\r\nTwo", institutions="Bonn\nAachen"
    )
    signed_in.post(page("protocol", study), given)
    changed = Study.objects.get()
    assert changed.title == "Other"
    assert [group.name for group in changed.rank_groups.all()] == ["One", "Two"]
    assert [one.name for one in changed.institutions.all()] == ["Aachen", "Bonn"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question_de": ""}, "question_de"),
        ({"confidence_levels": "7"}, "confidence_levels"),
        ({"rank_groups": "A\na"}, "rank_groups"),
        ({"rank_groups": ""}, "rank_groups"),
        ({"institutions": "x" * 121}, "institutions"),
    ],
)
def test_a_protocol_that_cannot_be_is_told_at_its_field(signed_in, study, changes, field):
    response = signed_in.post(page("protocol", study), protocol_data(study, title="New", **changes))
    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert Study.objects.get().title == "Melanoma or nevus"


def test_a_locked_protocol_is_read_and_not_saved(signed_in, coordinator, study_with_readers, now):
    study = advance(study_with_readers, "locked", coordinator=coordinator, now=now)
    shown = text(signed_in.get(page("protocol", study)))
    assert "What would you do with this lesion?" in shown
    assert "Was würden Sie mit dieser Läsion tun?" in shown
    assert "<textarea" not in shown
    assert signed_in.post(page("protocol", study), protocol_data(study)).status_code == 409


def test_the_downloaded_manifest_has_the_hash_that_the_page_shows(
    signed_in, coordinator, study_with_readers, now
):
    assert signed_in.get(page("manifest", study_with_readers)).status_code == 404
    study = advance(study_with_readers, "locked", coordinator=coordinator, now=now)
    response = signed_in.get(page("manifest", study))
    assert hashlib.sha256(response.content).hexdigest() == study.versions.get().sha256
    assert sha256_of(json.loads(response.content)) == study.versions.get().sha256
    assert "attachment" in response.headers["Content-Disposition"]


# --- Steps ---------------------------------------------------------------------------------------------


def step(client, study, to, **fields):
    return client.post(page("transition", study), {"to": to, "reason": "", **fields})


def test_a_study_is_led_to_its_end_on_the_page(signed_in, study_with_readers):
    study = study_with_readers
    for to in ("locked", "reading", "closed"):
        assert signed_in.get(page("transition", study)).status_code == 200
        assert step(signed_in, study, to).url == page("detail", study)
    assert (
        step(signed_in, study, "unblinded", reason="All done.", password=PASSWORD).status_code
        == 302
    )
    assert step(signed_in, study, "archived").status_code == 302
    assert Study.objects.get().state == StudyState.ARCHIVED


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "", "password": PASSWORD}, "reason"),
        ({"reason": "  ", "password": PASSWORD}, "reason"),
        ({"reason": "Done.", "password": "wrong"}, "password"),
        ({"reason": "Done.", "password": ""}, "password"),
    ],
)
def test_unblinding_asks_for_a_reason_and_the_password(  # noqa: PLR0917 (fixtures)
    signed_in, coordinator, study_with_readers, now, given, field
):
    study = advance(study_with_readers, "closed", coordinator=coordinator, now=now)
    response = step(signed_in, study, "unblinded", **given)
    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert Study.objects.get().state == StudyState.CLOSED


def test_a_second_click_does_not_take_the_step_after(signed_in, study_with_readers):
    assert step(signed_in, study_with_readers, "locked").status_code == 302
    assert step(signed_in, study_with_readers, "locked").status_code == 409
    assert Study.objects.get().state == StudyState.LOCKED


def test_a_draft_that_misses_something_is_not_locked(signed_in, study):
    assert "no readers" in text(signed_in.get(page("transition", study)))
    response = step(signed_in, study, "locked")
    assert response.status_code == 409
    assert "no readers" in text(response)


# --- Readers -------------------------------------------------------------------------------------------


def invite_data(study, **changes):
    return {
        "email": "ann@example.org",
        "name": "Ann",
        "rank_group": study.rank_groups.all()[0].pk,
        "institution": study.institutions.all()[0].pk,
        "years_of_experience": "4",
        "language": "de",
        **changes,
    }


def test_one_reader_is_invited_and_the_link_is_shown_once(
    signed_in, study, mailoutbox, django_capture_on_commit_callbacks
):
    assert signed_in.get(page("invite", study)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post(page("invite", study), invite_data(study))

    [(enrolment, address)] = response.context["rows"]
    assert address in text(response)
    assert address.startswith("http://testserver/account/invitation/")
    assert address in mailoutbox[0].body
    assert open_invitation(address.rstrip("/").rsplit("/", 1)[1], now=current_time())
    shown = text(signed_in.get(page("readers", study)))
    for words in (enrolment.code, "Ann", "ann@example.org", "Resident", "Invited"):
        assert words in shown
    assert "invitation/" not in shown


@pytest.mark.parametrize(
    ("changes", "field", "status"),
    [
        ({"email": "nobody"}, "email", 400),
        ({"rank_group": "999"}, "rank_group", 400),
        ({"years_of_experience": "-1"}, "years_of_experience", 400),
        ({"email": "coordinator@example.org"}, "email", 400),
        ({"email": "reader1@example.org"}, "__all__", 409),
    ],
)
def test_a_reader_who_cannot_be_is_told_at_the_field(
    signed_in, study_with_readers, changes, field, status
):
    given = invite_data(study_with_readers, **changes)
    response = signed_in.post(page("invite", study_with_readers), given)
    assert response.status_code == status
    assert field in response.context["form"].errors
    assert study_with_readers.enrolments.count() == 3


def test_people_with_an_account_get_no_link(signed_in, study, reader_user):
    response = signed_in.post(page("invite", study), invite_data(study, email=reader_user.email))
    assert "has an account already" in text(response)
    assert "account/invitation/" not in text(response)


def test_a_table_invites_all_its_readers(
    signed_in, study, mailoutbox, django_capture_on_commit_callbacks
):
    assert "years_of_experience" in text(signed_in.get(page("roster", study)))
    table = (
        "email\tname\trank_group\tinstitution\tyears_of_experience\n"
        "a@example.org\tAnn\tResident\tBonn\t1\nb@example.org\tBen\tAttending\tBonn\t\n"
    )
    given = {"table": table, "add_institutions": "on", "language": "en"}
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post(page("roster", study), given)
    assert "2 readers are invited" in text(response)
    assert len(mailoutbox) == 2
    assert study.enrolments.count() == 2


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            "email,name,rank_group,institution,years_of_experience\nx,Ann,Resident,Bonn,1\n",
            ["x is not a mail address.", "no institution Bonn", "2 problems"],
        ),
        ("email,name\n", ["The column rank_group is missing."]),
        ('a,b\n"', ["not a readable CSV file"]),
        ("", ["required"]),
    ],
)
def test_a_table_with_problems_invites_nobody_and_shows_them_all(signed_in, study, table, words):
    response = signed_in.post(page("roster", study), {"table": table, "language": "en"})
    assert response.status_code == 400
    assert [one for one in words if one not in text(response)] == []
    assert not study.enrolments.exists()


def test_a_lost_link_is_replaced(signed_in, study_with_readers):
    enrolment = study_with_readers.enrolments.first()
    address = page("invite-again", study_with_readers, enrolment.public_id)
    assert signed_in.get(address).status_code == 405
    assert "account/invitation/" in text(signed_in.post(address))


def test_a_reader_is_withdrawn_after_a_question(signed_in, coordinator, study_with_readers, now):
    study = advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    enrolment = activate(study.enrolments.first(), now=now)
    address = page("withdraw", study, enrolment.public_id)
    assert enrolment.code in text(signed_in.get(address))
    assert signed_in.post(address, {"reason": "asked for it"}).status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.state == "withdrawn"
    assert signed_in.post(address, {"reason": ""}).status_code == 409


def test_an_enrolment_of_another_study_is_not_found(
    signed_in, admin, coordinator, study, study_with_readers
):
    foreign = study_with_readers.enrolments.first().public_id
    assert signed_in.get(page("withdraw", study, foreign)).status_code == 404
    assert signed_in.post(page("invite-again", study, foreign)).status_code == 404


# --- Who may see what ----------------------------------------------------------------------------------

OPEN_TO_OVERSEERS = ("detail", "protocol", "readers", "manifest")
OPEN_TO_STAFF = ("transition", "invite", "roster")


@pytest.fixture
def people(admin, coordinator, reader_user, study_with_readers, now):
    advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    own_reader = activate(study_with_readers.enrolments.first(), now=now).user
    stranger = make_person("stranger@example.org", SiteRole.COORDINATOR)
    return {
        "coordinator": coordinator,
        "admin": admin,
        "foreign coordinator": stranger,
        "reader": own_reader,
        "foreign reader": reader_user,
        "nobody": None,
    }


def expected(role, name):
    if role == "nobody":
        return 302
    if role == "coordinator" or (role == "admin" and name in OPEN_TO_OVERSEERS):
        return 200
    return 404


@pytest.mark.parametrize("name", [*OPEN_TO_OVERSEERS, *OPEN_TO_STAFF, "withdraw"])
@pytest.mark.parametrize(
    "role", ["coordinator", "admin", "foreign coordinator", "reader", "foreign reader", "nobody"]
)
def test_every_page_is_open_to_those_it_is_for(client, people, study_with_readers, name, role):
    if people[role]:
        client.force_login(people[role])
    more = [study_with_readers.enrolments.last().public_id] if name == "withdraw" else []
    response = client.get(page(name, study_with_readers, *more))
    assert response.status_code == expected(role, name)


@pytest.mark.parametrize("name", ["protocol", *OPEN_TO_STAFF, "withdraw", "invite-again"])
@pytest.mark.parametrize(
    "role", ["admin", "foreign coordinator", "reader", "foreign reader", "nobody"]
)
def test_nobody_but_the_coordinators_changes_anything(
    client, people, study_with_readers, name, role
):
    if people[role]:
        client.force_login(people[role])
    enrolment = study_with_readers.enrolments.last()
    more = [enrolment.public_id] if name in ("withdraw", "invite-again") else []
    response = client.post(page(name, study_with_readers, *more), {"to": "closed"})
    assert response.status_code == (302 if role == "nobody" else 404)
    study_with_readers.refresh_from_db()
    assert study_with_readers.state == StudyState.READING
    assert User.objects.filter(invitations__isnull=False).count() == 3


@pytest.mark.parametrize(
    ("role", "of_list", "of_create"),
    [
        ("coordinator", 200, 200),
        ("admin", 200, 403),
        ("foreign coordinator", 200, 200),
        ("reader", 404, 404),
        ("nobody", 302, 302),
    ],
)
def test_list_and_new_study_are_for_the_staff(client, people, role, of_list, of_create):
    if people[role]:
        client.force_login(people[role])
    assert client.get(reverse("studies:list")).status_code == of_list
    assert client.get(reverse("studies:create")).status_code == of_create


def test_a_coordinator_does_not_see_the_studies_of_others(client, people):
    client.force_login(people["foreign coordinator"])
    assert "Three readers" not in text(client.get(reverse("studies:list")))


def test_unknown_and_foreign_look_the_same(client, people, study_with_readers):
    client.force_login(people["foreign coordinator"])
    foreign = client.get(page("detail", study_with_readers))
    unknown = client.get(reverse("studies:detail", args=["unknown"]))
    assert foreign.status_code == unknown.status_code == 404
    pages = [re.sub('value="[^"]{64}"', "", text(one)) for one in (foreign, unknown)]
    assert pages[0].replace(study_with_readers.slug, "unknown") == pages[1]


# --- Queries -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "most"), [("detail", 11), ("protocol", 9), ("readers", 6)])
def test_pages_take_as_many_queries_for_many_readers_as_for_few(  # noqa: PLR0917 (fixtures)
    signed_in, coordinator, study_with_readers, now, name, most, django_assert_max_num_queries
):
    study = advance(study_with_readers, "locked", coordinator=coordinator, now=now)
    for number in range(10):
        invite(study, coordinator=coordinator, now=now, email=f"late{number}@example.org")
    with django_assert_max_num_queries(most):
        assert signed_in.get(page(name, study)).status_code == 200


def test_the_list_takes_as_many_queries_for_many_studies_as_for_one(
    signed_in, coordinator, study, now, django_assert_max_num_queries
):
    from readerstudy.studies.services import create_study

    for _ in range(10):
        create_study(actor=coordinator, title="More", image_set=study.image_set, now=now)
    with django_assert_max_num_queries(4):
        assert text(signed_in.get(reverse("studies:list"))).count("<article") == 11
