"""Calls of the whole API as each role. Loaded once Django is set up: see `__main__`."""

import argparse

from django.conf import settings
from django.db import connection

from readerstudy.core.clock import now
from readerstudy.wsgi import application
from tests.conftest import make_user
from tools.soak.api_calls import Caller, told
from tools.soak.api_people import callers
from tools.soak.api_world import build
from tools.soak.stage import Stage


def run(options: argparse.Namespace, stage: Stage) -> bool:
    """Whether all calls were answered as the schema says."""
    settings.MEDIA_ACCEL_PREFIX = ""
    settings.API_TOKEN_PER_MINUTE = 0
    settings.SECOND_FACTOR_ROLES = []
    world = build(
        admin=make_user("admin", "admin@example.org", "Ada Admin"),
        coordinator=make_user("coordinator", "coordinator@example.org", "Cora Coordinator"),
        reader=make_user("reader", "reader@example.org", "Rhea Reader"),
        now=now(),
        folder=stage.folder,
    )
    findings = Caller(application, world, callers(world, now()), options.seed).call_all(
        options.calls
    )
    print("\n".join(told(findings)))
    connection.close()
    return not findings.faults and findings.made >= options.calls
