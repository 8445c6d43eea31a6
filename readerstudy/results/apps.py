from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "readerstudy.results"
    label = "results"

    def ready(self) -> None:
        from readerstudy.results.analysis_plan import (  # noqa: PLC0415
            SECTION,
            copy_analysis_plan,
            lock_section,
            plan_note,
            verify_analysis_plan,
        )
        from readerstudy.results.planning import plan_of  # noqa: PLC0415
        from readerstudy.results.services import request_analysis  # noqa: PLC0415 (models must be loaded)
        from readerstudy.studies.choices import StudyState  # noqa: PLC0415
        from readerstudy.studies.hooks import (  # noqa: PLC0415
            register_copied,
            register_design_note,
            register_entered,
            register_lock_section,
            register_verification,
        )

        register_entered(StudyState.UNBLINDED, request_analysis)
        register_design_note("plan", plan_of, template="results/_plan.html")
        register_design_note(SECTION, plan_note, template="results/_analysis_plan_note.html")
        register_lock_section(SECTION, lock_section)
        register_verification(SECTION, verify_analysis_plan)
        register_copied(copy_analysis_plan)
