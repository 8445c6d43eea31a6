"""Some hundred calls of the API drawn from its schema, as each role; and that a fault of the API would be seen."""

from contextlib import contextmanager

import pytest

from readerstudy.studies import api as studies_api
from readerstudy.wsgi import application
from tools.soak.api_calls import Caller
from tools.soak.api_part import by_session
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


def test_the_api_keeps_its_schema_and_a_fault_is_seen(world, monkeypatch):
    findings = Caller(application, world, by_session(world), 5).call_all(CALLS)
    assert dict(findings.faults) == {}, findings.examples
    assert findings.made >= CALLS
    assert {200, 403, 404} <= set(findings.statuses)
    roles = by_session(world)
    broken = Caller(application, world, {"admin": roles["admin"], "nobody": roles["nobody"]}, 5)
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
