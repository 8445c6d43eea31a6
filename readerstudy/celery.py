"""The Celery application: queues ``default`` and ``gpu``."""

import os

from celery import Celery

# Read when NumPy is loaded. Every matrix here is small: threads cost more than they do, above all beside other processes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
app = Celery("readerstudy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
