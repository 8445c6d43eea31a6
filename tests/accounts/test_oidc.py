"""Signing in at a hospital, with a provider that really answers on this machine."""

import re
from html import unescape
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from readerstudy.accounts.models import User
from readerstudy.accounts.oidc import allauth_providers, providers_of
from readerstudy.accounts.second_factor import lacks_second_factor
from readerstudy.core.models import AuditEvent
from tests.accounts.factors import code_of, give_app
from tests.accounts.oidc_provider import CLIENT, SECRET, running_provider
from tests.conftest import PASSWORD

HERE = "/account/session/"
GOOD = {"id": "h", "name": "H", "server_url": "https://h.example", "client_id": "c", "secret": "s", "domains": ["h.example"]}  # fmt: skip


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def hospital(running, settings):
    """The provider, known to the site. `hospital.known` is what the operator has written down."""
    running.faults, running.asked = set(), []
    running.person = {"sub": "1", "email": "Ann@hospital.example", "email_verified": True, "name": "Ann Ärztin"}  # fmt: skip
    running.known = {
        "id": "hospital",
        "name": "University Hospital A",
        "server_url": running.url,
        "client_id": CLIENT,
        "secret": SECRET,
        "domains": ["hospital.example"],
    }
    settings.OIDC_PROVIDERS = [running.known]
    settings.SOCIALACCOUNT_PROVIDERS = allauth_providers(settings.OIDC_PROVIDERS)
    return running


@pytest.fixture
def ann(db):
    user = User(email="ann@hospital.example", name="Ann", role="reader")
    user.set_unusable_password()
    user.save()
    return user


def through(client, next_page="", query=""):
    """What the browser is answered when it comes back from the hospital."""
    begin = reverse("openid_connect_login", args=["hospital"])
    return back(client, client.post(f"{begin}{query}", {"next": next_page}))


def leads_to(begun):
    """The hospital's address, by the page that leads on to it."""
    [address] = re.findall(r'content="0; url=([^"]+)"', begun.content.decode())
    return unescape(address)


def back(client, begun):
    with pytest.raises(HTTPError) as sent_back:
        build_opener(_Stay).open(leads_to(begun))
    address = urlsplit(sent_back.value.headers["Location"])
    sent_back.value.close()
    assert address.path == "/account/hospital/hospital/back/"
    return client.get(f"{address.path}?{address.query}")


def test_who_has_an_account_with_that_address_is_signed_in(client, hospital, ann):
    page = client.get(reverse("accounts:sign-in")).content.decode()
    assert "Sign in at University Hospital A" in page
    response = through(client, "/account/settings/")
    assert response.headers["Location"] == "/account/settings/"
    assert client.get(HERE).json() == {"user": ann.public_id}
    assert SocialAccount.objects.get().user == ann
    assert {"/token", "/jwks", "/userinfo"} <= set(hospital.asked)
    verbs = list(AuditEvent.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["account.linked", "account.signed_in"]
    assert AuditEvent.objects.last().data == {"how": ["socialaccount"]}


def test_the_second_time_the_link_is_known_whatever_the_address_is_then(client, hospital, ann):
    through(client)
    client.post(reverse("accounts:sign-out"))
    hospital.person["email"] = "ann.new@hospital.example"
    through(client)
    assert client.get(HERE).json() == {"user": ann.public_id}
    assert User.objects.count() == 1


def test_a_password_stays_beside_the_hospital(client, hospital, ann):
    ann.set_password("a sentence that is long enough")
    ann.save()
    through(client)
    ann.refresh_from_db()
    assert ann.check_password("a sentence that is long enough")


@pytest.mark.parametrize("fault", ["signature", "audience", "issuer", "expired"])
def test_a_token_that_is_not_the_hospitals_opens_nothing(client, hospital, ann, fault):
    hospital.faults = {fault}
    response = through(client)
    assert response.headers["Location"] == reverse("accounts:sign-in")
    assert client.get(HERE).status_code == 401
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"email": "ann@other.example"},
        {"email": "ann@hospital.example.evil"},
        {"email_verified": False},
        {"email": None},
        {"email": "nobody@hospital.example"},
    ],
)
def test_whom_the_hospital_cannot_vouch_for_gets_the_same_sentence(client, hospital, ann, said):
    hospital.person |= said
    response = through(client)
    assert response.headers["Location"] == reverse("accounts:sign-in")
    page = client.get(response.headers["Location"]).content.decode()
    assert "did not open an account here" in page
    assert client.get(HERE).status_code == 401
    assert User.objects.count() == 1


