from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import pre_save
from django.http import HttpRequest

from readerstudy.accounts.limits import begin
from readerstudy.core.clock import now


class AccountsConfig(AppConfig):
    name = "readerstudy.accounts"
    label = "accounts"

    def ready(self) -> None:
        # drf-spectacular knows an extension, and Django a check, once its module is loaded.
        from readerstudy.accounts import api_schema, checks  # noqa: F401, PLC0415

        user_logged_in.connect(_begin_session, dispatch_uid="begin_session")
        user_logged_out.connect(_record_sign_out, dispatch_uid="record_sign_out")
        user_login_failed.connect(_record_failure, dispatch_uid="record_failed_sign_in")
        _listen()


def _listen() -> None:
    # Models can only be imported once every app is loaded.
    from allauth.account.signals import user_logged_in as signed_in  # noqa: PLC0415
    from allauth.mfa import signals  # noqa: PLC0415
    from allauth.usersessions.models import UserSession  # noqa: PLC0415

    from readerstudy.accounts import reauthentication, second_factor, trail  # noqa: PLC0415

    signed_in.connect(trail.signed_in, dispatch_uid="trail")
    signed_in.connect(second_factor.note_hospital, dispatch_uid="note_hospital")
    signed_in.connect(reauthentication.note_asked_again, dispatch_uid="note_asked_again")
    signals.authenticator_added.connect(trail.factor_added, dispatch_uid="trail")
    signals.authenticator_removed.connect(trail.factor_removed, dispatch_uid="trail")
    signals.authenticator_reset.connect(trail.codes_made, dispatch_uid="trail")
    signals.authentication_failed.connect(trail.factor_refused, dispatch_uid="trail")
    pre_save.connect(_truncate_address, sender=UserSession, dispatch_uid="truncate_address")


def _begin_session(request: HttpRequest, **_kwargs: Any) -> None:
    from readerstudy.accounts.second_factor import forget_hospital  # noqa: PLC0415 (models must be loaded)

    forget_hospital(request.session)
    begin(request.session, now=now())


def _record_sign_out(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    from readerstudy.accounts.recording import record_signed_out  # noqa: PLC0415 (models must be loaded)

    record_signed_out(user=user, request=request, now=now())


def _record_failure(credentials: dict[str, Any], **_kwargs: Any) -> None:
    from readerstudy.accounts.recording import record_failed_sign_in  # noqa: PLC0415 (models must be loaded)

    record_failed_sign_in(credentials=credentials, now=now())


def _truncate_address(instance: Any, **_kwargs: Any) -> None:
    from readerstudy.accounts.sessions import truncated  # noqa: PLC0415

    instance.ip = truncated(instance.ip)
