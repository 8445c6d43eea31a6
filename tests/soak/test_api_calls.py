"""Some hundred calls of the API drawn from its schema, as each role; and that a fault of the API would be seen."""

from contextlib import contextmanager

import pytest
from django.utils import timezone

from readerstudy.accounts import api_auth, api_tokens
from readerstudy.studies import api as studies_api
from readerstudy.wsgi import application
from tools.soak.api_calls import Caller
from tools.soak.api_people import callers
from tools.soak.api_world import build

CALLS = 300


@pytest.fixture
def world(admin, coordinator, reader_user, now, tmp_path):
    return build(admin=admin, coordinator=coordinator, reader=reader_user, now=now, folder=tmp_path)


@contextmanager
def only(caller, words):
    found = [one for one in caller.operations() if words in one.label]
    caller.operations = lambda: found
    yield caller


@pytest.fixture
def who(world, settings):
    """Who asks; the tokens are made as of today, because the calls come with the real clock."""
    settings.API_TOKEN_PER_MINUTE = 0
    return callers(world, timezone.now())


def test_the_api_keeps_its_schema_and_a_fault_is_seen(world, who, monkeypatch):
    findings = Caller(application, world, who, 5).call_all(CALLS)
    assert dict(findings.faults) == {}, findings.examples
    assert findings.made >= CALLS
    assert {200, 403, 404} <= set(findings.statuses)
    broken = Caller(application, world, {"admin": who["admin"], "nobody": who["nobody"]}, 5)
    monkeypatch.setattr(studies_api.StudyListView, "get_queryset", lambda _view: 1 / 0)
    monkeypatch.setattr(studies_api.StudyView, "permission_classes", [])
    monkeypatch.setattr(
        studies_api.StudyView, "get", lambda *_a, **_n: studies_api.Response({"id": 3})
    )
    with only(broken, "GET /api/v1/studies/") as caller:
        faults = " ".join(caller.call_all(16).faults)
    assert "Server error (500)" in faults
    assert "Response violates schema (200)" in faults
    assert "answered to somebody who is not signed in" in faults


@pytest.mark.parametrize("name", ["expired", "revoked"])
def test_a_token_that_should_open_nothing_and_does_is_seen(world, who, name, monkeypatch):
    def any_token(secret, *, now):
        token = api_tokens.ApiToken.objects.get(token_sha256=api_tokens.hash_of(secret))
        token.user.api_token = token
        return token

    monkeypatch.setattr(api_auth, "token_of_secret", any_token)
    with only(Caller(application, world, {name: who[name]}, 5), "GET /api/v1/studies/") as caller:
        faults = " ".join(caller.call_all(16).faults)
    assert "answered to somebody who is not signed in" in faults
