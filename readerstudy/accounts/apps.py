from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from readerstudy.accounts.limits import begin
from readerstudy.core.clock import now


class AccountsConfig(AppConfig):
    name = "readerstudy.accounts"
    label = "accounts"

    def ready(self) -> None:
        # drf-spectacular knows an extension once its module is loaded.
        from readerstudy.accounts import api_schema, checks  # noqa: F401, PLC0415

        user_logged_in.connect(_begin_session, dispatch_uid="begin_session")


def _begin_session(request: HttpRequest, **_kwargs: Any) -> None:
    begin(request.session, now=now())
