from django.apps import AppConfig


class StudiesConfig(AppConfig):
    name = "readerstudy.studies"
    label = "studies"

    def ready(self) -> None:
        # Models can only be imported once every app is loaded.
        from readerstudy.accounts.own_studies import register_own_studies  # noqa: PLC0415
        from readerstudy.core import verifying  # noqa: PLC0415
        from readerstudy.studies.hooks import (  # noqa: PLC0415
            register_lock_check,
            register_verification,
        )
        from readerstudy.studies.lock_checks import (  # noqa: PLC0415
            OVERLAP,
            OVERLAP_TEMPLATE,
            overlap_check,
            verify_overlap,
        )
        from readerstudy.studies.verifying import all_faults  # noqa: PLC0415

        verifying.register_verification("studies", all_faults)
        from readerstudy.studies.selectors import titles_of  # noqa: PLC0415

        register_own_studies(titles_of)
        register_lock_check(OVERLAP, overlap_check, template=OVERLAP_TEMPLATE)
        register_verification(OVERLAP, verify_overlap)
