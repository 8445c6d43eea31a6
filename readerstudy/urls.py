"""Every URL of the site. The API's own are in `api_urls.py`."""

from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

handler400 = "readerstudy.core.refusals.bad_request"
handler404 = "readerstudy.core.refusals.not_found"
handler500 = "readerstudy.core.outages.failed"
urlpatterns = [
    path("", include("readerstudy.core.urls")),
    path("", include("readerstudy.auditing.urls")),
    path("operations/", include("readerstudy.operations.urls")),
    path("i18n/setlang/", require_POST(set_language), name="set_language"),
    path("account/", include("readerstudy.accounts.urls")),
    path("account/", include("readerstudy.accounts.allauth_urls")),
    path("image-sets/", include("readerstudy.images.urls")),
    path("import/", include("readerstudy.intake.urls")),
    path("studies/", include("readerstudy.studies.urls")),
    path("reading/", include("readerstudy.reading.urls")),
    path("models/", include("inference.urls")),
    path("truth/", include("readerstudy.truth.urls")),
    path("results/", include("readerstudy.results.urls")),
    path("finished-studies/", include("readerstudy.results.finished.urls")),
    path("privacy/", include("readerstudy.privacy.urls")),
    path("api/v1/", include("readerstudy.api_urls")),
]
