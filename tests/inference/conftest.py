import pytest

from inference.services import start_runs
from tests.inference.factories import make_locked_study, make_model, run_all
from tests.studies.factories import make_person


@pytest.fixture(autouse=True)
def _small_batches(settings):
    settings.INFERENCE_BATCH_SIZE = 2
    settings.INFERENCE_PROVIDER = "cpu"
    settings.MODEL_RUN_STALE_SECONDS = 30


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


@pytest.fixture
def queued(coordinator, locked_study, single_model, now):
    """A run that waits: its message is never sent, since a test's transaction is never committed."""
    (run,) = start_runs(actor=coordinator, model=single_model, study=locked_study, now=now)
    return run


@pytest.fixture
def runs(coordinator, locked_study, model, now):
    """Three finished runs."""
    return run_all(coordinator, model, locked_study, now)


@pytest.fixture
def stranger(db):
    """A coordinator of other studies."""
    return make_person("stranger@example.org", role="coordinator")


@pytest.fixture
def each_batch_stored(settings):
    """As on a machine that needs long for a batch."""
    settings.INFERENCE_STORE_SECONDS = 0
