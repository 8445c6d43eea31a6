from django.apps import AppConfig


class AuditingConfig(AppConfig):
    name = "readerstudy.auditing"
    label = "auditing"
