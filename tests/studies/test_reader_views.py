"""The pages on which readers are invited and withdrawn."""

import re

import pytest

from readerstudy.accounts.selectors import open_invitation
from readerstudy.core.clock import now as current_time
from readerstudy.core.templatetags.qr import qr_code
from tests.studies.factories import activate, advance
from tests.studies.pages import page, text


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
    assert page("invite", study) in text(response)
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


def test_the_link_is_drawn_for_a_telephone_with_a_name_and_without_styles(signed_in, study):
    response = signed_in.post(page("invite", study), invite_data(study))
    content = response.content.decode()
    address = re.search(r">(http[^<]+/account/invitation/[^<]+)<", content)[1]
    drawn = re.search(r'<svg [^>]*class="qr".*?</svg>', content, re.DOTALL)[0]
    code = study.enrolments.get().code
    assert f'role="img" aria-label="Link of {code} as a QR code"' in content
    assert "style=" not in drawn
    assert address not in drawn
    assert qr_code(address) == drawn
    assert qr_code(f"{address}x") != drawn


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
    before = enrolment.user.invitations.count()
    assert signed_in.get(address).url == page("readers", study_with_readers)
    assert enrolment.user.invitations.count() == before
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
