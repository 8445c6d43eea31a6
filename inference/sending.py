"""Runs go to the queue."""


def send_run(run_id: int) -> None:
    """Sends one run to the workers of the queue `gpu`. A run that is sent twice is done once."""
    from inference.tasks import run_model_task  # noqa: PLC0415 (the task imports the services)

    run_model_task.delay(run_id=run_id)
