from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "readerstudy.core"
    label = "core"

    def ready(self) -> None:
        # The Celery application is loaded here and not in `readerstudy/__init__.py`, so that
        # `readerstudy.stats` can be imported from a notebook without Django.
        from readerstudy import celery  # noqa: F401, PLC0415
        from readerstudy.core import checks  # noqa: F401, PLC0415
