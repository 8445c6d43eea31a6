from django.urls import path
from django.views.decorators.http import require_http_methods

from readerstudy.accounts import reset_views, session_views, token_views, views
from readerstudy.accounts.sign_out import SignOutView

app_name = "accounts"
# The view of Django takes a PUT for a POST.
PAGE = require_http_methods(["GET", "HEAD", "POST"])
urlpatterns = [
    path("sign-in/", PAGE(views.SignInView.as_view()), name="sign-in"),
    path("session/", views.session, name="session"),
    path("sign-out/", SignOutView.as_view(), name="sign-out"),
    path("invitation/<str:token>/", views.accept, name="accept"),
    path("settings/", views.account_settings, name="settings"),
    path("password/", views.password, name="password"),
    path("password/reset/", reset_views.ask, name="reset"),
    path("password/reset/<str:public_id>/<str:token>/", reset_views.choose, name="reset-choose"),
    path("again/", views.sign_in_again, name="again"),
    path("file/", views.confirmed_file, name="file"),
    path("sessions/", session_views.sessions, name="sessions"),
    path("sessions/<int:pk>/end/", session_views.end, name="session-end"),
    path("sessions/end-others/", session_views.end_others, name="sessions-end-others"),
    path("tokens/", token_views.tokens, name="tokens"),
    path("tokens/<str:public_id>/revoke/", token_views.revoke, name="token-revoke"),
]
