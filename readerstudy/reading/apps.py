from django.apps import AppConfig


class ReadingConfig(AppConfig):
    name = "readerstudy.reading"
    label = "reading"

    def ready(self) -> None:
        # Models can only be imported once every app is loaded.
        from readerstudy.reading.conduct import (  # noqa: PLC0415
            SECTION,
            copy_conduct,
            lock_section,
            verify_conduct,
        )
        from readerstudy.reading.gaps import gaps_note  # noqa: PLC0415
        from readerstudy.reading.sign_rules import copy_thresholds  # noqa: PLC0415
        from readerstudy.reading.unfinished import unfinished_note  # noqa: PLC0415
        from readerstudy.studies.choices import StudyState  # noqa: PLC0415
        from readerstudy.studies.hooks import (  # noqa: PLC0415
            register_copied,
            register_design_note,
            register_lock_section,
            register_step_note,
            register_verification,
        )

        register_lock_section(SECTION, lock_section)
        register_verification(SECTION, verify_conduct)
        register_copied(copy_thresholds)
        register_copied(copy_conduct)
        register_step_note(StudyState.CLOSED, unfinished_note, template="reading/_unfinished.html")
        register_design_note("gaps", gaps_note, template="reading/_gaps.html")
