from tests.inference.conftest import (  # noqa: F401 (fixtures)
    _small_batches,
    locked_study,
    model,
    queued,
    single_model,
)
