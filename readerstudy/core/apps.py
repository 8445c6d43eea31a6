from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class CoreConfig(AppConfig):
    name = "readerstudy.core"
    label = "core"

    def ready(self) -> None:
        # The Celery application is loaded here and not in `readerstudy/__init__.py`, so that
        # `readerstudy.stats` can be imported from a notebook without Django.
        from readerstudy import celery  # noqa: F401, PLC0415
        from readerstudy.core import checks, migrating  # noqa: F401, PLC0415

        # Of this app alone: the signals are sent once for each.
        pre_migrate.connect(migrating.limit_waiting, sender=self)
        post_migrate.connect(migrating.wait_as_before, sender=self)
        pre_migrate.connect(_drop_triggers, sender=self, dispatch_uid="drop_triggers")
        post_migrate.connect(_install_triggers, sender=self, dispatch_uid="install_triggers")


def _drop_triggers(*, using: str, plan: Any = (), **_kwargs: Any) -> None:
    from readerstudy.core.triggers import drop  # noqa: PLC0415 (models must be loaded)

    # Most calls of `migrate` have nothing to do; evidence stays guarded all the while then.
    if plan:
        drop(connections[using])


def _install_triggers(*, using: str, **_kwargs: Any) -> None:
    from readerstudy.core.triggers import install  # noqa: PLC0415 (models must be loaded)

    install(connections[using])
