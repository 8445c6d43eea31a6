import pytest

from tests.inference.factories import make_locked_study, make_model


@pytest.fixture
def model(admin, now):
    """A model of three training runs."""
    return make_model(admin=admin, now=now, runs=3)


@pytest.fixture
def single_model(admin, now):
    """A model of one training run."""
    return make_model(admin=admin, now=now, runs=1, name="Single CNN")


@pytest.fixture
def locked_study(admin, coordinator, now):
    """A locked study of five cases with one real photograph each."""
    return make_locked_study(admin=admin, coordinator=coordinator, now=now)
