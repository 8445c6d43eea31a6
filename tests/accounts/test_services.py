from datetime import timedelta

import pytest

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import Consent, Invitation, User
from readerstudy.accounts.selectors import has_consented, has_consented_to_any, open_invitation
from readerstudy.accounts.services import (
    accept_invitation,
    change_password,
    create_user,
    give_consent,
    invite_person,
    update_account,
)
from readerstudy.core.audit import first_broken_event
from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, NotAllowed, NotFound
from readerstudy.core.models import AppendOnlyError, AuditEvent

GOOD = "a sentence that is long enough"


def verbs():
    return list(AuditEvent.objects.order_by("sequence").values_list("verb", flat=True))


def test_the_operator_makes_an_account_of_any_role(db, now):
    user = create_user(
        actor=None, email=" Ann@Example.ORG ", name="Ann", role="admin", password=GOOD, now=now
    )

    assert (user.email, user.can_administer) == ("ann@example.org", True)
    assert user.check_password(GOOD)
    assert verbs() == ["account.created"]
    assert "ann@" not in str(AuditEvent.objects.get().data)


def test_an_account_without_password_cannot_be_signed_in_to(db, now):
    user = create_user(actor=None, email="a@b.org", name="A", role="reader", now=now)
    assert not user.has_usable_password()


@pytest.mark.parametrize("role", [SiteRole.COORDINATOR, SiteRole.ADMIN])
def test_coordinators_make_no_staff_accounts(coordinator, now, role):
    with pytest.raises(NotAllowed):
        create_user(actor=coordinator, email="a@b.org", name="A", role=role, now=now)


