from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "readerstudy.intake"
    label = "intake"
