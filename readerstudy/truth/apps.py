from django.apps import AppConfig


class TruthConfig(AppConfig):
    name = "readerstudy.truth"
    label = "truth"

    def ready(self) -> None:
        # Models can only be imported once every app is loaded.
        from readerstudy.studies.hooks import register_lock_section  # noqa: PLC0415
        from readerstudy.truth.lock import lock_section  # noqa: PLC0415

        register_lock_section("truth", lock_section)
