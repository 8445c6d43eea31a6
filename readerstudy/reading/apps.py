from django.apps import AppConfig


class ReadingConfig(AppConfig):
    name = "readerstudy.reading"
    label = "reading"

    def ready(self) -> None:
        # Models can only be imported once every app is loaded.
        from readerstudy.reading.gaps import gaps_note  # noqa: PLC0415
        from readerstudy.studies.hooks import register_design_note  # noqa: PLC0415

        register_design_note("gaps", gaps_note, template="reading/_gaps.html")
