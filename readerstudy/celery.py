"""The Celery application: queues ``default`` and ``gpu``."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

# Read when NumPy is loaded. Every matrix here is small: threads cost more than they do, above all beside other processes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
app = Celery("readerstudy", task_cls="readerstudy.core.background:WorkTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_the_web_server_does(**_kwargs: Any) -> None:
    """One form of log for all processes; Celery would set up its own."""
    from django.conf import settings  # noqa: PLC0415 (they read this module)

    logging.config.dictConfig(settings.LOGGING)