def test_who_is_no_longer_active_stays_out(client, hospital, ann):
    through(client)
    client.logout()
    User.objects.update(is_active=False)
    assert through(client).headers["Location"] == reverse("accounts:sign-in")
    assert client.get(HERE).status_code == 401


def test_accounts_are_made_only_where_the_operator_allows_it(client, hospital, db):
    through(client)
    assert not User.objects.exists()
    hospital.known["creates"] = True
    through(client)
    user = User.objects.get()
    assert (user.email, user.name, user.role) == ("ann@hospital.example", "Ann Ärztin", "reader")
    assert not user.has_usable_password()
    assert client.get(HERE).json() == {"user": user.public_id}
    assert AuditEvent.objects.filter(verb="account.created", actor=None).count() == 1


def test_no_account_is_made_with_an_address_that_looks_like_another(client, hospital, db):
    hospital.known["creates"] = True
    hospital.person["email"] = "ann\u0131@hospital.example"
    assert through(client).headers["Location"] == reverse("accounts:sign-in")
    assert not User.objects.exists()


def test_a_factor_of_ones_own_is_asked_for_all_the_same(client, hospital, ann):
    give_app(ann)
    assert through(client).headers["Location"] == "/account/second-factor/code/"
    assert client.get(HERE).status_code == 401
    client.post("/account/second-factor/code/", {"code": code_of()})
    assert client.get(HERE).status_code == 200


@pytest.mark.parametrize("trusted", [True, False])
def test_a_hospital_that_asks_for_a_factor_itself_can_stand_for_one(client, hospital, ann, settings, trusted):  # fmt: skip
    settings.SECOND_FACTOR_ROLES = ["coordinator"]
    User.objects.update(role="coordinator")
    hospital.known["second_factor"] = trusted
    through(client)
    assert client.get("/studies/").status_code == (200 if trusted else 302)


@pytest.fixture
def strict(hospital, ann, settings):
    """Ann, who must have a second factor, has a password, and has a hospital that asks for factors itself."""
    settings.SECOND_FACTOR_ROLES = ["coordinator"]
    hospital.known["second_factor"] = True
    ann.role = "coordinator"
    ann.set_password(PASSWORD)
    ann.save()
    return ann


def opened_by_password(client, user):
    signed_in = client.post(HERE, {"username": user.email, "password": PASSWORD})
    assert signed_in.json() == {"user": user.public_id}
    return client.get("/studies/").status_code


def test_a_refused_sign_in_at_a_hospital_stands_for_no_factor(client, hospital, strict):
    hospital.person |= {"sub": "2", "email": "nobody@hospital.example"}
    assert through(client).headers["Location"] == reverse("accounts:sign-in")
    assert opened_by_password(client, strict) == 302


def test_the_hospitals_factor_counts_until_the_next_sign_in(client, hospital, strict):
    through(client)
    assert client.get("/studies/").status_code == 200
    assert opened_by_password(client, strict) == 302


def test_the_hospitals_factor_counts_for_whom_it_signed_in_alone(client, hospital, strict):
    through(client)
    other = User(email="other@hospital.example", role="coordinator")
    other.save()
    assert not lacks_second_factor(strict, client.session)
    assert lacks_second_factor(other, client.session)


def test_an_open_session_is_tied_to_nobody_elses_hospital(client, hospital, ann):
    client.force_login(ann)
    hospital.known["creates"] = True
    hospital.person |= {"sub": "2", "email": "evil@hospital.example"}
    through(client, query="?process=connect")
    assert not SocialAccount.objects.filter(user=ann).exists()


