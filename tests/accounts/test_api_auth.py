"""Programs in the API: what a token opens, what it does not, and that every action says which scope it needs."""

import re
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern
from drf_spectacular.generators import SchemaGenerator

from readerstudy.accounts.addresses import client_address
from readerstudy.accounts.api_auth import TokenScope
from readerstudy.accounts.api_tokens import make_api_token, revoke_api_token, scopes_of
from readerstudy.accounts.models import ApiToken, User
from readerstudy.accounts.throttle import WRONG_TOKENS
from readerstudy.core.clock import now as current_time
from readerstudy.core.scopes import ANY_TOKEN, NO_TOKEN, SITE_WIDE, Scope
from tests.conftest import PASSWORD
from tests.images.factories import make_image_set
from tests.reading.factories import begin, ids, open_study
from tests.studies.factories import make_study

API = "api/v1/"
BIOPSY = "biopsy / further treatment"
# Everybody may read what the API is; it needs no sign-in and names its scope all the same.
PUBLIC = "api/v1/schema/"
METHODS = ("get", "post", "put", "patch", "delete")


def api_views(resolver=None, prefix=""):
    """(route, view class) of every address of the API."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            if route.startswith(API):
                yield route, one.callback.cls
        elif API.startswith(route) or route.startswith(API):
            yield from api_views(one, route)


def actions():
    """(route, METHOD, view class) of everything that can be done over the API."""
    for route, view in api_views():
        for method in METHODS:
            if hasattr(view, method):
                yield route, method.upper(), view


def address_of(route):
    return "/" + re.sub(r"<[^>]+>", "x", route)


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def secret_of():
    """Makes a token and gives its secret."""

    def make(user, *scopes, study="", days=30, now=None):
        _token, secret = make_api_token(
            actor=user,
            name="Test",
            scopes=scopes or [scope.value for scope in scopes_of(user) if not (study and scope in SITE_WIDE)],
            study=study,
            days=days,
            now=now or current_time(),
        )  # fmt: skip
        return secret

    return make


def test_every_action_of_the_api_declares_a_scope():
    """A new view without `token_scopes`, or with other permissions, fails here."""
    known = {scope.value for scope in Scope} | {NO_TOKEN, ANY_TOKEN}
    missing = [
        (route, method)
        for route, method, view in actions()
        if getattr(view, "token_scopes", {}).get(method) not in known
    ]
    assert missing == []
    open_to_all = [
        route for route, view in api_views() if TokenScope not in view.permission_classes
    ]
    assert open_to_all == [PUBLIC]
    assert len(list(actions())) >= 30


def test_no_action_is_declared_that_there_is_not():
    extra = [
        (route, method)
        for route, view in api_views()
        for method in view.token_scopes
        if not hasattr(view, method.lower())
    ]
    assert extra == []


@pytest.mark.django_db
def test_a_token_without_the_scope_is_refused_by_every_action(client, admin, secret_of):
    secrets = {scope: secret_of(admin, scope.value) for scope in Scope}
    for route, method, view in actions():
        needed = view.token_scopes[method]
        other = Scope.READING_READ if needed != Scope.READING_READ else Scope.MODELS_READ
        send = getattr(client, method.lower())
        response = send(address_of(route), headers=bearer(secrets[other]))
        if needed == ANY_TOKEN:
            assert response.status_code == 200
            continue
        assert response.status_code == 403, (route, method)
        if needed == NO_TOKEN:
            assert response.json()["code"] == "no_token"
            continue
        assert response.json()["code"] == "scope_missing"
        assert f'scope="{needed}"' in response.headers["WWW-Authenticate"]
        allowed = send(address_of(route), headers=bearer(secrets[needed]))
        assert allowed.status_code in {200, 400, 404, 415}, (route, method)


@pytest.mark.django_db
@pytest.mark.parametrize("scope", [NO_TOKEN, None])
def test_an_action_that_declares_nothing_refuses_tokens(
    client, coordinator, secret_of, monkeypatch, scope
):
    from readerstudy.studies.api import StudyListView

    monkeypatch.setattr(StudyListView, "token_scopes", {"GET": scope} if scope else {})
    response = client.get(reverse("api:study-list"), headers=bearer(secret_of(coordinator)))
    assert (response.status_code, response.json()["code"]) == (403, "no_token")


@pytest.mark.django_db
def test_without_a_sign_in_the_answer_is_401_and_says_what_is_asked_for(client):
    for route, method, _view in actions():
        if route == PUBLIC:
            continue
        response = getattr(client, method.lower())(address_of(route))
        assert response.status_code == 401, (route, method)
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="Reader Study"'


@pytest.mark.parametrize("how", ["wrong", "empty", "expired", "revoked", "inactive"])
def test_a_token_that_opens_nothing_is_401_whatever_the_reason(client, coordinator, secret_of, how):
    long_ago = current_time() - timedelta(days=8)
    secret = secret_of(coordinator, days=7, now=long_ago if how == "expired" else None)
    if how in {"wrong", "empty"}:
        secret = "rs_wrong" if how == "wrong" else ""
    if how == "revoked":
        token = ApiToken.objects.get()
        revoke_api_token(actor=coordinator, token=token, now=current_time())
    if how == "inactive":
        User.objects.update(is_active=False)
    response = client.get(reverse("api:study-list"), headers=bearer(secret))
    assert response.status_code == 401
    assert response.json() == {
        "code": "invalid_token",
        "message": "This token does not exist, has expired or was revoked.",
        "problems": [],
    }
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_another_kind_of_authorization_is_not_a_token(client, coordinator):
    client.force_login(coordinator)
    headers = {"Authorization": "Basic YTpi"}
    assert client.get(reverse("api:study-list"), headers=headers).status_code == 200


def test_a_wrong_token_does_not_fall_back_on_the_session(client, coordinator):
    client.force_login(coordinator)
    assert client.get(reverse("api:study-list"), headers=bearer("rs_x")).status_code == 401


def test_too_many_wrong_tokens_shut_out_their_address_alone(client, coordinator, secret_of):
    listed, secret = reverse("api:study-list"), secret_of(coordinator)
    for _ in range(WRONG_TOKENS.attempts):
        assert client.get(listed, headers=bearer("rs_guess")).status_code == 401
    response = client.get(listed, headers=bearer(secret))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "300")
    there = client.get(listed, headers=bearer(secret), REMOTE_ADDR="192.0.2.7")
    assert there.status_code == 200


def test_a_token_is_used_so_often_in_a_minute(client, coordinator, secret_of, settings):
    settings.API_TOKEN_PER_MINUTE = 3
    listed, secret = reverse("api:study-list"), secret_of(coordinator)
    statuses = [client.get(listed, headers=bearer(secret)).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert client.get(listed, headers=bearer(secret_of(coordinator))).status_code == 200


def test_a_use_is_noted_and_costs_two_queries(
    client, coordinator, secret_of, django_assert_max_num_queries
):
    listed, secret = reverse("api:study-list"), secret_of(coordinator)
    client.get(listed, headers=bearer(secret))
    assert ApiToken.objects.get().last_used_at is not None
    with django_assert_max_num_queries(3):
        client.get(listed, headers=bearer(secret))


# --- One study ------------------------------------------------------------------------------------------


@pytest.fixture
def two(admin, coordinator, reader_user, now):
    """Two studies of the same people: the first in reading, the second too."""
    common = {"admin": admin, "coordinator": coordinator, "now": now}
    first = open_study(**common, cases=3, emails=(reader_user.email,), title="First")
    make_image_set(admin=admin, now=now, cases=3, name="Quokka set")
    second = open_study(**common, cases=3, emails=(reader_user.email,), title="Quokka")
    for study in (first, second):
        begin(study, reader_user, now=now)
    make_study(**common, title="A draft")
    return first, second


def everything_told(client, headers):
    """The text of every list, and of the pages of everything that there is."""
    from tests.crawl import addresses

    for address in addresses():
        if address.startswith("/api/") and "schema" not in address:
            response = client.get(address, headers=headers)
            if response.status_code == 200:
                yield address, response.content.decode()


@pytest.mark.parametrize("role", ["admin", "coordinator", "reader_user"])
def test_a_token_of_one_study_sees_nothing_of_another(client, request, two, role, secret_of):
    first, second = two
    user = request.getfixturevalue(role)
    headers = bearer(secret_of(user, study=first.public_id))
    own = [text for _, text in everything_told(client, headers)]
    words = (second.slug, second.public_id, second.image_set.public_id, "A draft")
    words += tuple(second.enrolments.values_list("public_id", flat=True))
    assert [word for word in words for text in own if word in text] == []
    assert any(first.public_id in text for text in own)
    all_of_them = [text for _, text in everything_told(client, bearer(secret_of(user)))]
    assert any(second.public_id in text for text in all_of_them)


def test_a_token_of_one_study_reads_in_that_study_alone(client, reader_user, two, secret_of):
    first, second = two
    headers = bearer(secret_of(reader_user, "reading:write", "reading:read", study=first.public_id))
    statuses = []
    for study in (second, first):
        enrolment = study.enrolments.get()
        body = {"position": ids(enrolment)[0], "decision": BIOPSY, "confidence": 3}
        key = {"Idempotency-Key": f"00000000-0000-4000-8000-{study.pk:012}"}
        sent = client.post(
            reverse("api:reading-list"), body, "application/json", headers={**headers, **key}
        )
        statuses.append(sent.status_code)
    assert statuses == [404, 201]


def test_a_token_writes_without_the_token_of_forms(reader_user, two, secret_of):
    strict = Client(enforce_csrf_checks=True)
    enrolment = two[0].enrolments.get()
    body = {"position": ids(enrolment)[0], "decision": BIOPSY, "confidence": 3}
    headers = {**bearer(secret_of(reader_user)), "Idempotency-Key": "00000000-0000-4000-8000-0000000000aa"}  # fmt: skip
    sent = strict.post(reverse("api:reading-list"), body, "application/json", headers=headers)
    assert sent.status_code == 201


def test_a_token_opens_no_page(client, admin, coordinator, two, secret_of):
    for user in (admin, coordinator):
        headers = bearer(secret_of(user))
        for page in ("/studies/", f"/results/{two[0].slug}/", reverse("accounts:settings")):
            response = client.get(page, headers=headers)
            assert response.status_code == 302
            assert reverse("accounts:sign-in") in response.headers["Location"]


# --- The description and the pages ------------------------------------------------------------------------


def test_the_description_names_the_scheme_and_every_scope(rf):
    schema = SchemaGenerator().get_schema(request=None, public=True)
    assert schema["components"]["securitySchemes"]["apiToken"]["scheme"] == "bearer"
    operations = [
        (route, operation)
        for route, path in schema["paths"].items()
        for method, operation in path.items()
        if method in METHODS
    ]
    for route, operation in operations:
        takes_token = any("apiToken" in one for one in operation["security"])
        assert takes_token != route.endswith("/environments/")
        assert "Takes no token." in operation["description"] or "Scope of a token" in operation["description"]  # fmt: skip


def make_token(client, **fields):
    good = {"name": "Nightly", "scopes": ["studies:read"], "days": 30, "study": "", "password": PASSWORD}  # fmt: skip
    return client.post(reverse("accounts:tokens"), {**good, **fields})


def test_the_secret_is_shown_this_once(client, coordinator):
    client.force_login(coordinator)
    made = make_token(client)
    [secret] = set(re.findall(r"rs_[\w-]{43}", made.content.decode()))
    assert made.status_code == 201
    assert "no-store" in made.headers["Cache-Control"]
    listed = client.get(reverse("accounts:tokens")).content.decode()
    assert secret not in listed
    assert secret[:11] in listed
    assert "Read studies, protocols and enrolments" in listed
    assert Client().get(reverse("api:study-list"), headers=bearer(secret)).status_code == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"password": "wrong"}, "password"),
        ({"password": ""}, "password"),
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["all"]}, "scopes"),
        ({"days": 5000}, "days"),
        ({"study": "unknown"}, "study"),
    ],
)
def test_a_token_that_cannot_be_is_told_at_its_field(client, coordinator, fields, field):
    client.force_login(coordinator)
    response = make_token(client, **fields)
    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert not ApiToken.objects.exists()


def test_ones_own_tokens_are_revoked_on_the_page_and_nobody_elses(client, coordinator, admin, secret_of):  # fmt: skip
    secret_of(coordinator)
    address = reverse("accounts:token-revoke", args=[ApiToken.objects.get().public_id])
    client.force_login(admin)
    assert client.post(address).status_code == 404
    assert client.get(reverse("accounts:tokens")).content.decode().count("rs_") == 0
    client.force_login(coordinator)
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert ApiToken.objects.get().revoked_at is not None


# --- Addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address
