"""Runs, and what is made ahead of them, go to the queue."""

from django.db import transaction

from inference.choices import ModelKind
from inference.models import Artefact
from readerstudy.core.queue import send
from readerstudy.images.models import ImageSet


def send_run(run_id: int) -> None:
    """Sends one run to the workers of the queue `gpu`. A run that is sent twice is done once."""
    from inference.tasks import run_model_task  # noqa: PLC0415 (the task imports the services)

    send(run_model_task, run_id=run_id)


def queue_pixels(image_set: ImageSet) -> None:
    """Once committed, a worker makes the pixels that the loaded networks will ask of the image set.

    No import and no plan fails where the queue cannot be reached: a run makes what is missing.
    """

    # Django names what has failed by its `__qualname__`, which a partial has not.
    def send_pixels() -> None:
        from inference.tasks import make_pixels_task  # noqa: PLC0415 (the task imports the services)

        send(make_pixels_task, image_set_id=image_set.pk)

    if Artefact.objects.filter(model__kind=ModelKind.NETWORK).exists():
        transaction.on_commit(send_pixels, robust=True)
