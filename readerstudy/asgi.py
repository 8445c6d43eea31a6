"""ASGI entry point."""

import os

from django.core.asgi import get_asgi_application

# Read when NumPy is loaded. Every matrix here is small: threads cost more than they do, above all beside other processes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
application = get_asgi_application()
