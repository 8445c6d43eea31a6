import pytest

from readerstudy.studies import hooks
from tests.studies.factories import make_study


@pytest.fixture(autouse=True)
def _no_other_rooms(monkeypatch):
    """This room alone: the sections and callbacks of the others are tested with the others."""
    monkeypatch.setattr(hooks, "_lock_needs", [])
    monkeypatch.setattr(hooks, "_lock_sections", {})
    monkeypatch.setattr(hooks, "_lock_checks", {})
    monkeypatch.setattr(hooks, "_copied", [])
    monkeypatch.setattr(hooks, "_practice_checks", [])
    monkeypatch.setattr(hooks, "_entered", type(hooks._entered)(list))


@pytest.fixture
def study(admin, coordinator, now):
    """A draft with four cases and one institution."""
    return make_study(admin=admin, coordinator=coordinator, now=now)


@pytest.fixture
def study_with_readers(admin, coordinator, now):
    """A draft with four cases and three readers."""
    return make_study(
        admin=admin, coordinator=coordinator, now=now, readers=3, title="Three readers"
    )


@pytest.fixture
def signed_in(client, coordinator):
    """A client of the coordinator."""
    client.force_login(coordinator)
    return client
