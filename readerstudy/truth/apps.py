from django.apps import AppConfig


class TruthConfig(AppConfig):
    name = "readerstudy.truth"
    label = "truth"

    def ready(self) -> None:
        # Models can only be imported once every app is loaded.
        from readerstudy.studies.hooks import (  # noqa: PLC0415
            register_lock_check,
            register_lock_section,
            register_practice_check,
            register_verification,
        )
        from readerstudy.truth.format_check import (  # noqa: PLC0415
            NAME,
            TEMPLATE,
            format_check,
            verify_confounds,
        )
        from readerstudy.truth.lock import lock_section  # noqa: PLC0415
        from readerstudy.truth.practice import practice_problems  # noqa: PLC0415
        from readerstudy.truth.verifying import verify_truth  # noqa: PLC0415

        register_lock_section("truth", lock_section)
        register_verification("truth", verify_truth)
        register_practice_check(practice_problems)
        register_lock_check(NAME, format_check, template=TEMPLATE)
        register_verification(NAME, verify_confounds)