def test_readers_make_no_accounts(reader_user, now):
    with pytest.raises(NotAllowed):
        create_user(actor=reader_user, email="a@b.org", name="A", role="reader", now=now)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "READER@example.org"}, "email"),
        ({"name": " "}, "name"),
        ({"role": "king"}, "role"),
        ({"language": "fr"}, "language"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890123"}, "password"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_its_field(reader_user, now, fields, field):
    good = {"email": "new@example.org", "name": "New", "role": "reader"}
    with pytest.raises((InvalidInput, InvalidInputs)) as refusal:
        create_user(actor=None, now=now, **{**good, **fields})
    assert {problem.field for problem in refusal.value.problems} == {field}
    assert User.objects.count() == 1


def test_an_invitation_stores_only_the_hash_of_its_token(coordinator, now):
    user, token = invite_person(actor=coordinator, email="N@example.org", name="Nora", now=now)

    invitation = Invitation.objects.get(user=user)
    assert user.email == "n@example.org"
    assert user.is_reader
    assert token not in str(vars(invitation))
    assert len(token) >= 43
    assert invitation.expires_at - now == timedelta(hours=72)


def test_an_invitation_is_accepted_once(coordinator, now):
    _user, token = invite_person(actor=coordinator, email="n@example.org", name="Nora", now=now)

    user = accept_invitation(token=token, password=GOOD, now=now)

    assert User.objects.get(pk=user.pk).check_password(GOOD)
    with pytest.raises(Conflict) as refusal:
        accept_invitation(token=token, password="another long sentence", now=now)
    assert refusal.value.code == "invitation_used"
    assert User.objects.get(pk=user.pk).check_password(GOOD)
    assert verbs() == ["account.created", "account.invited", "account.invitation_accepted"]
    assert first_broken_event() is None


def test_an_older_invitation_is_used_up_with_a_newer_one(coordinator, now):
    _user, first = invite_person(actor=coordinator, email="n@example.org", name="Nora", now=now)
    _user, second = invite_person(actor=coordinator, email="n@example.org", name="Nora", now=now)
    accept_invitation(token=second, password=GOOD, now=now)

    with pytest.raises(Conflict, match="already been used"):
        accept_invitation(token=first, password="another long sentence", now=now)


@pytest.mark.parametrize(("hours", "is_open"), [(71.99, True), (72, False), (1000, False)])
def test_an_invitation_is_open_for_72_hours(coordinator, now, hours, is_open):
    _user, token = invite_person(actor=coordinator, email="n@example.org", name="Nora", now=now)
    later = now + timedelta(hours=hours)

    if is_open:
        assert open_invitation(token, now=later).user.name == "Nora"
    else:
        with pytest.raises(Conflict) as refusal:
            open_invitation(token, now=later)
        assert refusal.value.code == "invitation_expired"


def test_an_unknown_token_opens_nothing(db, now):
    with pytest.raises(NotFound):
        accept_invitation(token="x" * 43, password=GOOD, now=now)


def test_a_weak_password_leaves_the_invitation_open(coordinator, now):
    _user, token = invite_person(actor=coordinator, email="n@example.org", name="Nora", now=now)

    with pytest.raises(InvalidInputs) as refusal:
        accept_invitation(token=token, password="password", now=now)

    assert {problem.field for problem in refusal.value.problems} == {"password"}
    assert open_invitation(token, now=now)


def test_people_who_have_a_password_get_no_token(coordinator, reader_user, now):
    user, token = invite_person(actor=coordinator, email="READER@example.org", name="x", now=now)

    assert user == reader_user
    assert user.name == "Rhea Reader"
    assert token == ""
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", [SiteRole.ADMIN, SiteRole.COORDINATOR])
def test_an_invitation_is_no_way_into_a_staff_account(coordinator, now, role):
    create_user(actor=None, email="boss@example.org", name="Boss", role=role, now=now)

    with pytest.raises(InvalidInput) as refusal:
        invite_person(actor=coordinator, email="boss@example.org", name="Boss", now=now)
    assert refusal.value.code == "not_a_reader"


def test_readers_invite_nobody(reader_user, now):
    with pytest.raises(NotAllowed):
        invite_person(actor=reader_user, email="n@example.org", name="Nora", now=now)


def test_the_mail_is_sent_after_the_commit_in_the_readers_language(
    coordinator, now, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        _user, token = invite_person(
            actor=coordinator,
            email="n@example.org",
            name="Nora",
            language="de",
            occasion="Melanoma & nevus",
            link=lambda token: f"https://example.org/i/{token}/",
            now=now,
        )
        assert mailoutbox == []

    [mail] = mailoutbox
    assert mail.to == ["n@example.org"]
    assert f"https://example.org/i/{token}/" in mail.body
    assert "Melanoma & nevus" in mail.body
    assert "72" in mail.body


def test_people_with_a_password_are_mailed_the_sign_in_page(
    coordinator, reader_user, now, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invite_person(
            actor=coordinator,
            email=reader_user.email,
            name="",
            link=lambda token: f"https://example.org/{token or 'sign-in'}/",
            now=now,
        )
    assert "https://example.org/sign-in/" in mailoutbox[0].body


def test_a_mail_server_that_fails_undoes_nothing(
    coordinator, now, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    with django_capture_on_commit_callbacks(execute=True):
        invite_person(
            actor=coordinator, email="n@example.org", name="N", link=lambda token: token, now=now
        )
    assert Invitation.objects.count() == 1


def test_a_password_is_changed_with_the_old_one(reader_user, now):
    change_password(
        actor=reader_user, old_password="correct horse battery", new_password=GOOD, now=now
    )
    assert User.objects.get(pk=reader_user.pk).check_password(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong", GOOD, "old_password"), ("correct horse battery", "reader", "new_password")],
)
def test_a_password_is_not_changed_by_a_guess_or_to_a_weak_one(reader_user, now, old, new, field):
    with pytest.raises((InvalidInput, InvalidInputs)) as refusal:
        change_password(actor=reader_user, old_password=old, new_password=new, now=now)
    assert {problem.field for problem in refusal.value.problems} == {field}
    assert User.objects.get(pk=reader_user.pk).check_password("correct horse battery")


def test_name_and_language_are_changed(reader_user, now):
    update_account(actor=reader_user, name=" Rhea R. ", language="de", now=now)
    reader_user.refresh_from_db()
    assert (reader_user.name, reader_user.language) == ("Rhea R.", "de")


@pytest.mark.parametrize(("name", "language"), [("", "en"), ("Rhea", "xx"), ("x" * 151, "en")])
def test_a_name_or_language_that_cannot_be_is_refused(reader_user, now, name, language):
    with pytest.raises((InvalidInput, InvalidInputs)):
        update_account(actor=reader_user, name=name, language=language, now=now)
    reader_user.refresh_from_db()
    assert (reader_user.name, reader_user.language) == ("Rhea Reader", "en")


def test_consent_is_kept_word_for_word_and_once(reader_user, now):
    first = give_consent(actor=reader_user, scope="s1", text="I agree.", language="en", now=now)
    again = give_consent(
        actor=reader_user, scope="s1", text="I agree.", language="en", now=now + timedelta(days=1)
    )

    assert first == again
    assert Consent.objects.get().text == "I agree."
    assert has_consented(reader_user, scope="s1", text="I agree.")
    assert has_consented_to_any(reader_user, scope="s1", texts=["Ja.", "I agree."])
    assert not has_consented(reader_user, scope="s2", text="I agree.")
    assert not has_consented(reader_user, scope="s1", text="I agree!")
    assert verbs() == ["consent.given"]


def test_consent_is_never_changed_or_deleted(reader_user, now):
    consent = give_consent(actor=reader_user, scope="s", text="I agree.", language="en", now=now)
    with pytest.raises(AppendOnlyError):
        consent.save()
    with pytest.raises(AppendOnlyError):
        consent.delete()
    with pytest.raises(AppendOnlyError):
        Consent.objects.update(text="x")


def test_nobody_agrees_to_nothing(reader_user, now):
    with pytest.raises(InvalidInput):
        give_consent(actor=reader_user, scope="s", text="  ", language="en", now=now)
