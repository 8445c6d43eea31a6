from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "readerstudy.operations"
    label = "operations"

    def ready(self) -> None:
        from readerstudy.core.health import register_information  # noqa: PLC0415
        from readerstudy.operations import parking, tracing, workers  # noqa: F401, PLC0415 (they listen)

        register_information("workers", workers.living_workers)
