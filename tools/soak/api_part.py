"""Calls of the whole API as each role. Loaded once Django is set up: see `__main__`."""

import argparse
from collections.abc import Mapping

from django.conf import settings
from django.db import connection

from readerstudy.core.clock import now
from readerstudy.wsgi import application
from tests.conftest import make_user
from tools.soak.api_calls import Caller, session_headers, told
from tools.soak.api_world import ApiWorld, build
from tools.soak.stage import Stage
from tools.soak.world import session_of


def run(options: argparse.Namespace, stage: Stage) -> bool:
    """Whether all calls were answered as the schema says."""
    settings.MEDIA_ACCEL_PREFIX = ""
    world = build(
        admin=make_user("admin", "admin@example.org", "Ada Admin"),
        coordinator=make_user("coordinator", "coordinator@example.org", "Cora Coordinator"),
        reader=make_user("reader", "reader@example.org", "Rhea Reader"),
        now=now(),
        folder=stage.folder,
    )
    findings = Caller(application, world, by_session(world), options.seed).call_all(options.calls)
    print("\n".join(told(findings)))
    connection.close()
    return not findings.faults and findings.made >= options.calls


def by_session(world: ApiWorld) -> Mapping[str, Mapping[str, str]]:
    """Role → what says who asks; `forged` says so with a session that there is not."""
    return {
        "forged": session_headers("f" * 32),
        **{
            role: session_headers(session_of(user) if user else "")
            for role, user in world.people.items()
        },
    }
