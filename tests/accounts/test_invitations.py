"""An invitation is a way into an account that nobody has used, and into no other; the session it begins is one as all."""

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import Invitation, User
from readerstudy.accounts.selectors import open_invitation
from readerstudy.accounts.services import accept_invitation, invite_person
from readerstudy.core.clock import now as current_time
from readerstudy.core.errors import Conflict
from readerstudy.core.models import AuditEvent
from readerstudy.studies.models import StudyMember
from tests.accounts.factors import give_app
from tests.studies.factories import make_study

GOOD = "a sentence that is long enough"
HERE = "/account/session/"


@pytest.fixture
def ann(db):
    """An account without a password, as a hospital's sign-in makes it."""
    user = User(email="ann@example.org", name="Ann", role=SiteRole.READER)
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def study(admin, coordinator, now):
    return make_study(admin=admin, coordinator=coordinator, now=now)


def by_hospital(user):
    SocialAccount.objects.create(user=user, provider="hospital", uid="1")


def was_here(user):
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())


def _accept(token, *, now):
    accept_invitation(token=token, password=GOOD, now=now)


WAYS = pytest.mark.parametrize("way_in", [by_hospital, give_app, was_here])


@WAYS
def test_who_comes_in_by_any_other_way_gets_no_token(coordinator, ann, now, way_in):
    way_in(ann)
    user, token = invite_person(actor=coordinator, email=ann.email, name="", now=now)
    assert (user, token) == (ann, "")
    assert not Invitation.objects.exists()


@WAYS
def test_an_invitation_of_before_opens_nothing_once_its_person_came_in(
    coordinator, ann, now, way_in
):
    _user, token = invite_person(actor=coordinator, email=ann.email, name="", now=now)
    way_in(ann)
    for use in (open_invitation, _accept):
        with pytest.raises(Conflict) as refusal:
            use(token, now=now)
        assert refusal.value.code == "invitation_used"
    ann.refresh_from_db()
    assert not ann.has_usable_password()


def test_a_coordinator_who_appoints_somebody_of_the_hospital_is_shown_no_link(
    client, study, coordinator, ann, *, mailoutbox, django_capture_on_commit_callbacks
):
    by_hospital(ann)
    client.force_login(coordinator)
    given = {"email": ann.email, "name": "", "role": "auditor", "language": "en"}
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(reverse("studies:staff", args=[study.slug]), given, follow=True)
    assert "/account/invitation/" not in page.content.decode()
    assert StudyMember.objects.filter(study=study, user=ann).exists()
    [mail] = mailoutbox
    assert "You already have an account" in mail.body
    assert "/account/invitation/" not in mail.body


@pytest.fixture
def begin(coordinator):
    """Accepts an invitation in the browser."""

    def accept(client):
        user, token = invite_person(
            actor=coordinator, email="nora@example.org", name="Nora", now=current_time()
        )
        given = {"password": GOOD, "repeated": GOOD}
        assert client.post(reverse("accounts:accept", args=[token]), given).status_code == 302
        return user

    return accept


def test_the_session_of_an_invitation_is_listed_and_ended_as_all_are(client, begin):
    nora, elsewhere = begin(client), Client()
    assert UserSession.objects.get(user=nora).session_key == client.session.session_key
    assert AuditEvent.objects.get(verb="account.signed_in").data == {"how": ["invitation"]}
    elsewhere.post(reverse("accounts:sign-in"), {"username": nora.email, "password": GOOD})
    assert elsewhere.post(reverse("accounts:sessions-end-others")).status_code == 302
    assert [one.get(HERE).status_code for one in (client, elsewhere)] == [401, 200]


def test_an_invitation_that_is_opened_in_anothers_session_ends_that_one(client, coordinator, begin):
    client.force_login(coordinator)
    nora = begin(client)
    assert client.get(HERE).json() == {"user": nora.public_id}
    verbs = AuditEvent.objects.filter(verb__startswith="account.signed").order_by("sequence")
    assert list(verbs.values_list("verb", "actor")) == [
        ("account.signed_out", coordinator.pk),
        ("account.signed_in", nora.pk),
    ]
    assert verbs.last().data == {"how": ["invitation"]}
