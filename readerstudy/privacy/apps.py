from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "readerstudy.privacy"
    label = "privacy"

    def ready(self) -> None:
        # Models can only be imported once every app is loaded.
        from readerstudy.privacy.rules import (  # noqa: PLC0415
            SECTION,
            copy_rules,
            lock_section,
            verify_section,
        )
        from readerstudy.privacy.withdrawing import remove_if_declared  # noqa: PLC0415
        from readerstudy.studies.hooks import (  # noqa: PLC0415
            register_copied,
            register_left,
            register_lock_section,
            register_verification,
        )

        register_lock_section(SECTION, lock_section)
        register_verification(SECTION, verify_section)
        register_copied(copy_rules)
        register_left(remove_if_declared)
