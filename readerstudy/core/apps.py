from django.apps import AppConfig
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