@pytest.mark.parametrize("process", ["connect", "redirect", ""])
def test_what_was_begun_as_anything_but_a_sign_in_is_refused(client, hospital, ann, monkeypatch, process):  # fmt: skip
    monkeypatch.setattr(AuthProcess, "LOGIN", process)
    begun = client.post(reverse("openid_connect_login", args=["hospital"]))
    monkeypatch.undo()
    client.force_login(ann)
    hospital.known["creates"] = True
    hospital.person |= {"sub": "2", "email": "evil@hospital.example"}
    assert back(client, begun).headers["Location"] == reverse("accounts:sign-in")
    assert not SocialAccount.objects.exists()


def test_a_forged_answer_signs_nobody_in(client, hospital, ann):
    back = reverse("openid_connect_callback", args=["hospital"])
    for query in ("?code=x&state=y", "?error=access_denied", ""):
        assert client.get(f"{back}{query}").status_code in {200, 302}
        assert client.get(HERE).status_code == 401


def test_a_hospital_nobody_knows_is_not_found(client, db):
    assert client.post(reverse("openid_connect_login", args=["unknown"])).status_code == 404
    assert client.get(reverse("openid_connect_login", args=["unknown"])).status_code == 405


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON"),
        ("{}", "a list of objects"),
        ('[{"id": "a"}]', "provider 1: name is missing"),
        (str([{**GOOD, "more": 1}]).replace("'", '"'), "more is not known"),
        (str([{**GOOD, "id": "A B"}]).replace("'", '"'), "small letters"),
        (str([{**GOOD, "domains": "h.example"}]).replace("'", '"'), "must be a list"),
    ],
)
def test_providers_that_are_written_wrong_are_told(text, words):
    with pytest.raises(ImproperlyConfigured, match=words):
        providers_of(text, "")


def test_providers_come_from_a_file_too(tmp_path):
    path = tmp_path / "oidc.json"
    path.write_text(str([GOOD]).replace("'", '"'))
    assert providers_of("", str(path)) == [GOOD]
    with pytest.raises(ImproperlyConfigured, match="No such file"):
        providers_of("", str(tmp_path / "none"))
    assert re.fullmatch(r"https://.*", allauth_providers([GOOD])["openid_connect"]["APPS"][0]["settings"]["server_url"])  # fmt: skip


# --- People who have no password here ---------------------------------------------------------------------


def test_who_has_no_password_confirms_at_the_hospital_and_comes_back_to_the_form(
    client, hospital, ann
):
    client.force_login(ann)
    page = "/account/tokens/"
    asked = client.get(page).content.decode()
    [address] = re.findall(r'href="(/account/again/[^"]*)"', asked)
    assert 'type="password"' not in asked
    again = client.get(address).content.decode()
    [wanted] = re.findall(r'name="next" value="([^"]*)"', again.partition("<main")[2])
    assert through(client, wanted).headers["Location"] == page
    assert "/account/again/" not in client.get(page).content.decode()


def test_a_hospital_that_remembers_somebody_confirms_nothing(client, hospital, ann):
    page = "/account/tokens/"
    begin = reverse("openid_connect_login", args=["hospital"])
    for asks_again in (False, True):
        begun = client.post(begin, {"next": page})
        assert ("prompt=login" in leads_to(begun)) is asks_again
        back(client, begun)
        assert ("/account/again/" in client.get(page).content.decode()) is not asks_again
    assert AuditEvent.objects.last().data == {"how": ["socialaccount"]}


def test_who_has_a_passkey_alone_is_led_to_it(client, hospital, ann):
    Authenticator.objects.create(user=ann, type=Authenticator.Type.WEBAUTHN, data={})
    client.force_login(ann)
    asked = client.get("/account/tokens/").content.decode()
    assert 'href="/account/confirm/passkey/?next=%2Faccount%2Ftokens%2F"' in asked


def test_who_has_a_password_is_asked_for_it_and_led_nowhere(client, reader_user):
    client.force_login(reader_user)
    asked = client.get("/account/tokens/").content.decode()
    assert "Confirm that it is you" not in asked
    assert 'type="password"' in asked


def test_nobody_without_a_password_is_asked_to_change_it(client, ann):
    client.force_login(ann)
    assert "/account/password/" not in client.get("/account/settings/").content.decode()
    page = client.get("/account/password/").content.decode()
    assert "Your hospital signs you in" in page
    assert "old_password" not in page
