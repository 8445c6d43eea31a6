from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from readerstudy.accounts.limits import begin
from readerstudy.core.clock import now


class AccountsConfig(AppConfig):
    name = "readerstudy.accounts"
    label = "accounts"

    def ready(self) -> None:
        user_logged_in.connect(_begin_session, dispatch_uid="begin_session")
        user_logged_in.connect(_record_sign_in, dispatch_uid="record_sign_in")
        user_logged_out.connect(_record_sign_out, dispatch_uid="record_sign_out")
        user_login_failed.connect(_record_failure, dispatch_uid="record_failed_sign_in")


def _begin_session(request: HttpRequest, **_kwargs: Any) -> None:
    begin(request.session, now=now())


def _record_sign_in(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    from readerstudy.accounts.recording import record_signed_in  # noqa: PLC0415 (models must be loaded)

    record_signed_in(user=user, request=request, now=now())


def _record_sign_out(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    from readerstudy.accounts.recording import record_signed_out  # noqa: PLC0415 (models must be loaded)

    record_signed_out(user=user, request=request, now=now())


def _record_failure(credentials: dict[str, Any], **_kwargs: Any) -> None:
    from readerstudy.accounts.recording import record_failed_sign_in  # noqa: PLC0415 (models must be loaded)

    record_failed_sign_in(credentials=credentials, now=now())
