from django.apps import AppConfig


class InferenceConfig(AppConfig):
    name = "inference"
    label = "inference"

    def ready(self) -> None:
        from inference.lock import SECTION, lock_section  # noqa: PLC0415 (models must be loaded)
        from readerstudy.studies.hooks import register_lock_section  # noqa: PLC0415

        register_lock_section(SECTION, lock_section)
