from django.contrib.auth.views import LogoutView
from django.urls import path

from readerstudy.accounts import reset_views, token_views, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("session/", views.session, name="session"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("invitation/<str:token>/", views.accept, name="accept"),
    path("settings/", views.account_settings, name="settings"),
    path("password/", views.password, name="password"),
    path("password/reset/", reset_views.ask, name="reset"),
    path("password/reset/<str:public_id>/<str:token>/", reset_views.choose, name="reset-choose"),
    path("tokens/", token_views.tokens, name="tokens"),
    path("tokens/<str:public_id>/revoke/", token_views.revoke, name="token-revoke"),
]
