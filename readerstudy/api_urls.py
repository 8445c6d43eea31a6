"""The URLs of the API. Each app lists its own in `api.py` as `urlpatterns`."""

from django.urls import URLPattern, URLResolver

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = []
