#!/usr/bin/env python
"""Django's command line for Reader Study."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    # As in wsgi.py.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
    from readerstudy.core.operator import begin_command

    begin_command(sys.argv[1] if len(sys.argv) > 1 else "")
    execute_from_command_line(sys.argv)
