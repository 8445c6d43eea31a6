"""Every URL of the site. The API's own are in `api_urls.py`."""

from django.urls import include, path

handler400 = "readerstudy.core.refusals.bad_request"
handler404 = "readerstudy.core.refusals.not_found"
handler500 = "readerstudy.core.outages.failed"
urlpatterns = [
    path("", include("readerstudy.core.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("readerstudy.accounts.urls")),
    path("image-sets/", include("readerstudy.images.urls")),
    path("import/", include("readerstudy.intake.urls")),
    path("studies/", include("readerstudy.studies.urls")),
    path("reading/", include("readerstudy.reading.urls")),
    path("models/", include("inference.urls")),
    path("results/", include("readerstudy.results.urls")),
    path("finished-studies/", include("readerstudy.results.finished.urls")),
    path("api/v1/", include("readerstudy.api_urls")),
]
