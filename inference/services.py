"""What changes models and runs."""

from inference.ensembles import make_ensemble
from inference.execution import execute_run
from inference.external import load_scores
from inference.loading import add_artefact, add_artefacts, create_model, load_model
from inference.recovery import requeue_stale_runs
from inference.samples import take_samples
from inference.starting import plan_model, retry_run, start_runs

__all__ = [
    "add_artefact",
    "add_artefacts",
    "create_model",
    "execute_run",
    "load_model",
    "load_scores",
    "make_ensemble",
    "plan_model",
    "requeue_stale_runs",
    "retry_run",
    "start_runs",
    "take_samples",
]
