from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.decorators.http import require_http_methods

from readerstudy.accounts import views

app_name = "accounts"
# The view of Django takes a PUT for a POST.
PAGE = require_http_methods(["GET", "HEAD", "POST"])
urlpatterns = [
    path("sign-in/", PAGE(views.SignInView.as_view()), name="sign-in"),
    path("session/", views.session, name="session"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("invitation/<str:token>/", views.accept, name="accept"),
    path("settings/", views.account_settings, name="settings"),
    path("password/", views.password, name="password"),
]
