"""The URLs of the API. Each app lists its own in `api.py` as `urlpatterns`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from readerstudy.core.scopes import ANY_TOKEN

app_name = "api"


class SchemaView(SpectacularAPIView):
    """The description of this API."""

    token_scopes = {"GET": ANY_TOKEN}


urlpatterns = [
    path("", include("readerstudy.studies.api")),
    path("", include("readerstudy.images.api")),
    path("", include("readerstudy.intake.api")),
    path("", include("readerstudy.reading.api")),
    path("", include("readerstudy.reading.environment_api")),
    path("", include("readerstudy.reading.practice_api")),
    path("", include("inference.api")),
    path("", include("readerstudy.results.api")),
    path("schema/", SchemaView.as_view(), name="schema"),
]
