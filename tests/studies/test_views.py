import hashlib
import json
import re

import pytest
from django.urls import reverse

from readerstudy.core.canonical import sha256_of
from readerstudy.core.models import AuditEvent
from readerstudy.studies.choices import StudyState
from readerstudy.studies.forms import ProtocolForm
from readerstudy.studies.models import Study
from tests.studies.factories import advance, invite, make_image_set
from tests.studies.pages import page, text

PASSWORD = "correct horse battery"


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


def test_while_the_reading_goes_on_the_progress_stands_before_the_close(
    signed_in, coordinator, study_with_readers, now
):
    study = advance(study_with_readers, "reading", coordinator=coordinator, now=now)
    shown = text(signed_in.get(page("detail", study)))
    [way] = re.findall(r'class="button primary" href="([^"]+)"', shown)
    assert way == reverse("reading:progress", args=[study.slug])
    assert page("transition", study) in shown


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


# --- Queries -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "most"), [("detail", 11), ("protocol", 9), ("readers", 8)])
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
