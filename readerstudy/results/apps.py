from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "readerstudy.results"
    label = "results"

    def ready(self) -> None:
        from readerstudy.results.planning import plan_of  # noqa: PLC0415
        from readerstudy.results.services import request_analysis  # noqa: PLC0415 (models must be loaded)
        from readerstudy.studies.choices import StudyState  # noqa: PLC0415
        from readerstudy.studies.hooks import register_design_note, register_entered  # noqa: PLC0415

        register_entered(StudyState.UNBLINDED, request_analysis)
        register_design_note("plan", plan_of, template="results/_plan.html")
