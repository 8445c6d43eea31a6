from django.urls import include, path

from readerstudy.results import views

app_name = "results"
urlpatterns = [
    path("<slug:slug>/", views.dashboard, name="dashboard"),
    path("<slug:slug>/topic/<slug:name>/", views.topic, name="topic"),
    path("<slug:slug>/readers/", views.readers, name="readers"),
    path("<slug:slug>/cases/", views.cases, name="cases"),
    path("<slug:slug>/report/", include("readerstudy.results.report.urls")),
    path("<slug:slug>/compute/", views.compute, name="compute"),
    path("analysis/<str:public_id>/<slug:name>.csv", views.table_csv, name="table-csv"),
    path("analysis/<str:public_id>/document.json", views.document_json, name="document"),
]
